// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The AWS sample's container application (one of our own that does what it does, tests/sample-container) against the real server:
// only its two host settings are changed. The browser is told where the sample's ports 3001 to 3003 are, so that tests beside this
// one may have them.

import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";

import { configure, type SampleSettings } from "./sample-container/webpack.config.ts";
import { startBrowser } from "./support/browser.ts";
import { makeCertificate, type Certificate } from "./support/certificate.ts";
import { goal } from "./support/match.ts";
import { startPicture, type LivePicture } from "./support/picture.ts";
import { builtSites, MatchcueServer } from "./support/server.ts";
import { serveSite, type Site } from "./support/sites.ts";

const limit = 120_000;
const generals = ["ITEM_ID_9", "ITEM_ID_10", "ITEM_ID_17"] as const;
let certificate: Certificate;

beforeAll(() => {
  if (!existsSync(path.resolve(import.meta.dirname, "../../build/web/bet/remoteEntry.js"))) throw new Error("build the sites first: npm run build");
  certificate = makeCertificate();
});
afterAll(() => (certificate as Certificate | undefined)?.remove());

async function buildSample(settings: SampleSettings): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "matchcue-sample-"));
  const stats = await new Promise<webpack.Stats | undefined>((done, failed) => {
    webpack(configure(settings, folder), (error, result) => (error ? failed(error) : done(result)));
  });
  if (stats?.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  await copyFile(path.join(import.meta.dirname, "sample-container/index.html"), path.join(folder, "index.html"));
  return folder;
}

/** The sample's container, the server and a browser. */
class Sample {
  readonly server: MatchcueServer;
  readonly #site: Site;
  readonly #folder: string;
  readonly #browser: Browser;

  private constructor(server: MatchcueServer, folder: string, site: Site, browser: Browser) {
    this.server = server;
    this.#folder = folder;
    this.#site = site;
    this.#browser = browser;
  }

  static async start(scheme: "http" | "https", settings: readonly string[]): Promise<Sample> {
    const server = await MatchcueServer.start({ sites: builtSites, certificate, settings });
    await server.ask("PUT", "/v1/contents/c1", { event: "1" });
    const folder = await buildSample({ remotes: `${scheme}://localhost`, webSocketHost: new URL(server.viewers).host });
    const site = await serveSite(folder, {}, 0, scheme === "https" ? certificate : null);
    const ports = [1, 2, 3].map((place) => `MAP localhost:${3000 + place} 127.0.0.1:${server.homePort + place}`);
    const browser = await startBrowser([certificate.browserArgument, `--host-resolver-rules=${ports.join(",")}`]);
    return new Sample(server, folder, site, browser);
  }

  /** A page that is connected, and what it says on the console. */
  async open(): Promise<{ page: Page; said: string[] }> {
    const page = await this.#browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "dark" });
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(`error: ${error.message}`));
    await page.goto(this.#site.origin);
    await expect.poll(() => said, { timeout: 20_000 }).toContain('data receive debug...{"status": "success"}');
    return { page, said };
  }

  /** Has the server push `item` as the GENERAL one. */
  async push(item: (typeof generals)[number]): Promise<void> {
    for (const each of generals) await this.server.ask("PUT", `/v1/events/1/overrides/${each}`, { action: each === item ? "pin" : "release" });
    await this.server.ask("POST", "/v1/events/1/moments", { state: goal });
  }

  async closePages(): Promise<void> {
    await Promise.all(this.#browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await Promise.all([this.server.stop(), this.#site.stop(), rm(this.#folder, { recursive: true, force: true })]);
  }
}

const block = (page: Page) => page.locator("#block");
const shows = (page: Page, remote: "bet" | "player") => block(page).locator(`[data-matchcue="${remote}"]`).getByRole("heading", { level: 3 }).waitFor({ timeout: 15_000 });
const pushed = (said: readonly string[], item: string) => said.some((line) => line.startsWith("data receive debug...") && line.includes(`"GENERAL": "${item}"`));
const troubles = (said: readonly string[]) => said.filter((line) => /error|warn|matchcue:|unsatisfied/i.test(line));

/** Which renderer made an element: React marks what it draws with a key of its own. */
const rendererOf = (page: Page, selector: string) => page.locator(selector).first().evaluate((element) => Object.keys(element).find((key) => key.startsWith("__reactFiber$")));

describe("the sample as it is: remotes in the clear, its socket over TLS", () => {
  let sample: Sample;
  let picture: LivePicture;
  let live: Site;
  beforeAll(async () => {
    picture = await startPicture();
    live = await serveSite(picture.folder);
    sample = await Sample.start("http", ["web.tls=off", `web.picture=${live.origin}/live.m3u8`]);
  }, limit);
  afterEach(() => sample.closePages());
  afterAll(async () => {
    await sample.stop();
    await Promise.all([live.stop(), picture.stop()]);
  });

  test("all three remotes are drawn by the page's own React 17", async () => {
    const { page, said } = await sample.open();
    expect(await page.title()).toBe("Personalize Soccer Demo");
    expect(await block(page).innerText()).toBe("Engagement Block");
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0, undefined, { timeout: 30_000 });
    await sample.push("ITEM_ID_10");
    await shows(page, "bet");
    await sample.push("ITEM_ID_17");
    await shows(page, "player");
    const host = await rendererOf(page, "#wide");
    expect(host).toBeDefined();
    expect(await rendererOf(page, '[data-matchcue="video"]')).toBe(host);
    expect(await rendererOf(page, '[data-matchcue="player"]')).toBe(host);
    const offered = await page.evaluate(() => {
      const { hostReact, shareScopes } = window as unknown as { hostReact: string; shareScopes: { default: Record<string, object> } };
      return { hostReact, versions: Object.keys(shareScopes.default["react"]!) };
    });
    expect(offered).toEqual({ hostReact: "17.0.2", versions: ["17.0.2"] });
    expect(troubles(said)).toEqual([]);
  }, limit);

  test("the block follows GENERAL as the sample's rule has it", async () => {
    const { page, said } = await sample.open();
    const steps = [["ITEM_ID_10", "bet"], ["ITEM_ID_17", "player"], ["ITEM_ID_10", "bet"], ["ITEM_ID_9", "player"]] as const;
    for (const [item, remote] of steps) {
      said.length = 0;
      await sample.push(item);
      await expect.poll(() => pushed(said, item), { timeout: 15_000 }).toBe(true);
      await shows(page, remote);
      expect(await block(page).locator("[data-matchcue]").count()).toBe(1);
    }
    expect(await block(page).getByText("Messi").count()).toBeGreaterThan(0);
    await page.evaluate(() => (window as unknown as { client: WebSocket }).client.send("nonsense"));
    await expect.poll(() => said.join("\n"), { timeout: 5_000 }).toContain("this is default route. please use right action key");
    await shows(page, "player");
    expect(troubles(said)).toEqual([]);
  }, limit);

  test("a server that is killed and comes back finds the page again", async () => {
    const { page, said } = await sample.open();
    await sample.push("ITEM_ID_10");
    await shows(page, "bet");
    said.length = 0;
    await sample.server.kill();
    await expect.poll(() => said, { timeout: 10_000 }).toContain("websocket connection closed, again in 5 s");
    await shows(page, "bet");
    await sample.server.run();
    await expect.poll(() => said, { timeout: 20_000 }).toContain('data receive debug...{"status": "success"}');
    await sample.push("ITEM_ID_17");
    await shows(page, "player");
  }, limit);
});

test("with TLS everywhere, the remotes' addresses with https, it works too; without a picture the page says so", async () => {
  const sample = await Sample.start("https", []);
  try {
    const { page, said } = await sample.open();
    await page.locator("#wide").getByText("No picture.").waitFor({ timeout: 15_000 });
    await sample.push("ITEM_ID_10");
    await shows(page, "bet");
    await sample.push("ITEM_ID_9");
    await shows(page, "player");
    expect(troubles(said)).toEqual([]);
  } finally {
    await sample.stop();
  }
}, limit);
