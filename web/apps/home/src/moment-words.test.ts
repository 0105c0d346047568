// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { expect, test } from "vitest";

import { cueName, sceneOf, slotName, slotPromise } from "./moment-words.ts";

test("a moment is said in a viewer's words, and what is not known is left out", () => {
  expect(sceneOf(sampleMoments["Goal"]!)).toEqual({ event: "Goal", timing: "Mid second half", score: "One goal in it", place: "Final · France" });
  expect(sceneOf(sampleMoments["Yellow card"]!).event).toBe("Yellow card");
  expect(sceneOf(sampleMoments["Half-time"]!)).toMatchObject({ event: "", timing: "Half-time" });
  expect(sceneOf({})).toEqual({ event: "", timing: "", score: "", place: "" });
});

test("slots and items that nobody has named have readable names too", () => {
  expect([slotName("GENERAL"), slotName("HALF_TIME_SHOW")]).toEqual(["Match", "Half Time Show"]);
  expect(slotPromise("HALF_TIME_SHOW")).not.toBe("");
  expect([cueName(sampleCue("ADVERT_FOOD", "MONETIZE")), cueName({ ...sampleCue("", "MONETIZE"), item: "ITEM_ID_5" })]).toEqual(["Advert Food", "ITEM_ID_5"]);
});
