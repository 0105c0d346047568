// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { view } from "../api/view.ts";
import { someView } from "../stream/fake-world.ts";
import { orderOf, screensOf, verdictOf, wilson } from "./screens.ts";

const { audience, learner } = view(someView(), "");
const slotOf = (item: string): string => (item === "ad" ? "MONETIZE" : "GENERAL");

test("shares are of the screens that have something in the slot", () => {
  const [general] = screensOf({ audience, learner, overrides: [], shown: new Map(), slotOf });
  expect(general?.rows.map(({ item, share }) => [item, share])).toEqual([
    ["bet", 2 / 3],
    ["quiz", 1 / 3],
  ]);
});

test("an item that is blocked from every screen is still there to be released", () => {
  const slots = screensOf({ audience, learner, overrides: [{ item: "ad", action: "block" }], shown: new Map(), slotOf });
  expect(slots.map(({ slot }) => slot)).toEqual(["MONETIZE", "GENERAL"]);
  expect(slots[0]?.rows).toMatchObject([{ item: "ad", sessions: 0, share: 0, override: "block", rate: null }]);
});

test("an item that no screen shows any more can still be pinned", () => {
  const [general] = screensOf({ audience, learner, overrides: [], shown: new Map([["poll", "GENERAL"], ["bet", "GENERAL"]]), slotOf });
  expect(general?.rows.map(({ item, sessions }) => [item, sessions])).toEqual([
    ["bet", 2],
    ["poll", 0],
    ["quiz", 1],
  ]);
});

test("an item is called better than random only where the intervals are apart", () => {
  const random = { value: 0.03, low: 0.02, high: 0.04 };
  expect(verdictOf(wilson(0.1, 2_000), random)).toBe("above");
  expect(verdictOf(wilson(0.1, 20), random)).toBe("unclear");
  expect(verdictOf(wilson(0.001, 9_000), random)).toBe("below");
  expect(verdictOf(wilson(0.1, 2_000), null)).toBe("unclear");
});

// By hand: with nothing seen, the upper end is z² / (n + z²).
test("the interval of nothing seen among ten goes to 28 %", () => {
  const rate = wilson(0, 10);
  expect(rate.low).toBe(0);
  expect(rate.high).toBeCloseTo(0.2775, 3);
});

test("pinned items come first, blocked ones last", () => {
  const row = { sessions: 0, share: 0, trials: 0, rate: null, verdict: "unclear", override: null } as const;
  const rows = [{ ...row, item: "a", override: "block" as const }, { ...row, item: "b", share: 0.9 }, { ...row, item: "c", override: "pin" as const }];
  expect(orderOf(rows)).toEqual(["c", "b", "a"]);
});
