// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { histogramOf, roundUp, summarize } from "./pushes.ts";

const pushes = (...ms: readonly number[]): { sequence: number; at: string; ms: number; viewers: number }[] =>
  ms.map((one, index) => ({ sequence: index, at: "2026-06-11T19:00:00Z", ms: one, viewers: 1 }));

test("nothing pushed is nothing to say", () => {
  expect(summarize([])).toBeNull();
  expect(histogramOf([]).counts.every((bin) => bin === 0)).toBe(true);
});

test("every push is in one bin", () => {
  const { counts } = histogramOf(pushes(0.2, 3, 3, 8, 21, 40));
  expect(counts.reduce((sum, bin) => sum + bin, 0)).toBe(6);
});

test("one outlier does not squeeze the rest: it is in the last bin", () => {
  const many = pushes(...Array.from({ length: 99 }, (_, index) => 10 + index / 50), 90_000);
  const { counts, width } = histogramOf(many);
  expect(width).toBeLessThanOrEqual(2);
  expect(counts.at(-1)).toBe(1);
});

test("median, 95th percentile and worst", () => {
  const all = pushes(...Array.from({ length: 100 }, (_, index) => index + 1));
  expect(summarize(all)).toEqual({ median: 50, p95: 95, worst: 100 });
});

test.each([
  [1, 1],
  [1.1, 2],
  [3, 5],
  [7, 10],
  [0.03, 0.05],
])("bins are %d wide at least, so %d", (least, width) => {
  expect(roundUp(least)).toBeCloseTo(width);
});
