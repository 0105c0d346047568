// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Config } from "./config.ts";
import { startPage, type Session } from "./start.ts";

const file = { viewers: "ws://localhost:8080/v1/ws", content: "c1", picture: null, remotes: {} };
let answers: (() => Promise<Response>)[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => (answers.shift() ?? (() => Promise.reject(new Error("nobody"))))());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a page whose configuration is late says why, tries again, and begins once", async () => {
  answers = [
    () => Promise.reject(new TypeError("no network")),
    () => Promise.resolve(new Response("{}")),
    () => Promise.resolve(new Response(JSON.stringify(file))),
  ];
  const make = vi.fn((config: Config) => ({ config }) as unknown as Session);
  const start = startPage("http://localhost:3000/config.json", make);
  const seen: string[] = [];
  start.subscribe(() => seen.push(start.snapshot().session ? "begun" : start.snapshot().trouble));
  expect(start.snapshot()).toEqual({ session: null, trouble: "" });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual(["config.json cannot be reached", "config.json: viewers should be a text that is not empty", "begun"]);
  expect(make).toHaveBeenCalledOnce();
});
