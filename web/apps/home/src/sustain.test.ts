// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Breaker } from "./breaker.ts";
import { sustain, timeLimitMs, type Report, type Stage } from "./sustain.ts";

let breaker: Breaker;
let reports: Report[];
let undone: number;
let stages: Stage[];

beforeEach(() => {
  vi.useFakeTimers();
  breaker = new Breaker(Date.now);
  [reports, undone, stages] = [[], 0, []];
});
afterEach(() => vi.useRealTimers());

function start() {
  return sustain(
    (report) => {
      reports.push(report);
      return () => undone++;
    },
    breaker,
    (stage) => stages.push(stage),
  );
}
const stage = () => stages.at(-1);
const last = () => reports.at(-1)!;

describe("a component of a remote", () => {
  test("that comes in time is shown", () => {
    start();
    expect(stage()).toEqual({ at: "loading" });
    vi.advanceTimersByTime(timeLimitMs - 1);
    last().shown();
    vi.advanceTimersByTime(60_000);
    expect(stage()).toEqual({ at: "shown" });
    expect([reports.length, undone]).toEqual([1, 0]);
  });

  test("that is slow has a stand-in within two seconds, and may still come", () => {
    expect(timeLimitMs).toBeLessThan(2_000);
    start();
    vi.advanceTimersByTime(timeLimitMs - 1);
    expect(stage()).toEqual({ at: "loading" });
    vi.advanceTimersByTime(1);
    expect(stage()).toEqual({ at: "failed", why: "it takes too long" });
    vi.advanceTimersByTime(3_000);
    last().shown();
    expect(stage()).toEqual({ at: "shown" });
  });

  test("that comes after it was no longer wanted changes nothing", () => {
    const stop = start();
    vi.advanceTimersByTime(2_000);
    stop();
    expect(undone).toBe(1);
    const told = stages.length;
    vi.advanceTimersByTime(600_000);
    expect([stages.length, reports.length]).toEqual([told, 1]);
  });

  test("that fails has a stand-in at once, is undone, and is tried again later", () => {
    start();
    last().failed("it cannot be loaded");
    expect(stage()).toEqual({ at: "failed", why: "it cannot be loaded" });
    expect(undone).toBe(1);
    vi.advanceTimersByTime(5_000);
    expect(reports).toHaveLength(2);
    last().shown();
    expect(stage()).toEqual({ at: "shown" });
  });

  test("that breaks after it was shown has a stand-in, and is tried again", () => {
    start();
    last().shown();
    last().failed("a bug");
    expect(stage()).toEqual({ at: "failed", why: "a bug" });
    vi.advanceTimersByTime(5_000);
    expect(reports).toHaveLength(2);
  });

  test("that never answers is given up and tried again", () => {
    start();
    vi.advanceTimersByTime(20_000);
    expect([stage(), undone]).toEqual([{ at: "failed", why: "it does not answer" }, 1]);
    vi.advanceTimersByTime(5_000);
    expect(reports).toHaveLength(2);
  });
});

describe("its remote", () => {
  test("is left alone after three failures in a row, and tried once after 30 seconds", () => {
    for (let time = 0; time < 3; time++) {
      start();
      last().failed("no");
    }
    vi.clearAllTimers();
    start();
    expect(reports).toHaveLength(3);
    expect(stage()).toMatchObject({ at: "failed", why: expect.stringContaining("left alone") as string });
    vi.advanceTimersByTime(30_000);
    expect(reports).toHaveLength(4);
    last().shown();
    expect(stage()).toEqual({ at: "shown" });
    expect(breaker.waitMs()).toBe(0);
  });

  test("has failed once when a slow component fails in the end", () => {
    const stops = [start(), start()];
    vi.advanceTimersByTime(2_000);
    reports.forEach((report) => report.failed("no"));
    stops.forEach((stop) => stop());
    expect(breaker.waitMs()).toBe(0);
  });

  test("is not held up by a try that is no longer wanted", () => {
    for (let time = 0; time < 3; time++) breaker.failed();
    vi.advanceTimersByTime(30_000);
    start()();
    expect(breaker.begin()).toBe(true);
  });
});
