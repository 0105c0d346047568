// SPDX-License-Identifier: Apache-2.0
//
// Where the picture is, for the SDK: what the player said last, carried on until it speaks again. Where there is no picture, or
// none has come for a while, the viewer's delay is taken at its word: nobody sees a goal before the broadcast could have shown it.

import type { PictureClock, Playhead } from "@matchcue/client/picture-clock.ts";

/** A player speaks four times a second; one that has been silent for so long stands. */
const silenceMs = 1_500;
/** Farther from where it should be than this, the picture was moved. */
const jumpMs = 1_000;
/** For so long a picture that is to come is waited for. */
const patienceMs = 10_000;

export class PageClock implements PictureClock {
  readonly #wallClock: () => number;
  #delaySeconds: number;
  #expected: boolean;
  readonly #since: number;
  #heard: { readonly playhead: Playhead; readonly at: number } | null = null;

  /** `expected`: a picture is to come, and nothing is known until it does. */
  constructor(wallClock: () => number, delaySeconds: number, expected: boolean) {
    this.#wallClock = wallClock;
    this.#delaySeconds = delaySeconds;
    this.#expected = expected;
    this.#since = wallClock();
  }

  /** Whether it is news: another rate, or another place than was to be expected. */
  hear(playhead: Playhead): boolean {
    const before = this.#heard && this.now();
    this.#heard = { playhead, at: this.#wallClock() };
    return before?.rate !== playhead.rate || Math.abs(before.programmeTime - playhead.programmeTime) > jumpMs;
  }

  setDelay(seconds: number): void {
    this.#delaySeconds = seconds;
  }

  /** There will be no picture for now, and where the last one was says nothing any more; or one may come after all. */
  expect(expected: boolean): void {
    this.#expected = expected;
    if (!expected) this.#heard = null;
  }

  now(): Playhead | null {
    const now = this.#wallClock();
    if (this.#heard) {
      const { playhead, at } = this.#heard;
      const silent = now - at;
      const passed = playhead.rate * Math.min(silent, silenceMs);
      return { programmeTime: playhead.programmeTime + passed, rate: silent > silenceMs ? 0 : playhead.rate };
    }
    return this.#expected && now - this.#since < patienceMs ? null : { programmeTime: now - this.#delaySeconds * 1_000, rate: 1 };
  }
}
