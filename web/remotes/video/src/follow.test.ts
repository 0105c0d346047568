// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";

import { backoffMs, follow } from "./follow.ts";

describe("keeping a picture behind live", () => {
  test("on time, nothing is done", () => {
    expect(follow(12.2, 12)).toEqual({ rate: 1, seek: false });
  });
  test("a little late plays faster, a little early slower, and neither jumps", () => {
    expect(follow(14, 12).rate).toBeGreaterThan(1);
    expect(follow(10, 12).rate).toBeLessThan(1);
    expect(follow(14, 12).seek || follow(10, 12).seek).toBe(false);
  });
  test("far away is a jump at normal speed", () => {
    expect(follow(40, 12)).toEqual({ rate: 1, seek: true });
    expect(follow(5, 40)).toEqual({ rate: 1, seek: true });
  });
  test("an unknown delay is left alone", () => {
    expect(follow(Number.NaN, 12)).toEqual({ rate: 1, seek: false });
  });
});

test("tries come farther and farther apart, up to ten seconds", () => {
  expect([0, 1, 2, 3, 9].map((attempt) => backoffMs(attempt, () => 0))).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
  expect(backoffMs(9, () => 1)).toBeCloseTo(9_600);
});
