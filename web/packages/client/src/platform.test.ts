// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from "vitest";

import { browser } from "./platform.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a page that is visible again says how long it was hidden, until nobody wants to know", () => {
  vi.useFakeTimers();
  const state = vi.spyOn(document, "visibilityState", "get");
  const turn = (to: DocumentVisibilityState) => {
    state.mockReturnValue(to);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const heard: number[] = [];
  const stop = browser.onShown((hiddenMs) => heard.push(hiddenMs));
  vi.advanceTimersByTime(5_000);
  turn("hidden");
  vi.advanceTimersByTime(60_000);
  turn("visible");
  stop();
  turn("hidden");
  turn("visible");
  expect(heard).toEqual([60_000]);
});
