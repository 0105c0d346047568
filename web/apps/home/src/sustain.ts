// SPDX-License-Identifier: Apache-2.0
//
// Keeps something of a remote on the page: gives it a time limit, says what to show instead when it is slow or fails, tries again
// later, and lets a late success through as long as it is still wanted. Knows neither React nor what is shown.

import type { Breaker } from "./breaker.ts";

export type Stage =
  | { readonly at: "loading" }
  | { readonly at: "shown" }
  /** Show something else. `why` in words. */
  | { readonly at: "failed"; readonly why: string };

export interface Report {
  /** It is on the page. */
  shown(): void;
  /** It will not be, or no longer is. */
  failed(why: string): void;
}

/** One try; returns what undoes it, whatever it has come to. */
export type Attempt = (report: Report) => () => void;

/** So that what stands in is on screen within two seconds, on a busy machine too. */
export const timeLimitMs = 1_400;
/** An attempt that says nothing for so long is given up. */
const patienceMs = 20_000;
const firstRetryMs = 5_000;
const longestRetryMs = 60_000;

export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Sustained {
  readonly #attempt: Attempt;
  readonly #breaker: Breaker;
  readonly #onStage: (stage: Stage) => void;
  #tries = 0;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #undo: (() => void) | null = null;
  /** The breaker has not heard of this try. */
  #pending = false;
  /** It has heard of a failure of it: a slow one that fails in the end has failed once. */
  #counted = false;

  constructor(attempt: Attempt, breaker: Breaker, onStage: (stage: Stage) => void) {
    this.#attempt = attempt;
    this.#breaker = breaker;
    this.#onStage = onStage;
    onStage({ at: "loading" });
    this.#try();
  }

  stop(): void {
    if (this.#pending) this.#breaker.abandoned();
    this.#pending = false;
    this.#clear();
  }

  #try(): void {
    this.#clear();
    if (!this.#breaker.begin()) {
      this.#onStage({ at: "failed", why: "it failed several times and is left alone for a while" });
      this.#later(this.#breaker.waitMs());
      return;
    }
    this.#pending = true;
    this.#counted = false;
    let over = false;
    const failed = (why: string) => {
      if (over) return;
      over = true;
      this.#failed(why);
    };
    this.#timers.push(
      setTimeout(() => this.#slow(), timeLimitMs),
      setTimeout(() => failed("it does not answer"), patienceMs),
    );
    const undo = this.#attempt({ shown: () => !over && this.#shown(), failed });
    // It may have failed at once, before there was anything to undo.
    if (over) undo();
    else this.#undo = undo;
  }

  #shown(): void {
    this.#stopTimers();
    this.#pending = false;
    this.#counted = false;
    this.#tries = 0;
    this.#breaker.succeeded();
    this.#onStage({ at: "shown" });
  }

  #slow(): void {
    this.#settleFailed();
    this.#onStage({ at: "failed", why: "it takes too long" });
  }

  #failed(why: string): void {
    this.#clear();
    this.#settleFailed();
    this.#onStage({ at: "failed", why });
    this.#later(Math.max(this.#breaker.waitMs(), Math.min(longestRetryMs, firstRetryMs * 2 ** this.#tries++)));
  }

  #settleFailed(): void {
    if (!this.#counted) this.#breaker.failed();
    this.#counted = true;
    this.#pending = false;
  }

  #later(ms: number): void {
    this.#timers.push(setTimeout(() => this.#try(), ms));
  }

  #stopTimers(): void {
    this.#timers.forEach(clearTimeout);
    this.#timers = [];
  }

  #clear(): void {
    this.#stopTimers();
    const undo = this.#undo;
    this.#undo = null;
    undo?.();
  }
}

/** Starts at once and calls `onStage` with each stage, the first before it returns. Returns what ends it. */
export function sustain(attempt: Attempt, breaker: Breaker, onStage: (stage: Stage) => void): () => void {
  const sustained = new Sustained(attempt, breaker, onStage);
  return () => sustained.stop();
}
