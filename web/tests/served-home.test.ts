// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The container application as the program itself serves it: under its Content-Security-Policy, with its /config.json and the
// digests in that.
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { goal, slots } from "./support/match.ts";
import { servedSites } from "./support/served.ts";
import { builtSites, MatchcueServer } from "./support/server.ts";

const limit = 60_000;
const program = servedSites();

test("every slot shows its remote's component, and the browser refuses nothing", { timeout: limit }, async () => {
  const page = await program.browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  const home = `http://127.0.0.1:${program.server.homePort}`;
  const served = await page.goto(`${home}/?viewer=ann`);
  expect(served?.headers()["content-security-policy"]).toContain("script-src");
  const { remotes } = (await (await fetch(`${home}/config.json`)).json()) as { remotes: Record<string, { integrity: object | null }> };
  expect(Object.entries(remotes).filter(([, { integrity }]) => integrity === null)).toEqual([]);
  await page.getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });

  await program.server.ask("POST", "/v1/events/1/moments", { state: goal });
  for (const slot of slots) await page.locator(`.slot[data-slot="${slot}"] .cue[data-stage="shown"]`).waitFor({ timeout: 10_000 });
  expect(await page.locator(".fallback").count()).toBe(0);
  expect(complaints).toEqual([]);
});

/** What a new build of a remote comes to: other words in a component, and so another name for its file, which other files know. */
async function buildAnew(folder: string, component: RegExp, before: string, after: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.(?:js|json|html)$/.test(file));
  const old = files.map((file) => path.basename(file)).find((name) => component.test(name));
  if (!old) throw new Error(`${folder} has no ${String(component)}`);
  const next = old.replace(/-[\w-]{8}\.js$/, "-N3wbu1ld.js");
  for (const file of files) {
    const text = await readFile(path.join(folder, file), "utf8");
    await writeFile(path.join(folder, file), text.replaceAll(old, next).replaceAll(before, after));
    if (file.endsWith(old)) await rename(path.join(folder, file), path.join(folder, file.replace(old, next)));
  }
}

test("a page that is open shows the new build of a remote whose old one it has run", { timeout: 2 * limit }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "matchcue-sites-"));
  await cp(builtSites, folder, { recursive: true });
  const match = await MatchcueServer.start({ sites: folder });
  const page = await program.browser.newPage();
  const show = async (item: string) => {
    await match.ask("PUT", `/v1/events/1/overrides/${item}`, { action: "pin" });
    await match.ask("POST", "/v1/events/1/moments", { state: { ...goal, SCORE_DIFFERENCE: item } });
  };
  try {
    await match.ask("PUT", "/v1/contents/c1", { event: "1" });
    await match.setRemote("ITEM_ID_19", "player", "./HallOfFame");
    await page.goto(`http://127.0.0.1:${match.homePort}/?viewer=stays`);
    await page.getByText("Connected", { exact: true }).waitFor({ timeout: 15_000 });
    await page.evaluate(() => (Math.random = () => 0)); // asks for the configuration at once
    await show("ITEM_ID_18");
    for (const slot of slots) await page.locator(`.slot[data-slot="${slot}"] .cue[data-stage="shown"]`).waitFor({ timeout: 10_000 });

    // A browser that has kept all of the old build goes on with it; this one has not.
    const { remotes } = (await (await fetch(`http://127.0.0.1:${match.homePort}/config.json`)).json()) as { remotes: Record<string, { manifest: string }> };
    await page.route(`${new URL(".", remotes["player"]?.manifest).href}**`, (route) => route.abort());
    await match.kill();
    await buildAnew(path.join(folder, "player"), /^hall-of-fame-.*\.js$/, "The captain", "The skipper");
    await match.run();
    await match.ask("PUT", "/v1/events/1/overrides/ITEM_ID_18", { action: "block" });
    await show("ITEM_ID_19");
    await page.locator('.slot[data-slot="PLAYER"]').getByText("The skipper").waitFor({ timeout: 30_000 });
    expect(await page.evaluate(() => Math.random())).toBe(0); // the same page, never loaded again
  } finally {
    await page.close();
    await match.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
