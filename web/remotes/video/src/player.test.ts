// SPDX-License-Identifier: Apache-2.0
import type { Playhead } from "@matchcue/remote-kit/contract.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Trouble } from "./engine.ts";
import { startPlayer, type Player, type PlayerState } from "./player.ts";

/** What a player needs of a video element. plays(seconds) lets frames come. */
class FakeVideo extends EventTarget {
  currentTime = 500;
  readyState = 0;
  paused = true;
  ended = false;
  seeking = false;
  playbackRate = 1;
  refuses = false;
  seekable = { length: 1, start: () => 0, end: () => 1_000 };
  play() {
    if (this.refuses) return Promise.reject(new DOMException("no", "NotAllowedError"));
    this.paused = false;
    return Promise.resolve();
  }
  pause() {
    this.paused = true;
  }
}

const start = Date.parse("2026-06-01T18:00:00Z") - 500_000;
let video: FakeVideo;
let latency: number;
let engines: { fail: (trouble: Trouble) => void; seeks: number[]; resumed: number; destroyed: boolean }[];
let heads: Playhead[];
let states: PlayerState[];
let player: Player;

function open() {
  player = startPlayer({
    video: video as unknown as HTMLVideoElement,
    url: "live.m3u8",
    delaySeconds: 12,
    startEngine(_, __, ___, fail) {
      const engine = { fail, seeks: [] as number[], resumed: 0, destroyed: false };
      engines.push(engine);
      return {
        latency: () => latency,
        programmeTime: () => start + video.currentTime * 1_000,
        seekBehind(seconds) {
          engine.seeks.push(seconds);
          latency = seconds;
        },
        resume: () => engine.resumed++,
        destroy: () => (engine.destroyed = true),
      };
    },
    onPlayhead: (head) => heads.push(head),
    onState: (state) => states.push(state),
    now: Date.now,
    random: () => 0,
  });
}

function plays(seconds: number) {
  video.readyState = 4;
  for (let quarter = 0; quarter < seconds * 4; quarter++) {
    video.currentTime += 0.25;
    vi.advanceTimersByTime(250);
  }
}
const state = () => states.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  [video, latency, engines, heads, states] = [new FakeVideo(), 12, [], [], []];
});
afterEach(() => {
  player.destroy();
  vi.useRealTimers();
});

describe("a live picture", () => {
  test("waits for its first frame, then says where it is four times a second", () => {
    open();
    vi.advanceTimersByTime(1_000);
    expect(state().phase).toBe("waiting");
    expect(heads).toEqual([]);
    plays(1);
    expect(state().phase).toBe("playing");
    expect(heads.map((head) => head.programmeTime - start - 500_000)).toEqual([250, 500, 750, 1_000]);
    expect(heads.at(-1)?.rate).toBe(1);
  });

  test("says that it stands while no frame comes, and that it moves again", () => {
    open();
    plays(1);
    vi.advanceTimersByTime(2_000);
    expect(state().phase).toBe("stalled");
    expect(heads.at(-1)?.rate).toBe(0);
    plays(1);
    expect(state().phase).toBe("playing");
  });

  test("plays on from what is buffered while the stream is cut off", () => {
    open();
    plays(1);
    engines[0]!.fail({ why: "the stream answers 404", kind: "cut off" });
    plays(5);
    expect(state().phase).toBe("playing");
    expect(engines).toHaveLength(1);
    expect(engines[0]!.resumed).toBe(1);
  });

  test("says why there is no picture and when it tries again", () => {
    open();
    engines[0]!.fail({ why: "the stream answers 404", kind: "cut off" });
    expect(state()).toMatchObject({ phase: "broken", why: "the stream answers 404", retryInSeconds: 1 });
    vi.advanceTimersByTime(1_000);
    expect(engines[0]!.resumed).toBe(1);
    engines[0]!.fail({ why: "the stream answers 404", kind: "cut off" });
    expect(state().retryInSeconds).toBe(2);
  });

  test("starts another engine when one is dead, or silent for 15 seconds", () => {
    open();
    plays(1);
    engines[0]!.fail({ why: "the player failed", kind: "dead" });
    expect(engines[0]!.destroyed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(engines).toHaveLength(2);
    vi.advanceTimersByTime(15_000);
    expect(engines[1]!.destroyed).toBe(false);
    vi.advanceTimersByTime(3_000);
    expect(engines).toHaveLength(3);
  });

  test("hears nothing of an engine that was replaced", () => {
    open();
    engines[0]!.fail({ why: "the player failed", kind: "dead" });
    vi.advanceTimersByTime(1_000);
    engines[0]!.fail({ why: "late", kind: "dead" });
    plays(1);
    expect(engines).toHaveLength(2);
    expect(state().phase).toBe("playing");
  });
});

describe("its delay", () => {
  test("is corrected by playing a little faster, and jumps when another one is chosen", () => {
    open();
    latency = 14;
    plays(1);
    expect(video.playbackRate).toBeGreaterThan(1);
    expect(engines[0]!.seeks).toEqual([]);
    player.setDelay(30);
    expect(engines[0]!.seeks).toEqual([30]);
    expect(video.playbackRate).toBe(1);
  });

  test("is left alone after a pause, until the viewer goes back", () => {
    open();
    plays(1);
    player.pause();
    latency = 60;
    vi.advanceTimersByTime(48_000);
    expect(state().phase).toBe("paused");
    player.play();
    plays(1);
    expect(engines[0]!.seeks).toEqual([]);
    expect(state().following).toBe(false);
    player.goToDelay();
    expect(engines[0]!.seeks).toEqual([12]);
    expect(state().following).toBe(true);
  });
});

test("a browser that starts nothing by itself is said so, and play is pressed", async () => {
  video.refuses = true;
  open();
  await vi.advanceTimersByTimeAsync(250);
  expect(state().phase).toBe("blocked");
  video.refuses = false;
  player.play();
  plays(1);
  expect(state().phase).toBe("playing");
});
