// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { viewer } from "./viewers.ts";

const ann = { id: "ann", known: true, connected: true, identified_as: null, earlier_ids: [], fields: { AGE: 30 } };
const cue = { cue: "c_1.4.ann.0", slot: "SOCIAL", item: "5", label: "POLL", propensity: 0.25, acts: ["impression", "click"] };
const slate = { decision: "d_1.4.ann", event: "1", sequence: 4, moment: 3, at: "2026-06-11T19:00:00Z", cues: [cue] };

test("a viewer's slates are read with what they did with each cue", () => {
  expect(viewer({ ...ann, slates: [slate] }, "").slates).toEqual([slate]);
});

test("slates that are not said are none", () => {
  expect(viewer(ann, "").slates).toEqual([]);
});

test.each([
  [null, "slates should be a list, and is null"],
  [[{ ...slate, cues: [{ ...cue, acts: ["stare"] }] }], "slates[0].cues[0].acts[0] should be one of impression, click, dismiss, answer, convert"],
  [[{ ...slate, cues: [{ ...cue, propensity: "1" }] }], "slates[0].cues[0].propensity should be a number"],
])("slates that are wrong are refused by their place: %j", (slates, message) => {
  expect(() => viewer({ ...ann, slates }, "")).toThrow(message);
});
