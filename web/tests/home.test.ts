// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The container application with a real server, in real browsers: three viewers, and every way in which a remote can fail.

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import {
  cueIds,
  cueOf,
  digests,
  goal,
  isShown,
  openSurvivor,
  pictureRuns,
  pinned,
  remoteOf,
  said,
  slot,
  slots,
  startMatch,
  titles,
  watchFaults,
  type Match,
  type RemoteId,
  type SlotId,
  type Survivor,
} from "./support/match.ts";
import type { Fault } from "./support/sites.ts";

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

/** What the page calls the pinned items. */
const names = { GENERAL: "Bet", PLAYER: "Lionel Messi Profile", SOCIAL: "Poll", MONETIZE: "Advert Merchandise" } as const;

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

let tried = 0;
/** With the remote of one slot broken: that has a stand-in within two seconds, which says why, and everything else goes on. */
async function expectStandIn(place: SlotId, why: RegExp): Promise<void> {
  const viewer = `faults-${++tried}`;
  const page = await match.open(`?viewer=${viewer}&delay=5`);
  const outcome = await watchFaults(page);
  const cues = await match.chosen(viewer, await match.fire());
  expect([...cues.keys()].toSorted()).toEqual(slots.toSorted());
  const standIn = cueOf(page, cues.get(place)!).locator(".fallback");
  await standIn.waitFor();
  await Promise.all(slots.filter((id) => id !== place).map((id) => cueOf(page, cues.get(id)!).and(page.locator('[data-stage="shown"]')).waitFor()));
  const { played, fallbackMs, pauses, same } = await outcome(cues.get(place)!);
  expect(await page.locator(".fallback").count()).toBe(1);
  expect(await standIn.innerText()).toMatch(why);
  expect(await standIn.getByRole("heading", { name: names[place] }).isVisible()).toBe(true);
  expect(fallbackMs).toBeLessThan(2_000);
  expect({ pauses, same }).toEqual({ pauses: 0, same: true });
  expect(played).toBeGreaterThan(0.3);
}

describe("a remote that lets the page down", () => {
  const configure = (remote: RemoteId, entry: Partial<Match["config"]["remotes"][string]>) => {
    match.config = { ...match.config, remotes: { ...match.config.remotes, [remote]: { ...match.config.remotes[remote]!, ...entry } } };
  };
  const toStranger = (sandbox: boolean, host: string) => (remote: RemoteId) =>
    configure(remote, { manifest: `http://${host}:${match.sites.stranger.port}/mf-manifest.json`, sandbox });
  const change = (remote: RemoteId) => configure(remote, { integrity: { ...digests(remote), "remote.js": `sha384-${"A".repeat(64)}` } });
  const fail = (fault: Fault) => (remote: RemoteId) => (match.sites[remote].fault = fault);
  const faults = [
    { does: "answers 404", break_: fail("404"), why: /cannot be loaded/ },
    { does: "hangs", break_: fail("hangs"), why: /takes too long/ },
    { does: "is blocked by CORS", break_: fail("no-cors"), why: /cannot be loaded/ },
    { does: "throws on mount", break_: toStranger(false, "localhost"), why: /a bug of a stranger/ },
    { does: "is not what its digests say", break_: change, why: /remote\.js is not what it should be/ },
    { does: "loops in its frame", break_: toStranger(true, "127.0.0.1"), why: /takes too long/ },
  ];
  const each = slots.flatMap((id) => faults.map((fault) => ({ id, remote: remoteOf[id], ...fault })));

  test.each(each)("$remote $does: a stand-in within two seconds, and everything else goes on", async ({ id, remote, break_, why }) => {
    await match.pin(true);
    break_(remote);
    await expectStandIn(id, why);
  }, 2 * limit);

  test("that was only slow takes its stand-in's place, in a frame too", async () => {
    await match.pin(true);
    toStranger(true, "127.0.0.1")("bet");
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
    change("bet");
    // Asks for the configuration four seconds after the first failure, which may be that of a slate from before.
    const page = await match.open("?viewer=rebuilt&delay=5", {}, () => (Math.random = () => 0.2));
    configure("bet", { integrity: digests("bet") });
    await match.fire();
    await slot(page, "GENERAL").locator(".fallback").waitFor();
    await slot(page, "GENERAL").locator('.cue[data-stage="shown"]').waitFor({ timeout: limit });
  }, 2 * limit);

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

describe("a player that lets the page down", () => {
  /** A page whose player is broken; and how long it said that it was loading one, in ms. */
  async function openDark(viewer: string): Promise<{ page: Page; loadingMs: number }> {
    const page = await match.open(`?viewer=${viewer}&delay=5`, {}, () => {
      const seen: Record<string, number> = {};
      // Not once a frame: it may say both within one.
      const look = () => {
        const words = document.querySelector(".no-picture")?.textContent ?? "";
        if (words.startsWith("Loading the player")) seen["loading"] ??= performance.now();
        if (words.startsWith("The player cannot be loaded")) seen["failed"] ??= performance.now();
      };
      new MutationObserver(look).observe(document, { childList: true, characterData: true, subtree: true });
      Object.assign(window, { seen });
    });
    await page.getByRole("region", { name: "Picture" }).getByText("The player cannot be loaded. Trying again by itself.").waitFor();
    const loadingMs = await page.evaluate(() => {
      const { seen } = window as unknown as { seen: Record<string, number> };
      return seen["failed"]! - seen["loading"]!;
    });
    return { page, loadingMs };
  }

  test.each([
    { fault: "404", does: "answers 404", why: /cannot be loaded/ },
    { fault: "hangs", does: "hangs", why: /takes too long/ },
    { fault: "no-cors", does: "is blocked by CORS", why: /cannot be loaded/ },
  ] as const)("$does: the picture's place says so within two seconds, and every slot works, as far behind as the viewer said", async ({ fault, why }) => {
    await match.pin(true);
    match.sites.video.fault = fault;
    const { page, loadingMs } = await openDark(`dark-${fault}`);
    expect(await page.locator(".picture .no-picture-why").innerText()).toMatch(why);
    expect(loadingMs).toBeLessThan(2_000);
    const happened = Date.now();
    const cues = await match.chosen(`dark-${fault}`, await match.fire(goal, new Date(happened)));
    await cueOf(page, cues.get("GENERAL")!).waitFor();
    expect(Date.now() - happened).toBeGreaterThanOrEqual(5_000);
    await Promise.all(slots.map((id) => cueOf(page, cues.get(id)!).and(page.locator('[data-stage="shown"]')).waitFor()));
    expect(await page.locator(".fallback").count()).toBe(0);
    await slot(page, "SOCIAL").locator(".cue").getByRole("button").first().click();
    await expect.poll(async () => (await feedback(`dark-${fault}`)).map(({ kind }) => kind), { timeout: limit }).toContain("answer");
  }, 2 * limit);

  test("and comes back plays", async () => {
    match.sites.video.fault = "404";
    const { page } = await openDark("dark-returns");
    match.sites.video.fault = null;
    await pictureRuns(page);
    expect(await page.locator(".no-picture").count()).toBe(0);
  }, 2 * limit);
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

describe("a server that is killed with -9 and comes back finds its viewers again within ten seconds", () => {
  const missed = "Connected again; some moments were missed";
  const open = (viewers: readonly string[]) => Promise.all(viewers.map((viewer) => openSurvivor(match, viewer)));
  // Nobody waits longer than the eight seconds that the match's server sets.
  const saysSoon = (survivor: Survivor, words: string) => expect.poll(() => said(survivor), { timeout: 10_000 }).toContain(words);

  const onScreens = (survivors: readonly Survivor[]) => Promise.all(survivors.map(async ({ page }) => (await cueIds(page)).toSorted()));
  const chosenAt = (survivors: readonly Survivor[], moment: number) =>
    Promise.all(survivors.map(async ({ viewer }) => [...(await match.chosen(viewer, moment)).values()].toSorted()));

  /** Waits until everybody's slate of that moment is on their screens, and nothing else. */
  async function expectSlates(survivors: readonly Survivor[], moment: number): Promise<void> {
    const slates = await chosenAt(survivors, moment);
    for (const slate of slates) expect(slate).toHaveLength(slots.length);
    await expect.poll(() => onScreens(survivors), { timeout: limit }).toEqual(slates);
  }

  async function killUnder(survivors: readonly Survivor[]): Promise<void> {
    await match.server.kill();
    await Promise.all(survivors.map((survivor) => saysSoon(survivor, "Reconnecting by itself…")));
  }

  test("and where nothing happened in between, each has the slate that it had, and is told of no gap", async () => {
    await match.pin(false);
    const survivors = await open(["kept-0", "kept-1", "kept-2"]);
    const moment = await match.fire();
    await expectSlates(survivors, moment);
    const before = await onScreens(survivors);
    await killUnder(survivors);
    await match.server.run();
    const ready = Date.now();
    await Promise.all(survivors.map((survivor) => saysSoon(survivor, "Connected again; nothing was missed")));
    expect(survivors.map(({ welcomes }) => welcomes)).toEqual([["kept"], ["kept"], ["kept"]]);
    expect(await onScreens(survivors)).toEqual(before);
    expect(Date.now() - ready).toBeLessThan(10_000);
    expect(await chosenAt(survivors, moment)).toEqual(before);
    // And what happens from here on comes as if nothing had been.
    await expectSlates(survivors, await match.fire({ ...goal, MATCH_EVENT: "PENALTY" }));
    for (const survivor of survivors) expect(await said(survivor)).not.toContain(missed);
  }, 2 * limit);

  test("and where a moment passed before they were back, each is told so, and has its slate", async () => {
    await match.pin(false);
    const survivors = await open(["lost-0", "lost-1", "lost-2"]);
    await expectSlates(survivors, await match.fire());
    await killUnder(survivors);
    // Nobody is back before the moment.
    const online = (is: boolean) => Promise.all(survivors.map(({ page }) => page.context().setOffline(!is)));
    await online(false);
    await match.server.run();
    const ready = Date.now();
    const moment = await match.fire({ ...goal, MATCH_EVENT: "PENALTY" });
    await online(true);
    await Promise.all(survivors.map((survivor) => saysSoon(survivor, missed)));
    expect(survivors.map(({ welcomes }) => welcomes)).toEqual([["lost"], ["lost"], ["lost"]]);
    await expectSlates(survivors, moment);
    expect(Date.now() - ready).toBeLessThan(10_000);
  }, 2 * limit);
});
