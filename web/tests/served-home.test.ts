// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The container application as the program itself serves it: under its Content-Security-Policy, with its /config.json and the
// digests in that.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { startBrowser } from "./support/browser.ts";
import { goal } from "./support/match.ts";
import { MatchcueServer } from "./support/server.ts";

const slots = ["GENERAL", "PLAYER", "SOCIAL", "MONETIZE"];
const limit = 60_000;
let server: MatchcueServer;
let browser: Browser;

beforeAll(async () => {
  server = await MatchcueServer.start({ sites: true });
  await server.ask("PUT", "/v1/contents/c1", { event: "1" });
  browser = await startBrowser();
}, limit);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("every slot shows its remote's component, and the browser refuses nothing", { timeout: limit }, async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const home = `http://127.0.0.1:${server.homePort}`;
  const served = await page.goto(`${home}/?viewer=ann`);
  expect(served?.headers()["content-security-policy"]).toContain("script-src");
  const { remotes } = (await (await fetch(`${home}/config.json`)).json()) as { remotes: Record<string, { integrity: object | null }> };
  expect(Object.entries(remotes).filter(([, { integrity }]) => integrity === null)).toEqual([]);
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });

  await server.ask("POST", "/v1/events/1/moments", { state: goal });
  for (const slot of slots) await page.locator(`.slot[data-slot="${slot}"] .cue[data-stage="shown"]`).waitFor({ timeout: 10_000 });
  expect(await page.locator(".fallback").count()).toBe(0);
  expect(complaints).toEqual([]);
});
