// SPDX-License-Identifier: Apache-2.0
//
// The program with the sites that were built, and a browser, for the tests of a file or of one of its parts.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

import { startBrowser } from "./browser.ts";
import { builtSites, MatchcueServer } from "./server.ts";

const limit = 60_000;

/** Both are there once the tests run. What home's viewers watch is event 1. */
export function servedSites(): { readonly server: MatchcueServer; readonly browser: Browser } {
  const started: { server?: MatchcueServer; browser?: Browser } = {};
  beforeAll(async () => {
    started.server = await MatchcueServer.start({ sites: builtSites });
    await started.server.ask("PUT", "/v1/contents/c1", { event: "1" });
    started.browser = await startBrowser();
  }, limit);
  afterAll(async () => {
    await started.browser?.close();
    await started.server?.stop();
  }, limit);
  return {
    get server() {
      return started.server!;
    },
    get browser() {
      return started.browser!;
    },
  };
}
