// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from "vitest";

import { memoryOf, randomId, readTheme, readVisit, rememberDelay, rememberTheme } from "./address.ts";

const memory = memoryOf(window);
beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "/");
});

test("the address says who watches, what they are called and how far behind they are", () => {
  expect(readVisit("?viewer=7&delay=20&name=Ann", memory)).toEqual({ viewer: "7", name: "Ann", delaySeconds: 20 });
});

test("without one, an anonymous viewer is made once", () => {
  let made = 0;
  const id = () => String(++made);
  expect(readVisit("", memory, id).viewer).toBe("anonymous-1");
  expect(readVisit("", memory, id).viewer).toBe("anonymous-1");
  expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
});

test("a delay stays between 5 and 40 seconds, and nonsense is the usual one", () => {
  const delay = (search: string) => readVisit(search, memory).delaySeconds;
  expect([delay("?delay=1"), delay("?delay=400"), delay("?delay=soon")]).toEqual([5, 40, 12]);
});

test("a chosen delay is remembered for that viewer, over an address that names another", () => {
  history.replaceState(null, "", "/?viewer=7&delay=20");
  rememberDelay(memory, window, "7", 31);
  expect(readVisit(location.search, memory).delaySeconds).toBe(31);
  expect(readVisit("?viewer=7", memory).delaySeconds).toBe(31);
  expect(readVisit("?viewer=8", memory).delaySeconds).toBe(12);
});

test("the look is dark, light where the device asks for it, and above all what was chosen", () => {
  expect([readTheme(memory, false), readTheme(memory, true)]).toEqual(["dark", "light"]);
  rememberTheme(memory, "dark");
  expect(readTheme(memory, true)).toBe("dark");
});

test("a browser without storage remembers as long as the page", () => {
  const page = Object.defineProperty({}, "localStorage", {
    get() {
      throw new DOMException("no", "SecurityError");
    },
  }) as Window;
  const short = memoryOf(page);
  expect(readVisit("", short, () => "1").viewer).toBe("anonymous-1");
  expect(readVisit("", short, () => "2").viewer).toBe("anonymous-1");
});
