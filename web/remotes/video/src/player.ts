// SPDX-License-Identifier: Apache-2.0
//
// One picture: starts an engine, keeps it the wanted time behind live, says where it is, and mends it when it fails: what is
// buffered is played while it fetches again, and another engine is started only once no frame has come for long.

import type { Playhead } from "@matchcue/remote-kit/contract.ts";

import type { Engine, StartEngine, Trouble } from "./engine.ts";
import { backoffMs, follow, steady } from "./follow.ts";

export type Phase = "waiting" | "playing" | "paused" | "stalled" | "blocked" | "broken" | "ended" | "unsupported";

export interface PlayerState {
  readonly phase: Phase;
  /** Why it is broken; "" while nothing is wrong, and while it is being tried again. */
  readonly why: string;
  /** Whole seconds until the next try; 0 while there is none to wait for. */
  readonly retryInSeconds: number;
  /** Measured seconds behind live; NaN while not known. */
  readonly latency: number;
  /** Kept at the chosen delay; false after a pause, until the viewer goes back. */
  readonly following: boolean;
}

export interface PlayerOptions {
  readonly video: HTMLVideoElement;
  readonly url: string;
  readonly delaySeconds: number;
  readonly startEngine: StartEngine;
  readonly onPlayhead: (playhead: Playhead) => void;
  readonly onState: (state: PlayerState) => void;
  readonly now: () => number;
  readonly random: () => number;
}

export interface Player {
  play(): void;
  pause(): void;
  goToDelay(): void;
  setDelay(seconds: number): void;
  destroy(): void;
}

const tickMs = 250;
/** No frame for so long is a stall; for so long though nothing is wrong, a reason to start another engine. */
const stallMs = 1_500;
const hopelessMs = 15_000;

/** Whether there is one to look at: HAVE_CURRENT_DATA. */
export const hasFrame = (video: HTMLVideoElement): boolean => video.readyState >= 2;

class LivePlayer implements Player {
  readonly #options: PlayerOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #ends = new AbortController();
  #engine: Engine | null = null;
  #delay: number;
  #following = true;
  #wanted = true;
  #phase: Phase = "waiting";
  /** Null while the engine works. */
  #trouble: Trouble | null = null;
  #troubleAt = Number.NEGATIVE_INFINITY;
  #attempt = 0;
  #retryAt = 0;
  #position = 0;
  #movedAt: number;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#delay = options.delaySeconds;
    this.#movedAt = options.now();
    const { signal } = this.#ends;
    for (const name of ["playing", "pause", "waiting", "seeking", "seeked", "ended"]) {
      options.video.addEventListener(name, () => this.#tick(), { signal });
    }
    this.#start();
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  play(): void {
    this.#wanted = true;
    this.#movedAt = this.#options.now();
    this.#play();
    this.#tick();
  }

  pause(): void {
    this.#wanted = false;
    this.#following = false;
    this.#options.video.pause();
    this.#tick();
  }

  goToDelay(): void {
    this.#following = true;
    if (Math.abs((this.#engine?.latency() ?? Number.NaN) - this.#delay) > 1) this.#engine?.seekBehind(this.#delay);
    this.play();
  }

  setDelay(seconds: number): void {
    this.#delay = seconds;
    this.#following = this.#wanted;
    this.#tick();
  }

  destroy(): void {
    this.#ends.abort();
    clearInterval(this.#timer);
    this.#engine?.destroy();
    this.#engine = null;
  }

  #start(): void {
    const { video, url, startEngine, now } = this.#options;
    this.#movedAt = now();
    this.#phase = "waiting";
    this.#trouble = null;
    this.#following = this.#wanted;
    // An engine that fails after it was replaced has nothing to say.
    const started = startEngine(video, url, this.#delay, (trouble) => started === this.#engine && this.#fail(trouble));
    this.#engine = started;
    if (!started) this.#phase = "unsupported";
    else if (this.#wanted) this.#play();
  }

  #play(): void {
    this.#options.video.play().catch((error: unknown) => {
      // Others are told by the engine, or went away because something newer was asked for.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#block();
    });
  }

  #block(): void {
    this.#wanted = false;
    this.#phase = "blocked";
    this.#report();
  }

  #fail(trouble: Trouble): void {
    const { now, random } = this.#options;
    this.#trouble = trouble;
    this.#troubleAt = now();
    this.#retryAt = now() + backoffMs(this.#attempt++, random);
    if (trouble.kind === "dead") {
      this.#engine?.destroy();
      this.#engine = null;
    }
    this.#tick();
  }

  /** Once it is time to try again. */
  #mend(): void {
    this.#trouble = null;
    if (this.#engine) this.#engine.resume();
    else this.#start();
  }

  #tick(): void {
    const { video, now } = this.#options;
    if (this.#trouble && now() >= this.#retryAt) this.#mend();
    if (video.currentTime !== this.#position) {
      this.#position = video.currentTime;
      this.#movedAt = now();
    }
    const still = now() - this.#movedAt;
    const silent = now() - Math.max(this.#movedAt, this.#troubleAt);
    if (this.#engine && this.#wanted && !video.ended && silent > hopelessMs) {
      return this.#fail({ why: "no frame has come for a while", kind: "dead" });
    }
    this.#phase = this.#phaseNow(still);
    if (this.#phase === "playing") this.#attempt = 0;
    this.#keepDelay();
    this.#report();
  }

  #phaseNow(still: number): Phase {
    const { video } = this.#options;
    if (this.#phase === "unsupported") return "unsupported";
    if (this.#engine && video.ended) return "ended";
    if (this.#engine && !this.#wanted) return this.#phase === "blocked" ? "blocked" : "paused";
    const shows = hasFrame(video);
    if (this.#engine && shows && still <= stallMs && !video.paused) return "playing";
    if (this.#trouble || this.#phase === "broken") return "broken";
    return shows && this.#phase !== "waiting" ? "stalled" : "waiting";
  }

  #keepDelay(): void {
    const { video } = this.#options;
    const steers = this.#following && this.#phase === "playing" && !video.seeking;
    const step = steers ? follow(this.#engine?.latency() ?? Number.NaN, this.#delay) : steady;
    if (video.playbackRate !== step.rate) video.playbackRate = step.rate;
    // A window that is shorter than the delay: the oldest frame is as near as it gets, and playing on from there is all.
    if (step.seek && !this.#atOldest()) this.#engine?.seekBehind(this.#delay);
  }

  #atOldest(): boolean {
    const { video } = this.#options;
    const tooNear = (this.#engine?.latency() ?? 0) < this.#delay;
    return tooNear && video.seekable.length > 0 && video.currentTime - video.seekable.start(0) < 4;
  }

  /** A picture that is being steered is where it should be: a second of steering is nothing to tell. */
  #latencyToTell(): number {
    const latency = this.#engine?.latency() ?? Number.NaN;
    return this.#following && Math.abs(latency - this.#delay) < 1.5 ? this.#delay : latency;
  }

  #report(): void {
    const { video, onPlayhead, onState, now } = this.#options;
    const programmeTime = this.#engine?.programmeTime() ?? null;
    const moves = this.#phase === "playing" && !video.seeking;
    if (programmeTime !== null && hasFrame(video)) {
      onPlayhead({ programmeTime, rate: moves ? video.playbackRate : 0 });
    }
    onState({
      phase: this.#phase,
      why: this.#trouble?.why ?? "",
      retryInSeconds: this.#trouble ? Math.max(1, Math.ceil((this.#retryAt - now()) / 1_000)) : 0,
      latency: this.#latencyToTell(),
      following: this.#following,
    });
  }
}

/** Starts at once; the element should be muted, or browsers refuse. */
export function startPlayer(options: PlayerOptions): Player {
  return new LivePlayer(options);
}
