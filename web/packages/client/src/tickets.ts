// SPDX-License-Identifier: Apache-2.0
//
// Gets a newer ticket when the present one is about to expire, and tries again until there is one.

import type { Platform } from "./platform.ts";

const AGAIN_MS = 5_000;
/** A ticket that lives shorter than the server's warning time is expiring from the start. */
const PACE_MS = 10_000;

export class TicketRenewal {
  readonly #platform: Platform;
  readonly #get: () => Promise<string>;
  readonly #hand: (ticket: string) => void;
  #cancel = () => {};
  #run = 0;
  #handedAt = -Infinity;

  constructor(platform: Platform, get: () => Promise<string>, hand: (ticket: string) => void) {
    this.#platform = platform;
    this.#get = get;
    this.#hand = hand;
  }

  start(): void {
    this.stop();
    const wait = this.#handedAt + PACE_MS - this.#platform.now();
    if (wait <= 0) void this.#renew();
    else this.#cancel = this.#platform.after(wait, () => void this.#renew());
  }

  stop(): void {
    this.#run += 1;
    this.#cancel();
  }

  async #renew(): Promise<void> {
    const run = this.#run;
    try {
      const ticket = await this.#get();
      if (run !== this.#run) return;
      this.#handedAt = this.#platform.now();
      this.#hand(ticket);
    } catch {
      if (run === this.#run) this.#cancel = this.#platform.after(AGAIN_MS, () => void this.#renew());
    }
  }
}
