// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The container application with a real server, in real browsers: three viewers, and every way in which a remote can fail.

import { createRequire } from "node:module";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { digests, goal, pinned, startMatch, type Match } from "./support/match.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const limit = 60_000;
let match: Match;

beforeAll(async () => {
  match = await startMatch();
}, limit);
afterAll(() => match?.stop(), limit);
afterEach(async () => {
  match.resetConfig();
  await Promise.all(match.browser.contexts().map((context) => context.close()));
});

const slot = (page: Page, id: string) => page.locator(`.slot[data-slot="${id}"]`);
const isShown = (page: Page, id: string) => slot(page, id).locator('.cue[data-stage="shown"]').waitFor({ timeout: 8_000 });
const slots = ["GENERAL", "PLAYER", "SOCIAL", "MONETIZE"];

/** Waits until the picture has played for a while. */
async function pictureRuns(page: Page): Promise<void> {
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0 && !document.querySelector("video")?.paused);
}

/** What is in each slot, as the viewer would read it. */
const titles = (page: Page) => Promise.all(slots.map((id) => slot(page, id).getByRole("heading", { level: 3 }).first().innerText()));

const cueIds = (page: Page) => page.locator(".cue").evaluateAll((cues) => cues.map((cue) => cue.getAttribute("data-cue")));

interface Fed {
  readonly kind: string;
  readonly item: string;
  readonly attributed: boolean;
}
const feedback = async (viewer: string) => (await match.server.ask<{ interactions: Fed[] }>("GET", `/v1/interactions?viewer=${viewer}&limit=100`)).interactions;

describe("three viewers of one match", () => {
  test("get their own slates at a goal, each after their own picture has reached it", async () => {
    const delays = [5, 8, 11];
    // As far behind live as the last of them wants to be.
    await expect.poll(async () => (await (await fetch(`${match.picture.origin}/live.m3u8`)).text()).split("#EXTINF").length, { timeout: 30_000 }).toBeGreaterThan(15);
    const pages = await Promise.all(delays.map((delay, index) => match.open(`?viewer=own-${index}&delay=${delay}`)));
    await Promise.all(pages.map((page, index) => page.getByRole("button", { name: `${delays[index]} s behind live` }).waitFor({ timeout: limit })));
    const happened = Date.now();
    await match.fire(goal, new Date(happened));
    const waited = await Promise.all(
      pages.map(async (page) => {
        await page.locator(".cue").first().waitFor({ timeout: 20_000 });
        return (Date.now() - happened) / 1_000;
      }),
    );
    waited.forEach((seconds, index) => {
      expect(seconds).toBeGreaterThan(delays[index]! - 1);
      expect(seconds).toBeLessThan(delays[index]! + 3);
    });
    const all = await Promise.all(pages.map(titles));
    expect(new Set(all.map(String)).size).toBeGreaterThan(1);
  }, 2 * limit);

  test("lose a cue that a correction takes back", async () => {
    const page = await match.open("?viewer=corrected");
    const sequence = await match.fire();
    await slot(page, "GENERAL").locator(".cue").waitFor();
    const wrong = await cueIds(page);
    expect(wrong.length).toBeGreaterThan(0);
    await match.server.ask("POST", `/v1/events/1/moments/${sequence}/corrections`, { state: { ...goal, MATCH_EVENT: "PENALTY" }, reason: "offside" });
    await page.locator(".moment-event").getByText("Penalty").waitFor({ timeout: 5_000 });
    expect((await cueIds(page)).filter((id) => wrong.includes(id))).toEqual([]);
  }, limit);

  test("do not see again what they dismissed, and what they did is in the log", async () => {
    await match.fire();
    await match.pin(true);
    const page = await match.open("?viewer=dismisses");
    await match.fire();
    await isShown(page, "GENERAL");
    await slot(page, "GENERAL").getByRole("button", { name: /Same team|Saved|None/ }).first().click();
    await expect.poll(async () => (await feedback("dismisses")).map(({ kind }) => kind), { timeout: 10_000 }).toEqual(expect.arrayContaining(["impression", "click"]));
    await slot(page, "GENERAL").getByRole("button", { name: "Dismiss Bet" }).click();
    await slot(page, "GENERAL").locator(".slot-empty").waitFor();
    await page.reload();
    await isShown(page, "SOCIAL");
    expect(await slot(page, "GENERAL").locator(".cue").count()).toBe(0);
    await expect.poll(async () => (await feedback("dismisses")).find(({ kind }) => kind === "dismiss"), { timeout: 10_000 }).toMatchObject({ item: pinned.GENERAL, attributed: true });
  }, limit);
});

/** Seconds of programme that the picture played, and milliseconds from the cue to its stand-in, from before a moment on. */
async function watchFault(page: Page): Promise<() => Promise<{ played: number; fallbackMs: number }>> {
  await pictureRuns(page);
  await page.evaluate(() => {
    const marks: Record<string, number> = {};
    const look = () => {
      const general = document.querySelector('.slot[data-slot="GENERAL"]');
      if (general?.querySelector(".cue")) marks["cue"] ??= performance.now();
      if (general?.querySelector(".fallback")) marks["fallback"] ??= performance.now();
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { marks, playedFrom: document.querySelector("video")!.currentTime, startedAt: performance.now() });
  });
  return async () => {
    await slot(page, "GENERAL").locator(".fallback").waitFor({ timeout: 10_000 });
    await page.waitForTimeout(1_000);
    return page.evaluate(() => {
      const { marks, playedFrom, startedAt } = window as unknown as { marks: Record<string, number>; playedFrom: number; startedAt: number };
      const seconds = (performance.now() - startedAt) / 1_000;
      return { played: (document.querySelector("video")!.currentTime - playedFrom) / seconds, fallbackMs: marks["fallback"]! - marks["cue"]! };
    });
  };
}

describe("a remote that lets the page down", () => {
  const toStranger = (sandbox: boolean, host: string) => () => {
    const { port } = match.sites.stranger;
    match.config = { ...match.config, remotes: { ...match.config.remotes, bet: { manifest: `http://${host}:${port}/mf-manifest.json`, integrity: null, sandbox } } };
  };
  const changed = () => {
    const { bet } = match.config.remotes;
    match.config = { ...match.config, remotes: { ...match.config.remotes, bet: { ...bet!, integrity: { ...digests("bet"), "remote.js": `sha384-${"A".repeat(64)}` } } } };
  };
  const faults: [string, () => void, RegExp][] = [
    ["answers 404", () => (match.sites.bet.fault = "404"), /cannot be loaded/],
    ["hangs", () => (match.sites.bet.fault = "hangs"), /takes too long/],
    ["is blocked by CORS", () => (match.sites.bet.fault = "no-cors"), /cannot be loaded/],
    ["throws on mount", toStranger(false, "localhost"), /a bug of a stranger/],
    ["is not what its digests say", changed, /remote\.js is not what it should be/],
    ["loops in its frame", toStranger(true, "127.0.0.1"), /takes too long/],
  ];

  test.each(faults)("%s: a stand-in within two seconds, and everything else goes on", async (_, break_, why) => {
    await match.pin(true);
    break_();
    const page = await match.open("?viewer=faults&delay=5");
    const outcome = await watchFault(page);
    await match.fire();
    await Promise.all(["PLAYER", "SOCIAL", "MONETIZE"].map((id) => isShown(page, id)));
    const { played, fallbackMs } = await outcome();
    expect(await slot(page, "GENERAL").locator(".fallback").innerText()).toMatch(why);
    expect(await slot(page, "GENERAL").getByRole("heading", { name: "Bet" }).isVisible()).toBe(true);
    expect(fallbackMs).toBeLessThan(2_000);
    expect(played).toBeGreaterThan(0.3);
  }, limit);

  test("that was only slow takes its stand-in's place, in a frame too", async () => {
    await match.pin(true);
    toStranger(true, "127.0.0.1")();
    const page = await match.open("?viewer=late&delay=5");
    const slider = page.getByRole("slider", { name: "Behind live" });
    await slider.focus();
    await match.fire();
    await slot(page, "GENERAL").locator(".fallback").waitFor();
    await slot(page, "GENERAL").frameLocator("iframe").getByText("The stranger is here").waitFor({ timeout: 15_000 });
    expect(await slot(page, "GENERAL").locator(".fallback").count()).toBe(0);
    expect(await slider.evaluate((element) => element === document.activeElement)).toBe(true);
  }, limit);

  test("because it was built anew since the page was opened comes by its new build", async () => {
    await match.pin(true);
    changed();
    const page = await match.open("?viewer=rebuilt&delay=5");
    await page.evaluate(() => (Math.random = () => 0)); // asks for the configuration at once
    const { bet } = match.config.remotes;
    match.config = { ...match.config, remotes: { ...match.config.remotes, bet: { ...bet!, integrity: digests("bet") } } };
    await match.fire();
    await slot(page, "GENERAL").locator(".fallback").waitFor();
    await isShown(page, "GENERAL");
  }, limit);

  test("and comes back is tried again for the cue that is still there", async () => {
    await match.pin(true);
    match.sites.bet.fault = "404";
    const page = await match.open("?viewer=returns&delay=5");
    await match.fire();
    await slot(page, "GENERAL").locator(".fallback").waitFor();
    match.sites.bet.fault = null;
    await isShown(page, "GENERAL");
  }, limit);
});

test("digests that fit let a remote in, and a frame shows a real one", async () => {
  await match.pin(true);
  const { bet, poll } = match.config.remotes;
  match.config = { ...match.config, remotes: { ...match.config.remotes, bet: { ...bet!, integrity: digests("bet") }, poll: { ...poll!, sandbox: true } } };
  const page = await match.open("?viewer=trusted&delay=5");
  await match.fire();
  await isShown(page, "GENERAL");
  await isShown(page, "SOCIAL");
  const frame = slot(page, "SOCIAL").frameLocator("iframe");
  expect(await frame.getByRole("heading", { level: 3 }).innerText()).not.toBe("");
  await frame.getByRole("button").first().click();
  await expect.poll(async () => (await feedback("trusted")).map(({ kind }) => kind), { timeout: 10_000 }).toContain("answer");
}, limit);

test("a page that starts before anything else does comes to life by itself", async () => {
  match.home.fault = "404";
  const context = await match.browser.newContext();
  const page = await context.newPage();
  await page.route("**/config.json", (route) => route.fulfill({ status: 503 }));
  match.home.fault = null;
  await page.goto(`${match.home.origin}/?viewer=early`);
  await page.getByText("config.json: the server answers 503").waitFor();
  await page.unroute("**/config.json");
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });
}, limit);

test("a server that is killed and comes back finds its viewers again within ten seconds", async () => {
  await match.pin(true);
  const page = await match.open("?viewer=survivor&delay=5");
  await match.fire();
  await isShown(page, "GENERAL");
  const before = await titles(page);
  await match.server.kill();
  await page.getByText("Reconnecting by itself…").waitFor();
  await match.server.run();
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 10_000 });
  expect(await titles(page)).toEqual(before);
}, limit);

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await tool.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

describe("for everybody", () => {
  test.each([
    ["a phone", { viewport: { width: 390, height: 844 } }, "dark"],
    ["a desktop", { viewport: { width: 1440, height: 900 } }, "dark"],
    ["a desktop by day", { viewport: { width: 1440, height: 900 } }, "light"],
    ["a desktop at 200 %", { viewport: { width: 720, height: 450 } }, "dark"],
    ["a TV", { viewport: { width: 1920, height: 1080 } }, "dark"],
  ] as const)("axe finds nothing on %s, before and after a moment, and nothing moves", async (_, options, colorScheme) => {
    await match.pin(true);
    const page = await match.open("?viewer=axe&delay=5&name=Ann", { ...options, colorScheme, reducedMotion: "reduce" });
    await pictureRuns(page);
    expect(await violations(page)).toEqual([]);
    await page.evaluate(() => {
      Object.assign(window, { shift: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) (window as unknown as { shift: number }).shift += entry.value;
      }).observe({ type: "layout-shift" });
    });
    await match.fire();
    await Promise.all(slots.map((id) => isShown(page, id)));
    expect(await violations(page)).toEqual([]);
    await slot(page, "GENERAL").getByRole("button", { name: "Dismiss Bet" }).click();
    await slot(page, "GENERAL").locator(".slot-empty").waitFor();
    expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.005);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
  }, limit);

  test("axe finds nothing on the player's own page, playing or not", async () => {
    const page = await match.browser.newPage();
    await page.goto(`${match.sites.video.origin}/`);
    expect(await violations(page)).toEqual([]);
    await page.goto(`${match.sites.video.origin}/?url=${match.picture.origin}/live.m3u8`);
    await pictureRuns(page);
    expect(await violations(page)).toEqual([]);
  }, limit);

  test("the keyboard reaches every cue, Escape dismisses it, and the focus is never taken", async () => {
    await match.pin(true);
    const page = await match.open("?viewer=keys&delay=5");
    const slider = page.getByRole("slider", { name: "Behind live" });
    await slider.focus();
    await match.fire();
    await Promise.all(slots.map((id) => isShown(page, id)));
    expect(await slider.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Dismiss Poll");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await slot(page, "SOCIAL").locator(".slot-empty").waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute("data-slot"))).toBe("SOCIAL");
  }, limit);
});
