// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The studio in a real browser, served by the real program.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { startBrowser } from "./support/browser.ts";
import { builtSites, MatchcueServer } from "./support/server.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let server: MatchcueServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** By viewer: the item of each slot that is on their screen. */
const screens = new Map<string, Map<string, { cue: string; item: string }>>();
const sockets: WebSocket[] = [];

interface Frame {
  readonly t: string;
  readonly cues?: readonly { readonly id: string; readonly slot: string; readonly item: string }[];
}

function watch(viewer: string): Promise<void> {
  const shown = new Map<string, { cue: string; item: string }>();
  screens.set(viewer, shown);
  const socket = new WebSocket(server.viewers, "matchcue.v1.json");
  sockets.push(socket);
  return new Promise((welcomed) => {
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", viewer, content: "c1", device: "test" }));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.t === "welcome") welcomed();
      if (frame.t === "slate") shown.clear();
      if (frame.t === "slate") for (const { id, slot, item } of frame.cues ?? []) shown.set(slot, { cue: id, item });
    };
  });
}

beforeAll(async () => {
  server = await MatchcueServer.start({ sites: builtSites });
  await server.ask("PUT", "/v1/contents/c1", { event: "1" });
  await server.ask("PUT", "/v1/viewers/ann", { AGE: 30, COUNTRY: "FRANCE" });
  await Promise.all(["ann", "ben", "cleo"].map(watch));
  const state = { MATCH_EVENT: "THROW", MATCH_TIMING: "FIRST-HALF-1", MATCH_TYPE: "FINAL", MATCH_VENUE: "France", SCORE_DIFFERENCE: "0" };
  await server.ask("POST", "/v1/events/1/moments", { state });
  browser = await startBrowser();
}, 60_000);

afterAll(async () => {
  for (const socket of sockets) socket.close();
  await browser.close();
  await server.stop();
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1366, height: 768 } });
  page = await context.newPage();
});
afterEach(() => context.close());

const open = (where: string): Promise<unknown> => page.goto(`${server.api}/studio/${where}`);
const seen = (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();

/** Moves on with Tab until the focus is on what has this accessible name. */
async function tabTo(name: RegExp): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
    if (name.test(focused)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${String(name)} is not reached by Tab`);
}

/** Moves on within a list until the focus is on this item. */
async function arrowTo(item: string): Promise<void> {
  await page.keyboard.press("Home");
  for (let step = 0; step < 40; step += 1) {
    const focused = await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["row"]);
    if (focused === item) return;
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`${item} is not reached by arrows`);
}

/** As far away as another continent. */
async function slowDown(ms: number): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", { offline: false, latency: ms, downloadThroughput: -1, uploadThroughput: -1 });
}

async function violations(): Promise<readonly string[]> {
  await page.evaluate(readFileSync(axe, "utf8"));
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> } }).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  });
}

describe("the studio", () => {
  test("the whole of Live by keyboard, 300 ms away from the server", { timeout: 60_000 }, async () => {
    await slowDown(300);
    await open("#/live");
    await seen("On screens now");
    // Skip link, first stop.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

    await page.keyboard.press("g");
    await seen(/^GOAL is moment \d+\.$/);
    await page.getByRole("region", { name: "The match now" }).getByText("GOAL", { exact: true }).waitFor();
    await page.keyboard.press("u");
    await seen("GOAL is taken back.");
    await seen(/^taken back by #\d+$/);

    await page.keyboard.press("n");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("KICK-OFF");
    await page.keyboard.press("Enter");
    await seen(/^KICK-OFF is moment \d+\.$/);

    await tabTo(/^KICK-OFF#/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Correct moment/ }).waitFor();
    await page.keyboard.press("Enter");
    await seen(/^Moment \d+ is corrected\.$/);

    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });

    const item = screens.get("ann")?.get("SOCIAL")?.item ?? "";
    await tabTo(/screens, \d+%/);
    await arrowTo(item);
    await page.keyboard.press("x");
    await seen(/ is blocked\.$/);
    await vi.waitFor(() => expect([...screens.values()].map((shown) => shown.get("SOCIAL")?.item)).not.toContain(item), { timeout: 1_000 });
    await page.keyboard.press("r");
    await seen(/ is released\.$/);
    await page.keyboard.press("+");
    await seen(/ is pinned\.$/);
    await vi.waitFor(() => expect(new Set([...screens.values()].map((shown) => shown.get("SOCIAL")?.item))).toEqual(new Set([item])), { timeout: 1_000 });
    await page.keyboard.press("u");
    await seen(/ is released\.$/);

    await page.keyboard.press("5");
    await seen("Audit log");
  });

  test("Live fits a screen of 1366 x 768 without scrolling the page", async () => {
    await open("#/live");
    await seen("On screens now");
    expect(await page.evaluate(() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth])).toEqual([768, 1366]);
  });

  test("a viewer's slates are explained, and are the same when computed again", async () => {
    await open("#/viewer/ann");
    await seen("✓ Computed again: identical");
    await seen("Connected");
  });

  test.each(["#/live", "#/viewer", "#/viewer/ann", "#/campaigns", "#/catalogue", "#/system", "demo.html"])("%s has no axe violation, on a desk and on a phone", async (where) => {
    await open(where);
    await page.getByText(/On screens now|Whom shall we|identical|Solution versions|ITEM_ID_1\b|Audit log|viewers · last push/).first().waitFor();
    expect(await violations()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await violations()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  test("the demonstration: three screens, a goal, and no goal", async () => {
    await open("demo.html");
    await seen(/viewers · last push/);
    await page.keyboard.press("g");
    await seen(/^Goal!/);
    await vi.waitFor(() => expect(page.getByRole("button", { name: "VAR: no goal" }).isEnabled()).resolves.toBe(true));
    await page.keyboard.press("v");
    await seen(/^No goal/);
    expect(await page.locator("iframe").count()).toBe(3);
    for (const name of ["Ann", "Ben", "Cleo"]) {
      await page.frameLocator(`iframe[title="What ${name} sees"]`).getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });
    }
  });

  test("a viewer that nobody knows, in words", async () => {
    await open("#/viewer/nobody%2Fat-all");
    await page.getByRole("alert").or(page.getByText("Not in the catalogue of viewers")).first().waitFor();
  });

  test("killed and started again: read only meanwhile, then as it is", { timeout: 60_000 }, async () => {
    await open("#/live");
    await seen("On screens now");
    await server.kill();
    await seen("Disconnected: read only. What you see is how it was.");
    expect(await page.getByRole("button", { name: "GOAL", exact: true }).isDisabled()).toBe(true);
    await server.run();
    await page.getByText("Disconnected: read only.").waitFor({ state: "detached", timeout: 10_000 });
    await page.keyboard.press("p");
    await seen(/^PENALTY is moment \d+\.$/);
  });
});
