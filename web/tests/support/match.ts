// SPDX-License-Identifier: Apache-2.0
//
// A match for tests of the container application: server, picture, every site, a browser; and viewers' pages.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { Browser, Page } from "playwright-core";

import { startBrowser } from "./browser.ts";
import { startPicture, type LivePicture } from "./picture.ts";
import { MatchcueServer } from "./server.ts";
import { serveSite, type Site } from "./sites.ts";
import { stranger } from "./strangers.ts";

const limit = 60_000;
const build = path.resolve(import.meta.dirname, "../../../build/web");

/** One item a slot, so that a test knows what comes where. */
export const pinned = { GENERAL: "ITEM_ID_9", SOCIAL: "ITEM_ID_2", MONETIZE: "ITEM_ID_8", PLAYER: "ITEM_ID_18" } as const;
/** Which remote renders that item. */
export const remoteOf = { GENERAL: "bet", SOCIAL: "poll", MONETIZE: "ad", PLAYER: "player" } as const;
const components = { bet: "./Bet", poll: "./Poll", ad: "./Merchandise", player: "./Player" } as const;
export type RemoteId = keyof typeof components;

export const goal = { MATCH_EVENT: "GOAL", MATCH_TIMING: "SECOND-HALF-2", SCORE_DIFFERENCE: "1", MATCH_TYPE: "FINAL", MATCH_VENUE: "France" };

interface RemoteEntry {
  manifest: string;
  integrity: Record<string, string> | null;
  sandbox: boolean;
}
interface ConfigFile {
  viewers: string;
  content: string;
  picture: { url: string } | null;
  remotes: Record<string, RemoteEntry>;
}

/** sha384 of every script of a built site. */
export function digests(site: string): Record<string, string> {
  const folder = path.join(build, site);
  const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  return Object.fromEntries(scripts.map((name) => [name, `sha384-${createHash("sha384").update(readFileSync(path.join(folder, name))).digest("base64")}`]));
}

export interface Match {
  readonly server: MatchcueServer;
  readonly browser: Browser;
  readonly picture: Site;
  readonly sites: Readonly<Record<RemoteId | "video" | "stranger", Site>>;
  readonly home: Site;
  /** What /config.json answers from now on. */
  config: ConfigFile;
  /** As it was at first. */
  resetConfig(): void;
  /** Fires a moment; its sequence. */
  fire(state?: Record<string, string>, mediaTime?: Date): Promise<number>;
  pin(pins: boolean): Promise<void>;
  /** By slot, the cues that a moment chose for a viewer, once it has. */
  chosen(viewer: string, sequence: number): Promise<ReadonlyMap<string, string>>;
  /** A page of its own browser context, connected. `script` runs in it before anything of its own. */
  open(search: string, options?: Parameters<Browser["newContext"]>[0], script?: () => void): Promise<Page>;
  stop(): Promise<void>;
}

async function serveAll(picture: LivePicture): Promise<Match["sites"] & { readonly live: Site }> {
  const [bet, poll, ad, player, video] = await Promise.all(["bet", "poll", "ad", "player", "video"].map((name) => serveSite(path.join(build, name))));
  return { bet: bet!, poll: poll!, ad: ad!, player: player!, video: video!, stranger: await serveSite(tmpdir(), stranger), live: await serveSite(picture.folder) };
}

async function prepare(server: MatchcueServer): Promise<void> {
  const [bet, poll, ad, player] = [pinned.GENERAL, pinned.SOCIAL, pinned.MONETIZE, pinned.PLAYER];
  await server.setRemote(bet, "bet", components.bet);
  await server.setRemote(poll, "poll", components.poll);
  await server.setRemote(ad, "ad", components.ad);
  await server.setRemote(player, "player", components.player);
  await server.ask("PUT", "/v1/contents/c1", { event: "1" });
}

export async function startMatch(): Promise<Match> {
  if (!existsSync(path.join(build, "home/index.html"))) throw new Error("build the sites first: npm run build");
  // One after the other: what would fail is not left running beside what did.
  const server = await MatchcueServer.start({ settings: ["engine.retry_max_ms=8000"] });
  const browser = await startBrowser();
  const picture = await startPicture();
  const { live, ...sites } = await serveAll(picture);
  await prepare(server);
  const remotes = () => Object.fromEntries(Object.entries(sites).map(([name, { origin }]) => [name, { manifest: `${origin}/mf-manifest.json`, integrity: null, sandbox: false }]));
  const first = (): ConfigFile => ({ viewers: server.viewers, content: "c1", picture: { url: `${live.origin}/live.m3u8` }, remotes: remotes() });
  let config = first();
  const home = await serveSite(path.join(build, "home"), { "/config.json": () => JSON.stringify(config) });
  return {
    server,
    browser,
    picture: live,
    sites,
    home,
    get config() {
      return config;
    },
    set config(next) {
      config = next;
    },
    resetConfig() {
      config = first();
      for (const site of Object.values(sites)) site.fault = null;
    },
    async fire(state = goal, mediaTime) {
      const body = { state, ...(mediaTime && { media_time: mediaTime.toISOString() }) };
      return (await server.ask<{ event: { sequence: number } }>("POST", "/v1/events/1/moments", body)).event.sequence;
    },
    async pin(pins) {
      for (const item of Object.values(pinned)) await server.ask("PUT", `/v1/events/1/overrides/${item}`, { action: pins ? "pin" : "release" });
    },
    async chosen(viewer, sequence) {
      const deadline = Date.now() + limit;
      for (;;) {
        const { slates } = await server.ask<{ slates: { sequence: number; cues: { slot: string; cue: string }[] }[] }>("GET", `/v1/viewers/${viewer}`);
        const found = slates.find((slate) => slate.sequence === sequence);
        if (found) return new Map(found.cues.map(({ slot: id, cue }) => [id, cue]));
        if (Date.now() > deadline) throw new Error(`moment ${sequence} chose nothing for ${viewer}`);
        await wait(50);
      }
    },
    async open(search, options = {}, script = () => {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      await page.addInitScript(script);
      await page.goto(`${home.origin}/${search}`);
      await page.getByText("Connected", { exact: true }).waitFor({ timeout: limit });
      return page;
    },
    async stop() {
      await browser.close();
      await Promise.all([server.stop(), picture.stop(), live.stop(), home.stop(), ...Object.values(sites).map((site) => site.stop())]);
    },
  };
}

export const slots = ["GENERAL", "PLAYER", "SOCIAL", "MONETIZE"] as const;
export type SlotId = (typeof slots)[number];

export const slot = (page: Page, id: string) => page.locator(`.slot[data-slot="${id}"]`);
export const isShown = (page: Page, id: string) => slot(page, id).locator('.cue[data-stage="shown"]').waitFor({ timeout: 20_000 });

/** Waits until the picture has played for a while. */
export async function pictureRuns(page: Page): Promise<void> {
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0 && !document.querySelector("video")?.paused, null, { timeout: limit });
}

/** What is in each slot, as the viewer would read it. */
export const titles = (page: Page) => Promise.all(slots.map((id) => slot(page, id).getByRole("heading", { level: 3 }).first().innerText()));

export const cueIds = (page: Page) => page.locator(".cue").evaluateAll((cues) => cues.map((cue) => cue.getAttribute("data-cue")));

/** The cue of that id, by the server's log. */
export const cueOf = (page: Page, cue: string) => page.locator(`.cue[data-cue="${cue}"]`);

/** How the picture went on while a cue got its stand-in. */
export interface Outcome {
  /** From the cue to its stand-in. */
  readonly fallbackMs: number;
  /** Seconds of programme in a second, from before the moment until a second of programme after the stand-in. */
  readonly played: number;
  readonly pauses: number;
  /** The player is the one that was there before. */
  readonly same: boolean;
}

/** Looks at the picture and the cues from now on; what that comes to for a cue, once the picture has gone on for a second behind its stand-in. */
export async function watchFaults(page: Page): Promise<(cue: string) => Promise<Outcome>> {
  await pictureRuns(page);
  const watch = await page.evaluateHandle(() => {
    const video = document.querySelector("video")!;
    const seen = { video, startedAt: performance.now(), playedFrom: video.currentTime, pauses: 0, cues: {} as Record<string, number>, standIns: {} as Record<string, { at: number; playedUntil: number }> };
    video.addEventListener("pause", () => (seen.pauses += 1));
    const look = () => {
      for (const place of document.querySelectorAll<HTMLElement>(".cue")) {
        const cue = place.dataset["cue"]!;
        seen.cues[cue] ??= performance.now();
        if (place.querySelector(".fallback")) seen.standIns[cue] ??= { at: performance.now(), playedUntil: video.currentTime + 1 };
      }
      requestAnimationFrame(look);
    };
    look();
    return seen;
  });
  return async (cue) => {
    await page.waitForFunction(([seen, id]) => seen.video.currentTime >= (seen.standIns[id]?.playedUntil ?? Infinity), [watch, cue] as const, { timeout: limit });
    return watch.evaluate(({ video, startedAt, playedFrom, pauses, cues, standIns }, id) => ({
      fallbackMs: standIns[id]!.at - cues[id]!,
      played: (video.currentTime - playedFrom) / ((performance.now() - startedAt) / 1_000),
      pauses,
      same: document.querySelector("video") === video && !video.paused,
    }), cue);
  };
}

/** A viewer whose server goes away under them. */
export interface Survivor {
  readonly page: Page;
  readonly viewer: string;
  /** The continuity that each welcome since then stated. */
  readonly welcomes: string[];
}

/** What the page says of its connection is kept from here on, and so is what the server tells it. */
export async function openSurvivor(match: Match, viewer: string): Promise<Survivor> {
  const page = await match.open(`?viewer=${viewer}&delay=5`);
  await page.evaluate(() => {
    const place = document.querySelector(".connection")!;
    const said: string[] = [];
    new MutationObserver(() => said.push(place.textContent ?? "")).observe(place, { childList: true, characterData: true, subtree: true });
    Object.assign(window, { said });
  });
  const welcomes: string[] = [];
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { t: string; continuity: string };
      if (frame.t === "welcome") welcomes.push(frame.continuity);
    }),
  );
  return { page, viewer, welcomes };
}
export const said = ({ page }: Survivor) => page.evaluate(() => (window as unknown as { said: string[] }).said);
