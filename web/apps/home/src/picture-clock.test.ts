// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from "vitest";

import { PageClock } from "./picture-clock.ts";

let now = 0;
beforeEach(() => {
  now = 1_000_000;
});
const clock = (expected: boolean) => new PageClock(() => now, 20, expected);

test("before the first frame nothing is known, until it has been waited for long enough", () => {
  const picture = clock(true);
  now += 9_999;
  expect(picture.now()).toBeNull();
  now += 1;
  expect(picture.now()).toEqual({ programmeTime: now - 20_000, rate: 1 });
});

test("what the player said is carried on at its rate", () => {
  const picture = clock(true);
  picture.hear({ programmeTime: 500_000, rate: 1 });
  now += 200;
  expect(picture.now()).toEqual({ programmeTime: 500_200, rate: 1 });
});

test("a player that falls silent stands: nothing is shown before its time", () => {
  const picture = clock(true);
  picture.hear({ programmeTime: 500_000, rate: 1 });
  now += 60_000;
  expect(picture.now()).toEqual({ programmeTime: 501_500, rate: 0 });
});

test("a stall and a jump are news, going on is not", () => {
  const picture = clock(true);
  const later = (programmeTime: number, rate: number) => {
    now += 250;
    return picture.hear({ programmeTime, rate });
  };
  expect(later(500_000, 1)).toBe(true);
  expect(later(500_250, 1)).toBe(false);
  expect(later(500_300, 0)).toBe(true);
  expect(later(480_000, 0)).toBe(true);
});

test("without a picture the viewer's delay is taken at its word", () => {
  const none = clock(false);
  expect(none.now()).toEqual({ programmeTime: 980_000, rate: 1 });
  none.setDelay(5);
  expect(none.now()?.programmeTime).toBe(995_000);
});

test("a picture that has ended leaves nothing behind: the delay is taken at its word, until another is heard", () => {
  const picture = clock(true);
  picture.hear({ programmeTime: 500_000, rate: 1 });
  picture.expect(false);
  expect(picture.now()).toEqual({ programmeTime: now - 20_000, rate: 1 });
  picture.expect(true);
  picture.hear({ programmeTime: 600_000, rate: 1 });
  expect(picture.now()).toEqual({ programmeTime: 600_000, rate: 1 });
});
