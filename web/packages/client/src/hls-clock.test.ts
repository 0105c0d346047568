// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type Hls from "hls.js";

import { hlsClock, type HlsPlayer } from "./hls-clock.ts";

const playingDate = new Date("2026-06-11T19:04:05.123Z");

test.each<[string, HlsPlayer, { programmeTime: number; rate: number } | null]>([
  ["plays", { playingDate, media: { paused: false, playbackRate: 1.5 } }, { programmeTime: playingDate.getTime(), rate: 1.5 }],
  ["stands", { playingDate, media: { paused: true, playbackRate: 1 } }, { programmeTime: playingDate.getTime(), rate: 0 }],
  ["has no element", { playingDate, media: null }, { programmeTime: playingDate.getTime(), rate: 0 }],
  ["has no programme date time", { playingDate: null, media: { paused: false, playbackRate: 1 } }, null],
  ["has a broken one", { playingDate: new Date(Number.NaN), media: null }, null],
])("a player that %s", (_, player, playhead) => expect(hlsClock(player).now()).toEqual(playhead));

test("an Hls instance is such a player", () => {
  const accepts = (hls: Hls) => hlsClock(hls);
  expect(accepts).toBeTypeOf("function");
});
