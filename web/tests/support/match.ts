// SPDX-License-Identifier: Apache-2.0
//
// A match for tests of the container application: server, picture, every site, a browser; and viewers' pages.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";

import { startBrowser } from "./browser.ts";
import { startPicture, type LivePicture } from "./picture.ts";
import { MatchcueServer } from "./server.ts";
import { serveSite, type Site } from "./sites.ts";
import { stranger } from "./strangers.ts";

const build = path.resolve(import.meta.dirname, "../../../build/web");

/** One item a slot, so that a test knows what comes where. */
export const pinned = { GENERAL: "ITEM_ID_9", SOCIAL: "ITEM_ID_2", MONETIZE: "ITEM_ID_8", PLAYER: "ITEM_ID_18" } as const;
const components = { bet: "./Bet", poll: "./Poll", ad: "./Merchandise", player: "./Player" } as const;
type RemoteId = keyof typeof components;

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
  /** A page of its own browser context, connected. */
  open(search: string, options?: Parameters<Browser["newContext"]>[0]): Promise<Page>;
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
  const server = await MatchcueServer.start();
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
    async open(search, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      await page.goto(`${home.origin}/${search}`);
      await page.getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });
      return page;
    },
    async stop() {
      await browser.close();
      await Promise.all([server.stop(), picture.stop(), live.stop(), home.stop(), ...Object.values(sites).map((site) => site.stop())]);
    },
  };
}
