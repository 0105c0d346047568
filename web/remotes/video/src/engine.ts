// SPDX-License-Identifier: Apache-2.0
//
// What fetches and decodes: hls.js, or the browser itself where hls.js cannot run.

import Hls, { type ErrorData } from "hls.js";

export interface Engine {
  /** Seconds behind the live edge; NaN while not known. */
  latency(): number;
  /** Programme date time of the frame on screen, in ms since 1970; null where the stream does not say it. */
  programmeTime(): number | null;
  /** Shows what is `delay` seconds behind live, or the oldest that there still is. */
  seekBehind(delay: number): void;
  /** Fetches again after it was cut off; what is buffered stays. */
  resume(): void;
  destroy(): void;
}

export interface Trouble {
  /** In words. */
  readonly why: string;
  /** "cut off": resume() may mend it. "dead": only another engine does. */
  readonly kind: "cut off" | "dead";
}

/** `failed` is called whenever the engine does not go on by itself. null where the browser plays no HLS in any way. */
export type StartEngine = (video: HTMLVideoElement, url: string, delay: number, failed: (trouble: Trouble) => void) => Engine | null;

/** Seconds that stay between the oldest frame and where a viewer is put: it is about to go. */
const brink = 2;

function seekWithin(video: HTMLVideoElement, edge: number, delay: number): void {
  const { seekable } = video;
  const oldest = seekable.length > 0 ? seekable.start(0) + brink : 0;
  video.currentTime = Math.max(oldest, edge - delay);
}

function troubleOf(data: ErrorData): Trouble {
  const status = data.response?.code;
  if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
    return { why: status ? `the stream answers ${status}` : "the stream cannot be reached", kind: "cut off" };
  }
  return { why: data.type === Hls.ErrorTypes.MEDIA_ERROR ? "the stream cannot be decoded" : "the player failed", kind: "dead" };
}

const startHls = (video: HTMLVideoElement, url: string, delay: number, failed: (trouble: Trouble) => void): Engine => {
  const hls = new Hls({
    liveSyncDuration: delay,
    liveMaxLatencyDuration: Number.POSITIVE_INFINITY,
    backBufferLength: 60,
    maxBufferLength: 30,
    enableWorker: false,
  });
  let repaired = false;
  hls.on(Hls.Events.ERROR, (_, data) => {
    if (!data.fatal) return;
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && !repaired) {
      repaired = true;
      hls.recoverMediaError();
    } else {
      failed(troubleOf(data));
    }
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return {
    latency: () => (hls.latestLevelDetails?.live ? hls.latency : Number.NaN),
    programmeTime: () => hls.playingDate?.getTime() ?? null,
    seekBehind(seconds) {
      hls.targetLatency = seconds;
      seekWithin(video, video.currentTime + hls.latency, seconds);
    },
    resume() {
      if (hls.levels.length > 0) hls.startLoad();
      else hls.loadSource(url);
    },
    destroy: () => hls.destroy(),
  };
};

const startNative = (video: HTMLVideoElement, url: string, delay: number, failed: (trouble: Trouble) => void): Engine => {
  const ends = new AbortController();
  const edge = () => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : Number.NaN);
  const seekBehind = (seconds: number) => seekWithin(video, edge(), seconds);
  video.addEventListener("error", () => failed({ why: "the stream cannot be played", kind: "dead" }), { signal: ends.signal });
  video.addEventListener("loadedmetadata", () => seekBehind(delay), { signal: ends.signal });
  video.src = url;
  return {
    latency: () => (video.duration === Number.POSITIVE_INFINITY ? edge() - video.currentTime : Number.NaN),
    programmeTime() {
      // Safari alone has it.
      const start = "getStartDate" in video ? (video.getStartDate as () => Date)().getTime() : Number.NaN;
      return Number.isFinite(start) ? start + video.currentTime * 1_000 : null;
    },
    seekBehind,
    resume: () => video.load(),
    destroy() {
      ends.abort();
      video.removeAttribute("src");
      video.load();
    },
  };
};

export const startEngine: StartEngine = (video, url, delay, failed) => {
  if (Hls.isSupported()) return startHls(video, url, delay, failed);
  return video.canPlayType("application/vnd.apple.mpegurl") ? startNative(video, url, delay, failed) : null;
};
