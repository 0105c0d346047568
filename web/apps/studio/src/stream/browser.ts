// SPDX-License-Identifier: Apache-2.0
import { authorization } from "../api/call.ts";
import { tokenDesk } from "../api/token.ts";
import type { Surroundings } from "./watch.ts";

/** A watch in a real page. */
export const browser: Surroundings = {
  fetch: (path, init) => fetch(path, { ...init, cache: "no-store" }),
  authorization,
  askForToken: () => tokenDesk.ask(),
  now: () => Date.now(),
  random: () => Math.random(),
  setTimer: (work, ms) => window.setTimeout(work, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
};
