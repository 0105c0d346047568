// The page on the API's port, in a real browser: what an operator does there changes what its viewers see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { startServer } from "./harness.mjs";

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

test("the page complains about nothing", () => assert.deepEqual(complaints, []));
