// SPDX-License-Identifier: Apache-2.0
//
// Gets a newer ticket when the present one is about to expire, and tries again until there is one.

import type { Platform } from "./platform.ts";

const AGAIN_MS = 5_000;

export class TicketRenewal {
  readonly #platform: Platform;
  readonly #get: () => Promise<string>;
  readonly #hand: (ticket: string) => void;
  #cancel = () => {};
  #run = 0;

  constructor(platform: Platform, get: () => Promise<string>, hand: (ticket: string) => void) {
    this.#platform = platform;
    this.#get = get;
    this.#hand = hand;
  }

  start(): void {
    this.stop();
    const run = this.#run;
    const isCurrent = () => run === this.#run;
    const failed = () => {
      if (isCurrent()) this.#cancel = this.#platform.after(AGAIN_MS, () => this.start());
    };
    this.#get().then((ticket) => {
      if (isCurrent()) this.#hand(ticket);
    }, failed);
  }

  stop(): void {
    this.#run += 1;
    this.#cancel();
  }
}
