// The page on the API's port, in a real browser: what an operator does there changes what its viewers see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { runCommand, startServer } from "./harness.mjs";

// A browser that looks for nothing outside this machine.
const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const complaints = [];
let server;
let browser;
let page;

before(async () => {
  server = await startServer();
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: quiet });
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(server.api);
  await page.locator(".viewer h3 span", { hasText: "connected" }).nth(5).waitFor();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const cardsShown = () => page.locator(".viewer .card:not(.empty)").count();

test("a goal fills every viewer's slots", async () => {
  assert.equal(await cardsShown(), 0);
  await page.getByRole("button", { name: "Goal" }).click();
  await page.locator(".viewer h3 span", { hasText: /^#1$/ }).nth(5).waitFor();
  assert.equal(await cardsShown(), 6 * 4);
  await page.locator("#feed li", { hasText: "GOAL" }).waitFor();
});

test("a click on a card is stored with its decision", async () => {
  await page.locator(".viewer .card").first().click();
  await page.locator(".card.clicked").waitFor();
  const stored = async () => (await (await fetch(`${server.api}/v1/interactions?viewer=1`)).json()).interactions;
  let clicks = [];
  for (const end = Date.now() + 10_000; clicks.length === 0 && Date.now() < end;) {
    clicks = (await stored()).filter((interaction) => interaction.kind === "click");
  }
  assert.equal(clicks.length, 1);
  assert.equal(clicks[0].attributed, true);
});

test("a blocked item leaves every screen", async () => {
  const row = page.locator(".share").first();
  const item = await row.locator(".name").getAttribute("title");
  await row.getByRole("button", { name: /^Block/ }).click();
  await page.waitForFunction((title) => document.querySelector(`.viewer .card[title="${title}"]`) === null, item);
  assert.equal(await cardsShown(), 6 * 4, "another item stands in its place");
});

test("a correction is shown among the moments", async () => {
  await page.getByRole("button", { name: "Correct" }).click();
  await page.locator("#feed li.correction").waitFor();
});

async function settle() {
  const answer = await fetch(`${server.api}/v1/learner/settle`, {
    method: "POST", headers: { "content-type": "application/json" }, body: "{}",
  });
  assert.equal(answer.status, 200);
  return answer.json();
}

test("until there is enough, the learner says so", async () => {
  await settle();
  await page.locator("#learner", { hasText: "Learning" }).waitFor();
  await page.locator(".rates", { hasText: "not enough yet" }).nth(3).waitFor();
  assert.equal(await page.locator(".gain").first().textContent(), "–");
});

test("what a crowd does is seen to be learnt from", async () => {
  const crowd = ["--clicks", ".4", "--impressions", "1", "--until-quiet", "--quiet-time", "1s"];
  assert.equal((await runCommand(server, "load", "400", "--url", server.viewers, ...crowd)).ok, true);
  const { slots } = await settle();
  const trials = slots.reduce((sum, slot) => sum + slot.trials, 0);
  assert.ok(trials >= 4 * 400);
  await page.locator("#trials", { hasText: trials.toLocaleString("en") }).waitFor();
  await page.locator("#version", { hasText: /^live-bandit-\d+$/ }).waitFor();
  await page.locator("#exploration", { hasText: /^[\d.]+%$/ }).waitFor();
  for (const gain of await page.locator(".gain").allTextContents()) assert.match(gain, /^[\d.]+×$/);
  for (const title of await page.locator(".rates h4 b").allTextContents()) assert.match(title, /^[\d.]+× random/);
  assert.equal(await page.locator(".rates .plot .shown circle").count(), 4);
  assert.ok(await page.locator("#minutes .plot .shown circle").count() >= 1);
  assert.match(await page.getByRole("img", { name: /^Reward a trial since/ }).getAttribute("aria-label"), /shown [\d.]+%/);
  assert.match(await page.locator("#changes li").nth(5).textContent(), /appeal [+−]?[\d.]+ ± [\d.]+/);
  assert.equal(await page.locator("#changes mark").count(), 0, "while all items are new, none is called so");
});

test("a newcomer is marked, and a fallback tells its end", async () => {
  const answer = await (await fetch(`${server.api}/v1/learner`)).json();
  answer.items.forEach((item, index) => { item.is_new = index === 0; });
  Object.assign(answer.items[0], { recent_trials: 10, share: .125, appeal: .25, appeal_sd: .5, appeal_before: 0 });
  const noon = new Date(2026, 0, 1, 12, 30, 5).toISOString();
  await page.route("**/v1/learner", (route) => route.fulfill({ json: { ...answer, state: "fallback", fallback_until: noon } }));
  await page.locator("#learner.bad", { hasText: "until 12:30:05" }).waitFor();
  assert.match(await page.locator("#changes li").first().textContent(), /^new.*appeal \+0\.25 ± 0\.50 · 13% of/);
  await page.unroute("**/v1/learner");
});

test("the page complains about nothing", () => assert.deepEqual(complaints, []));
