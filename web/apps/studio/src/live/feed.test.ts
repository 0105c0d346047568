// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { someChange } from "../stream/fake-world.ts";
import { detailOf, groupFeed, newestMoment, titleOf } from "./feed.ts";

const moment = (sequence: number): ReturnType<typeof someChange> => someChange({ sequence });
const correction = (sequence: number, corrects: number): ReturnType<typeof someChange> => someChange({ sequence, corrects, kind: "correction" });
const chains = (...changes: ReturnType<typeof someChange>[]): readonly (readonly number[])[] =>
  groupFeed(changes).map(({ chain }) => chain.map(({ sequence }) => sequence));

test("newest first", () => {
  expect(chains(moment(1), moment(2))).toEqual([[2], [1]]);
});

test("what a correction took back lies beneath it, also over several steps", () => {
  expect(chains(moment(1), moment(2), correction(3, 1))).toEqual([[3, 1], [2]]);
  expect(chains(moment(1), correction(2, 1), moment(3), correction(4, 2))).toEqual([[4, 2, 1], [3]]);
});

test("of two corrections of one moment, the newer one has it", () => {
  expect(chains(moment(1), correction(2, 1), correction(3, 1))).toEqual([[3, 1], [2]]);
});

test("a correction of what is long gone stands alone", () => {
  expect(chains(correction(90, 3))).toEqual([[90]]);
});

test("the newest moment is one that nothing has corrected", () => {
  const changes = [moment(1), moment(2), correction(3, 2)];
  expect(newestMoment(changes)?.sequence).toBe(1);
  expect(newestMoment(changes, "PENALTY")).toBeNull();
});

test("an override says what was done to which item", () => {
  const change = someChange({ kind: "override", override: { action: "block", item: "bet" } });
  expect(titleOf(change, () => "Bet")).toBe("Blocked Bet");
});

test("the other fields that changed are named, and whom it was about", () => {
  const before = { MATCH_EVENT: "THROW", MATCH_TIMING: "INTERVAL" };
  const change = someChange({ before, after: { MATCH_EVENT: "GOAL", MATCH_TIMING: "SECOND-HALF-1" }, subject: "p10" });
  expect(detailOf(change, () => "Lionel Messi")).toBe("Lionel Messi · Match timing SECOND-HALF-1");
});
