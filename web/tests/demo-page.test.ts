// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The demonstration, /demo: three viewers on one page. And the sample that it shows: every item has a component that is built.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Frame, Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { goal, slots } from "./support/match.ts";
import { servedSites } from "./support/served.ts";
import { builtSites } from "./support/server.ts";

const limit = 60_000;

describe("three viewers on one page", () => {
  /** Nearest to live first. */
  const watchers = [
    { id: "ann", name: "Ann", delay: 6 },
    { id: "ben", name: "Ben", delay: 14 },
    { id: "cleo", name: "Cleo", delay: 28 },
  ];
  const program = servedSites();

  /** What is in the frame of a viewer, once its page is connected. */
  async function frameOf(page: Page, name: string): Promise<Frame> {
    const element = await page.locator(`iframe[title="What ${name} sees"]`).elementHandle({ timeout: limit });
    const frame = await element?.contentFrame();
    if (!frame) throw new Error(`${name} has no frame`);
    await frame.getByText("Connected", { exact: true }).waitFor({ timeout: limit });
    return frame;
  }

  /** From now on the frame notes when it first said "Goal", and when it first showed other cues than now. */
  const noteGoal = (frame: Frame) =>
    frame.evaluate(() => {
      const cues = () => [...document.querySelectorAll<HTMLElement>(".cue")].map(({ dataset }) => dataset["cue"] ?? "");
      const [before, noted] = [cues(), { goalAt: 0, cuesAt: 0 }];
      const look = () => {
        if (document.querySelector(".moment-event")?.textContent === "Goal") noted.goalAt ||= Date.now();
        if (cues().some((cue) => !before.includes(cue))) noted.cuesAt ||= Date.now();
      };
      new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
      Object.assign(window, { noted });
    });
  const noted = (frame: Frame) => frame.evaluate(() => (window as unknown as { noted: { goalAt: number; cuesAt: number } }).noted);

  /** By slot, what the page says is there; all of it by its component. */
  async function slateOn(frame: Frame): Promise<string[]> {
    await Promise.all(slots.map((slot) => frame.locator(`.slot[data-slot="${slot}"] .cue[data-stage="shown"]`).waitFor({ timeout: limit })));
    return Promise.all(slots.map(async (slot) => `${slot}: ${await frame.locator(`.slot[data-slot="${slot}"]`).getByRole("button", { name: /^Dismiss / }).getAttribute("aria-label")}`));
  }

  test("see slates of their own at a goal, each once their own picture has reached it", async () => {
    const page = await program.browser.newPage({ viewport: { width: 1920, height: 1080 } });
    await page.goto(`${program.server.api}/demo`);
    const frames = await Promise.all(watchers.map(({ name }) => frameOf(page, name)));
    // A moment that is in everybody's picture already.
    await program.server.ask("POST", "/v1/events/1/moments", { state: { ...goal, MATCH_EVENT: "THROW" }, media_time: new Date(Date.now() - 30_000).toISOString() });
    await Promise.all(frames.map((frame) => frame.locator(".moment-event").getByText("Throw", { exact: true }).waitFor({ timeout: limit })));
    await Promise.all(frames.map(slateOn));
    await Promise.all(frames.map(noteGoal));

    const happened = Date.now();
    await program.server.ask("POST", "/v1/events/1/moments", { state: goal, media_time: new Date(happened).toISOString() });
    await expect.poll(async () => (await Promise.all(frames.map(noted))).every(({ goalAt, cuesAt }) => goalAt > 0 && cuesAt > 0), { timeout: limit }).toBe(true);
    const notes = await Promise.all(frames.map(noted));
    const waited = notes.map(({ goalAt, cuesAt }) => [goalAt - happened, cuesAt - happened] as const);
    watchers.forEach(({ delay }, index) => {
      for (const ms of waited[index]!) expect(ms).toBeGreaterThanOrEqual(1_000 * delay);
      // Before the next one's picture is there.
      for (const ms of waited[index]!) expect(ms).toBeLessThan(1_000 * (watchers[index + 1]?.delay ?? delay + 20));
    });
    const slates = await Promise.all(frames.map(slateOn));
    for (const slate of slates) expect(new Set(slate).size).toBe(slots.length);
    expect(new Set(slates.map(String)).size).toBeGreaterThan(1);
    await page.close();
  }, 3 * limit);
});

describe("the sample's items", () => {
  interface Expose {
    readonly path: string;
    readonly assets: { readonly js: { readonly sync: string[]; readonly async: string[] }; readonly css: { readonly sync: string[]; readonly async: string[] } };
  }
  interface Manifest {
    readonly metaData: { readonly remoteEntry: { readonly name: string; readonly path: string } };
    readonly exposes: readonly Expose[];
  }

  /** The fields of one line, which no quoted field of the sample goes beyond. */
  const fieldsOf = (line: string) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "");
  const [head = "", ...lines] = readFileSync(path.resolve(import.meta.dirname, "../../data/sample/items.csv"), "utf8").trim().split(/\r?\n/);
  const items = lines.map((line) => Object.fromEntries(fieldsOf(head).map((name, place) => [name, fieldsOf(line)[place] ?? ""])));

  /** Why nobody would see that item's component; "" where they would. */
  function trouble(named: string | undefined): string {
    if (!named) return "it names no component";
    const { remote, module } = JSON.parse(named) as { remote: string; module: string };
    const site = path.join(builtSites, remote);
    if (!existsSync(path.join(site, "mf-manifest.json"))) return `${remote} is not built`;
    const { metaData, exposes } = JSON.parse(readFileSync(path.join(site, "mf-manifest.json"), "utf8")) as Manifest;
    const exposed = exposes.find((each) => each.path === module);
    if (!exposed) return `${remote} exposes ${exposes.map((each) => each.path).join(", ")}, not ${module}`;
    const { js, css } = exposed.assets;
    const files = [path.join(metaData.remoteEntry.path, metaData.remoteEntry.name), ...js.sync, ...js.async, ...css.sync, ...css.async];
    const missing = files.filter((file) => !existsSync(path.join(site, file)));
    return missing.length > 0 ? `${remote}/${module} needs ${missing.join(", ")}` : "";
  }

  test("name components that are built and exposed, every one of them", () => {
    expect(items).toHaveLength(40);
    expect(items.map((item) => ({ item: item["ITEM_ID"], trouble: trouble(item["REMOTE"]) })).filter(({ trouble: words }) => words !== "")).toEqual([]);
  });

  test("would be told from ones that name what is not there", () => {
    expect(trouble("")).toBe("it names no component");
    expect(trouble('{"remote":"nobody","module":"./Bet"}')).toBe("nobody is not built");
    expect(trouble('{"remote":"bet","module":"./Nothing"}')).toMatch(/^bet exposes .*, not \.\/Nothing$/);
  });
});
