// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { isYes, momentOf, numberOf, readable, scoreWords, theEvent } from "./moment.ts";

test("a moment in words", () => {
  const moment = momentOf({ MATCH_EVENT: "FREE-KICK", MATCH_TIMING: "INTERVAL", MATCH_TYPE: "SEMI-FINAL", MATCH_VENUE: "Amsterdam", SCORE_DIFFERENCE: "2" });
  expect(moment).toEqual({ event: "FREE-KICK", timing: "half-time", phase: "break", difference: 2, type: "Semi-final", venue: "Amsterdam", country: "Netherlands" });
  expect(theEvent(moment)).toBe("the free kick");
  expect(scoreWords(moment)).toBe("2 goals in it");
});

test("a pause is no event, and the sample's own spelling of it is understood", () => {
  expect(momentOf({ MATCH_EVENT: "POST_MATCH" })).toMatchObject({ event: "", phase: "after", timing: "full time" });
});

test("an event that nobody has heard of is made readable", () => {
  expect(theEvent(momentOf({ MATCH_EVENT: "DROP_BALL" }))).toBe("the drop ball");
});

test("nothing known is no reason to fail", () => {
  const moment = momentOf({ MATCH_EVENT: null, SCORE_DIFFERENCE: "many" });
  expect(moment).toMatchObject({ event: "", phase: "unknown", difference: null });
  expect(scoreWords(moment)).toBe("");
});

test.each([
  ["LIONEL_MESSI", "Lionel Messi"],
  ["L_MARTINEZ", "L. Martinez"],
  ["", ""],
])("%s reads %s", (label, words) => {
  expect(readable(label)).toBe(words);
});

test("numbers and yes are understood as numbers and as text", () => {
  expect([numberOf({ A: "93" }, "A"), numberOf({ A: 93 }, "A"), numberOf({ A: "" }, "A"), numberOf({}, "A")]).toEqual([93, 93, null, null]);
  expect([isYes({ A: "Y" }, "A"), isYes({ A: true }, "A"), isYes({ A: "N" }, "A"), isYes({}, "A")]).toEqual([true, true, false, false]);
});
