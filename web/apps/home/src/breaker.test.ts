// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from "vitest";

import { Breaker } from "./breaker.ts";

let now = 0;
let breaker: Breaker;
beforeEach(() => {
  now = 0;
  breaker = new Breaker(() => now);
});
function fail(times: number) {
  for (let time = 0; time < times; time++) {
    expect(breaker.begin()).toBe(true);
    breaker.failed();
  }
}

test("two failures are borne, three in a row are left alone for 30 seconds", () => {
  fail(2);
  expect(breaker.waitMs()).toBe(0);
  fail(1);
  expect(breaker.begin()).toBe(false);
  expect(breaker.waitMs()).toBe(30_000);
});

test("a success in between begins the count anew", () => {
  fail(2);
  breaker.succeeded();
  fail(2);
  expect(breaker.begin()).toBe(true);
});

test("after the rest one try is let through, and nobody else beside it", () => {
  fail(3);
  now = 30_000;
  expect(breaker.begin()).toBe(true);
  expect(breaker.begin()).toBe(false);
  breaker.succeeded();
  expect(breaker.begin()).toBe(true);
  expect(breaker.begin()).toBe(true);
});

test("a failed try doubles the rest, a good one makes it 30 seconds again", () => {
  fail(3);
  now = 30_000;
  fail(1);
  expect(breaker.waitMs()).toBe(60_000);
  now = 90_000;
  fail(1);
  expect(breaker.waitMs()).toBe(120_000);
  now = 210_000;
  breaker.begin();
  breaker.succeeded();
  fail(3);
  expect(breaker.waitMs()).toBe(30_000);
});

test("a try that is no longer wanted makes room for the next", () => {
  fail(3);
  now = 30_000;
  breaker.begin();
  breaker.abandoned();
  expect(breaker.begin()).toBe(true);
});
