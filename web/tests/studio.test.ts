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
  await context.addInitScript(watchFocus);
  page = await context.newPage();
});
afterEach(() => context.close());

const open = (where: string): Promise<unknown> => page.goto(`${server.api}/studio/${where}`);
const seen = (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();

/** In the page: writes down, frame by frame, what had the focus when it fell to the document as a whole. */
function watchFocus(): void {
  const lost: string[] = [];
  let held: Element | null = null;
  const look = (): void => {
    const now = document.activeElement === document.body ? null : document.activeElement;
    if (held && !now) lost.push(`${location.hash}: ${held.outerHTML.slice(0, 200)}`);
    held = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  Object.assign(globalThis, { focusLost: lost });
}
const focusLost = (): Promise<readonly string[]> => page.evaluate(() => (globalThis as unknown as { focusLost: string[] }).focusLost);

interface Focused {
  readonly name: string;
  /** A ring that can be seen, around something that is on the screen. */
  readonly isRinged: boolean;
}

function focused(): Promise<Focused> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const { width, height, top, bottom } = element.getBoundingClientRect();
    const isOnScreen = width > 0 && height > 0 && bottom > 0 && top < innerHeight;
    const isDrawn = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1 && outlineColor !== "rgba(0, 0, 0, 0)";
    const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? (element.tabIndex < 0 ? "" : element.textContent);
    return { name: name.trim(), isRinged: isOnScreen && isDrawn && element.matches(":focus-visible") };
  });
}

/** Moves on with Tab until the focus is on what has this accessible name; each stop on the way has a ring. */
async function tabTo(name: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  for (let step = 0; step < 80; step += 1) {
    const now = await focused();
    if (step > 0) expect(now).toEqual({ name: now.name, isRinged: true });
    if (name.test(now.name)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${String(name)} is not reached by ${key}`);
}

/** In place of what a field holds. */
async function write(text: string): Promise<void> {
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
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
    expect(await focusLost()).toEqual([]);
  });

  test("a viewer, and why they got each slate, by keyboard", { timeout: 60_000 }, async () => {
    for (const MATCH_EVENT of ["CORNER-KICK", "FREE-KICK"]) {
      const { event } = await server.ask<{ event: { sequence: number } }>("POST", "/v1/events/1/moments", { state: { MATCH_EVENT } });
      const slates = async () => (await server.ask<{ slates: readonly { moment: number }[] }>("GET", "/v1/viewers/ann")).slates.map(({ moment }) => moment);
      await expect.poll(slates, { timeout: 20_000 }).toContain(event.sequence);
    }
    await open("#/live");
    await seen("On screens now");
    await page.keyboard.press("2");
    await seen("Whom shall we look at?");
    expect(await focused()).toEqual({ name: "Viewer", isRinged: true });
    await page.keyboard.type("ann");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Viewer ann" }).getByText("FRANCE").waitFor();
    const why = page.getByRole("region", { name: "Why" });
    await why.getByText("FREE-KICK", { exact: true }).waitFor();
    await why.getByRole("table", { name: /^SOCIAL/ }).waitFor();

    await tabTo(/moment \d+ newest/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await why.getByText("CORNER-KICK", { exact: true }).waitFor();
    await seen("✓ Computed again: identical");
    expect(await focused()).toEqual({ name: expect.stringContaining("CORNER-KICK") as string, isRinged: true });
    await tabTo(/^Candidates by slot/);
    await page.keyboard.press("1");
    await seen("On screens now");
    expect(await focusLost()).toEqual([]);
  });

  test("a campaign by keyboard: trained, deployed, rolled back, and found in the audit log", { timeout: 180_000 }, async () => {
    await open("#/live");
    await seen("On screens now");
    await page.keyboard.press("3");
    await seen("Nothing has been trained yet.");
    await tabTo(/^Recipe$/);
    await write("popularity-count");
    await tabTo(/^Train$/);
    await page.keyboard.press("Enter");
    await seen("popularity-count is being trained.");
    const training = page.getByRole("region", { name: "Training" });
    await training.getByText("done", { exact: true }).waitFor({ timeout: 60_000 });
    expect(await focused()).toEqual({ name: "Train", isRinged: true });

    const version = (await training.getByRole("link").textContent()) ?? "";
    const served = page.getByRole("region", { name: "Served" });
    await served.getByText("The learner alone", { exact: true }).waitFor();
    await tabTo(new RegExp(`^${version}$`));
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: version }).getByText("Measured in training").waitFor();
    await tabTo(/^Deploy…$/);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: `Serve ${version}?` }).waitFor();
    expect(await focused()).toEqual({ name: "Leave it", isRinged: true });
    await tabTo(/^Deploy$/);
    await page.keyboard.press("Enter");
    await served.locator(".served-name").getByText(version).waitFor({ timeout: 60_000 });
    expect((await server.ask<{ solution_version: string }>("GET", "/v1/campaign")).solution_version).toBe(version);
    expect(await focused()).toEqual({ name: "Served", isRinged: true });

    await tabTo(/^Roll back to the learner alone$/, "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Roll back to the learner alone?" }).waitFor();
    await tabTo(/^Roll back$/);
    await page.keyboard.press("Enter");
    await served.locator(".served-name").getByText("The learner alone").waitFor({ timeout: 60_000 });
    expect((await server.ask<{ solution_version: string | null }>("GET", "/v1/campaign")).solution_version).toBeNull();

    await page.keyboard.press("5");
    await seen(/rollback/i);
    await tabTo(/rollback/i);
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: /^Record \d+/ }).getByText(version).first().waitFor();
    expect(await focusLost()).toEqual([]);
  });

  test("a file of items by keyboard: checked, brought in, and found", { timeout: 60_000 }, async () => {
    // From the beginning: what asks the browser to hand choosers over is not waited for.
    const chooser = page.waitForEvent("filechooser", { timeout: 60_000 });
    await open("#/live");
    await seen("On screens now");
    await page.keyboard.press("4");
    await seen(/^40 of 40 items/);
    await tabTo(/^Find an item$/);
    await page.keyboard.type("SCARF_OFFER");
    const before = await page.getByText(/^0 of \d+ items/).textContent();
    const items = Number(/of (\d+)/.exec(before ?? "")?.[1]);
    await tabTo(/^CSV file/);
    await page.keyboard.press("Enter");
    const csv = "ITEM_ID,ITEM_LABEL,ITEM_TYPE\nITEM_ID_SCARF,SCARF_OFFER,MONETIZE\n";
    await (await chooser).setFiles({ name: "items.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
    for (const [button, outcome, found] of [
      ["Check only", "Checked 1 rows. Nothing was written.", `0 of ${String(items)} items`],
      ["Import", "1 rows: 1 added, 0 replaced, 0 unchanged.", `1 of ${String(items + 1)} items`],
    ] as const) {
      await tabTo(new RegExp(`^${button}$`));
      await page.keyboard.press("Enter");
      await seen(outcome);
      await seen(new RegExp(`^${found}`));
      expect(await focused()).toEqual({ name: button, isRinged: true });
    }
    await page.getByRole("rowheader", { name: /ITEM_ID_SCARF/ }).waitFor();

    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await focused()).toEqual({ name: "Import", isRinged: true });
    expect(await focusLost()).toEqual([]);
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
