// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The container application for everybody: by axe, on small and large screens, zoomed and by keyboard.

import { createRequire } from "node:module";

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { isShown, pictureRuns, slot, slots, startMatch, type Match } from "./support/match.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const limit = 60_000;
let match: Match;

beforeAll(async () => {
  match = await startMatch();
}, limit);
afterAll(() => match?.stop(), limit);
afterEach(() => Promise.all(match.browser.contexts().map((context) => context.close())));

async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axe });
  return page.evaluate(async () => {
    const { axe: tool } = window as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
    return (await tool.run()).violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
  });
}

test.each([
  ["a phone", { viewport: { width: 390, height: 844 } }, "dark"],
  ["a desktop", { viewport: { width: 1440, height: 900 } }, "dark"],
  ["a desktop by day", { viewport: { width: 1440, height: 900 } }, "light"],
  ["a desktop at 200 %", { viewport: { width: 720, height: 450 } }, "dark"],
  ["a TV", { viewport: { width: 1920, height: 1080 } }, "dark"],
] as const)("axe finds nothing on %s, before and after a moment, and nothing moves from the first paint on", async (_, options, colorScheme) => {
  await match.pin(true);
  const page = await match.open("?viewer=axe&delay=5&name=Ann", { ...options, colorScheme, reducedMotion: "reduce" }, () => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) (window as unknown as { shift: number }).shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await pictureRuns(page);
  // Cues of the moment before may be on screen; they load first.
  await expect.poll(() => page.locator('.cue[data-stage="loading"]').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await match.fire();
  await Promise.all(slots.map((id) => isShown(page, id)));
  expect(await violations(page)).toEqual([]);
  await slot(page, "GENERAL").getByRole("button", { name: "Dismiss Bet" }).click();
  await slot(page, "GENERAL").locator(".slot-empty").waitFor();
  // A tenth is called good; what is left are the words of one button.
  expect(await page.evaluate(() => (window as unknown as { shift: number }).shift)).toBeLessThan(0.02);
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

test("keys scroll a cue that is larger than its slot, and only then", async () => {
  await match.pin(true);
  const page = await match.open("?viewer=large&delay=5", { viewport: { width: 1440, height: 900 } });
  // Still on its way: lower than its place, but no larger.
  await page.addStyleTag({ content: ".cue { animation-play-state: paused; }" });
  await match.fire();
  await isShown(page, "GENERAL");
  const scroller = slot(page, "GENERAL").locator(".slot-scroll");
  expect(await scroller.evaluate((element) => element.scrollHeight - element.clientHeight)).toBeGreaterThan(1);
  expect(await scroller.getAttribute("tabindex")).toBeNull();
  // Larger by style alone, as when a remote's style sheet comes after its component.
  const grow = (size: string) => slot(page, "GENERAL").locator(".cue-component").evaluate((element, block) => (element.style.minBlockSize = block), size);
  await grow("900px");
  await slot(page, "GENERAL").getByRole("group", { name: /, scrolls$/ }).focus();
  await page.keyboard.press("End");
  await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBeGreaterThan(300);
  await grow("");
  await expect.poll(() => scroller.getAttribute("tabindex")).toBeNull();
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
