// SPDX-License-Identifier: Apache-2.0
//
// What a viewer waits for: home until it is painted, and a cue from the moment's acceptance until its pixels are there.
// Real server, real sites, real Chromium, all on this machine; medians.
//
//   npm run build && node bench/home.ts [ROUNDS]
import type { Page } from "playwright-core";

import { startBrowser } from "../tests/support/browser.ts";
import { builtSites, MatchcueServer } from "../tests/support/server.ts";

const rounds = Number(process.argv[2] ?? 10);
const events = ["GOAL", "PENALTY", "FREE-KICK", "THROW"];

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const ms = (values: readonly number[]) => `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)}..${Math.max(...values).toFixed(0)})`;

async function firstRender(page: Page, url: string): Promise<number> {
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  return page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN);
}

/** When the next cue that shows itself has been painted, in ms since 1970. */
const nextPaint = (page: Page) =>
  page.evaluate(
    (before) =>
      new Promise<number>((done) => {
        const look = () => {
          const shown = [...document.querySelectorAll('.cue[data-stage="shown"]')].map((cue) => cue.getAttribute("data-cue"));
          if (!shown.some((cue) => cue !== null && !before.includes(cue))) return requestAnimationFrame(look);
          // The frame after the one in which it is there has been painted with it.
          return requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())));
        };
        look();
      }),
    shownBefore,
  );

let shownBefore: (string | null)[] = [];

const server = await MatchcueServer.start({ sites: builtSites });
const browser = await startBrowser();
try {
  await server.ask("PUT", "/v1/contents/c1", { event: "1" });
  const { home } = await server.ask<{ home: string }>("GET", "/config.json");
  const renders: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const context = await browser.newContext();
    renders.push(await firstRender(await context.newPage(), `${home}?viewer=bench-${round}`));
    await context.close();
  }
  const page = await browser.newPage();
  await page.goto(`${home}?viewer=ann`);
  await page.getByText("Connected").first().waitFor();
  const cold: number[] = [];
  const pushes: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    shownBefore = await page.locator(".cue").evaluateAll((cues) => cues.map((cue) => cue.getAttribute("data-cue")));
    const painted = nextPaint(page);
    const state = { MATCH_EVENT: events[round % events.length], MATCH_TIMING: "FIRST-HALF-1", SCORE_DIFFERENCE: "1", MATCH_TYPE: "FINAL", MATCH_VENUE: "France" };
    const fired = Date.now();
    await server.ask("POST", "/v1/events/1/moments", { state });
    (round === 0 ? cold : pushes).push((await painted) - fired);
  }
  console.log(`home, first contentful paint             ${ms(renders)}`);
  console.log(`moment -> first cue painted, remote cold  ${ms(cold)}`);
  console.log(`moment -> first cue painted               ${ms(pushes)}`);
} finally {
  await browser.close();
  await server.stop();
}
