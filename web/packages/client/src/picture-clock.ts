// SPDX-License-Identifier: Apache-2.0

export interface Playhead {
  /** Programme date time of the frame on screen, in ms since 1970. */
  readonly programmeTime: number;
  /** 0 when it stands. */
  readonly rate: number;
}

/** Where the picture is; null while that is not known: slates that have a place in it wait. The hls.js one is in hls-clock.ts. */
export interface PictureClock {
  now(): Playhead | null;
}
