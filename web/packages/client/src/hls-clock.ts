// SPDX-License-Identifier: Apache-2.0
//
// The picture's clock of an hls.js player. Call the client's clockChanged() on the media element's seeking, pause,
// play, ratechange and waiting.

import type { PictureClock } from "./picture-clock.ts";

/** What this needs of an Hls instance. */
export interface HlsPlayer {
  /** Of the playlist's EXT-X-PROGRAM-DATE-TIME; null without one, or before something plays. */
  readonly playingDate: Date | null;
  readonly media: { readonly paused: boolean; readonly playbackRate: number } | null;
}

export function hlsClock(hls: HlsPlayer): PictureClock {
  return {
    now: () => {
      const programmeTime = hls.playingDate?.getTime() ?? Number.NaN;
      if (Number.isNaN(programmeTime)) return null;
      return { programmeTime, rate: hls.media && !hls.media.paused ? hls.media.playbackRate : 0 };
    },
  };
}
