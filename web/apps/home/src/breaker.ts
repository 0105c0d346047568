// SPDX-License-Identifier: Apache-2.0
//
// Leaves a remote alone that keeps failing. Closed until `limit` failures in a row; then open for 30 s; then one try is let
// through, whose failure doubles the time and whose success closes it.

const limit = 3;
const firstRestMs = 30_000;
const longestRestMs = 15 * 60_000;

export class Breaker {
  readonly #now: () => number;
  #failures = 0;
  #restMs = firstRestMs;
  #openUntil = 0;
  #trying = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until a try is worth it; 0: now. */
  waitMs(): number {
    if (this.#failures < limit) return 0;
    // A half-open try is under way: nobody else needs to find out.
    if (this.#trying) return this.#restMs;
    return Math.max(0, this.#openUntil - this.#now());
  }

  /** Claims a try. False: leave it alone, for waitMs(). */
  begin(): boolean {
    if (this.waitMs() > 0) return false;
    this.#trying = this.#failures >= limit;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restMs = firstRestMs;
    this.#trying = false;
  }

  failed(): void {
    this.#failures++;
    if (this.#failures < limit) return;
    if (this.#trying) this.#restMs = Math.min(longestRestMs, 2 * this.#restMs);
    this.#trying = false;
    this.#openUntil = this.#now() + this.#restMs;
  }

  /** The try ended without telling anything: what it was for is no longer wanted. */
  abandoned(): void {
    this.#trying = false;
  }
}
