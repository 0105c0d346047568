// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// Every micro-frontend as it is built, in Chromium: its own page, and one card in a frame of another site.
// They have to be built: node tools/all.mjs

import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { hasChromium, isBuilt, openBrowser, readBuilt, serveBuilt, type Site } from "./built-site.ts";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const REMOTES = ["bet", "player", "poll", "quiz", "trivia", "ad", "match", "social"];
const built = hasChromium ? REMOTES.filter(isBuilt) : [];

let browser: Browser;
beforeAll(async () => {
  if (built.length) browser = await openBrowser();
}, 30_000);
afterAll(async () => {
  if (built.length) await browser.close();
});

interface Manifest {
  readonly exposes: readonly { readonly path: string }[];
}

/** What the rules of accessibility say, in words; inline styles of axe itself are let through. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axePath });
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

async function open(url: string, look: { width: number; height: number; colorScheme: "dark" | "light" }): Promise<{ page: Page; errors: string[] }> {
  const { width, height, colorScheme } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true, reducedMotion: "reduce" });
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.goto(url);
  await page.locator(".mq-card").first().waitFor();
  return { page, errors };
}

const LOOKS = [
  { width: 390, height: 844, colorScheme: "dark" },
  { width: 1440, height: 900, colorScheme: "light" },
] as const;

describe.each(built)("%s", (name) => {
  let site: Site;
  beforeAll(async () => {
    site = await serveBuilt(name);
  });
  afterAll(() => {
    site.close();
  });

  test.each(LOOKS)("its page breaks no rule of accessibility, before and after its buttons are pressed: $width $colorScheme", { timeout: 60_000 }, async (look) => {
    const { page, errors } = await open(site.url, look);
    expect(await violations(page)).toEqual([]);
    for (const button of await page.locator(".mq-card button").all()) await button.dispatchEvent("click");
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("its page shows every module that it exposes", { timeout: 30_000 }, async () => {
    const manifest = JSON.parse(readBuilt(name, "mf-manifest.json")) as Manifest;
    const { page } = await open(site.url, LOOKS[0]);
    const shown = await page.locator("h2 code").allTextContents();
    for (const { path: module } of manifest.exposes) expect(shown.some((words) => words.startsWith(`${module} `))).toBe(true);
    await page.close();
  });

  test("each of its cards works by keyboard alone, and keeps the focus where it is", { timeout: 30_000 }, async () => {
    const { page } = await open(site.url, LOOKS[0]);
    const reached = new Set<string>();
    for (;;) {
      await page.keyboard.press("Tab");
      const button = await deepFocus(page);
      if (button === null || reached.has(button)) break;
      reached.add(button);
      if (!button.startsWith("SELECT")) await page.keyboard.press("Enter");
      expect(await deepFocus(page), `after pressing ${button}`).not.toBeNull();
    }
    const silent = await page.locator("section", { has: page.locator("output:empty") }).locator("h2").allTextContents();
    expect(silent).toEqual([]);
    await page.close();
  });

  test("in every moment its cards fit their slots: 300 to 420 wide, and half as large again on a TV", { timeout: 60_000 }, async () => {
    const { page } = await open(site.url, LOOKS[1]);
    const moments = await page.getByRole("combobox", { name: "Moment" }).locator("option").allTextContents();
    for (const moment of moments) {
      await page.getByRole("combobox", { name: "Moment" }).selectOption(moment);
      for (const [width, rem] of [[300, 16], [420, 16], [480, 24]] as const) {
        const wrong = await page.evaluate(([inline, size]) => {
          document.documentElement.style.fontSize = `${String(size)}px`;
          return [...document.querySelectorAll<HTMLElement>(".showcase__place")].flatMap((place) => {
            place.style.inlineSize = `${String(inline)}px`;
            const card = place.firstElementChild?.shadowRoot?.querySelector(".mq-card");
            if (!card) return ["no card"];
            const high = Math.round(card.getBoundingClientRect().height);
            return [
              ...(card.scrollWidth > card.clientWidth ? [`${card.className} is too wide`] : []),
              ...(high > (size / 16) * (inline < 350 ? 300 : 264) ? [`${card.className} is ${String(high)} high`] : []),
            ];
          });
        }, [width, rem] as const);
        expect(wrong, `${moment}, ${String(width)} px, ${String(rem)} px a rem`).toEqual([]);
      }
    }
    await page.close();
  });

  test("one of its cards works in a sandboxed frame of another site", { timeout: 30_000 }, async () => {
    const manifest = JSON.parse(readBuilt(name, "mf-manifest.json")) as Manifest;
    const module = manifest.exposes[0]?.path ?? "";
    const host = await serveBuilt(name, "localhost", { "/host.html": hostPage(`${site.url}frame.html`, module) });
    const page = await browser.newPage();
    await page.goto(`${host.url}host.html`);
    const card = page.frameLocator("iframe").locator(".mq-card");
    await card.waitFor();
    await card.locator("button").first().click();
    await page.waitForFunction(() => document.title.includes("action"));
    const told = JSON.parse(await page.title()) as { type: string; height?: number }[];
    expect(told[0]?.type).toBe("ready");
    expect(told.map(({ type }) => type)).not.toContain("failed");
    expect(told.find(({ type, height = 0 }) => type === "size" && height > 100)).toBeDefined();
    await page.close();
    host.close();
  });
});

test("the micro-frontends are built", () => {
  expect(built).toEqual(REMOTES);
});

/** What has the focus, by its place in the page; null for nothing in particular. */
function deepFocus(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const outer = document.activeElement;
    const inner = outer?.shadowRoot?.activeElement ?? outer;
    if (!inner || inner === document.body) return null;
    const all = [...document.querySelectorAll("*")].flatMap((element) => [element, ...(element.shadowRoot?.querySelectorAll("*") ?? [])]);
    return `${inner.tagName} ${String(all.filter((element) => element.tagName === inner.tagName).indexOf(inner))}`;
  });
}

/** The least that a host does: holds the frame, sends the cue once it is ready, and notes what it hears in its title. */
function hostPage(frame: string, module: string): string {
  const cue = { id: "c_1", slot: "GENERAL", item: "ITEM_1", label: "SAMPLE", remote: null, data: {} };
  const mount = { mq: "cue-component/1", type: "mount", module, props: { cue, context: { MATCH_EVENT: "PENALTY" }, theme: "dark", locale: "en" } };
  return `<!doctype html><title>[]</title><iframe src="${frame}" sandbox="allow-scripts" width="400" height="300"></iframe><script>
    const heard = [];
    addEventListener("message", ({ data, source }) => {
      heard.push(data);
      document.title = JSON.stringify(heard);
      if (data.type === "ready") source.postMessage(${JSON.stringify(mount)}, "*");
    });
  </script>`;
}
