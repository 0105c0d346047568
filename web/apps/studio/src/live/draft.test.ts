// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { someChange, someState } from "../stream/fake-world.ts";
import { changesOf, contextFields, draftOf, restored } from "./draft.ts";

test("the fields are the context columns of the interactions, with the values that are known or were seen", () => {
  const schema = ["USER_ID", "TIMESTAMP", "MATCH_EVENT", "STADIUM_NOISE"].map((name) => ({ name, isNumber: name === "STADIUM_NOISE" }));
  const fields = contextFields(schema, {}, [someChange({ after: { STADIUM_NOISE: 91 } })]);
  expect(fields.map(({ name }) => name)).toEqual(["MATCH_EVENT", "STADIUM_NOISE"]);
  expect(fields[0]?.choices).toContain("GOAL");
  expect(fields[1]?.choices).toEqual(["91"]);
});

test("only what was changed is sent; an emptied field is removed", () => {
  const fields = contextFields(null, someState, []);
  const draft = { ...draftOf(fields, someState), MATCH_EVENT: " PENALTY ", MATCH_VENUE: "" };
  expect(changesOf(fields, draft, someState)).toEqual({ MATCH_EVENT: "PENALTY", MATCH_VENUE: null });
});

test("a number column gets a number, and words where they were typed", () => {
  const fields = [{ name: "MINUTE", isNumber: true, choices: [] }];
  expect(changesOf(fields, { MINUTE: "41" }, { MINUTE: 40 })).toEqual({ MINUTE: 41 });
  expect(changesOf(fields, { MINUTE: "41" }, { MINUTE: 41 })).toEqual({});
  expect(changesOf(fields, { MINUTE: "late" }, { MINUTE: 41 })).toEqual({ MINUTE: "late" });
});

test("a correction puts back what was before, and leaves what has moved on", () => {
  const wrong = someChange({ before: { MATCH_EVENT: "THROW", SCORE_DIFFERENCE: "0" }, after: { MATCH_EVENT: "GOAL", SCORE_DIFFERENCE: "1" } });
  const present = { ...someState, MATCH_EVENT: "YELLOW-CARD", SCORE_DIFFERENCE: "1" };
  expect(restored(wrong, present)).toMatchObject({ MATCH_EVENT: "YELLOW-CARD", SCORE_DIFFERENCE: "0" });
});

test("a field that the wrong moment brought in is taken out again", () => {
  const wrong = someChange({ before: {}, after: { SIREN: "on" } });
  expect(restored(wrong, { SIREN: "on" })).toEqual({ SIREN: null });
});
