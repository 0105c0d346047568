// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { connectOn, type Client } from "./client.ts";
import { FakePlatform, FakeStore, settle, slate, welcome } from "./fake-platform.ts";

/** Shows elements to the observers as the test says. */
class Viewport {
  static current: Viewport | null = null;
  readonly #report: (entries: { intersectionRatio: number }[]) => void;
  watching = false;
  constructor(report: (entries: { intersectionRatio: number }[]) => void) {
    this.#report = report;
    Viewport.current = this;
  }
  observe(): void {
    this.watching = true;
  }
  disconnect(): void {
    this.watching = false;
  }
  static show(...ratios: number[]): void {
    const { current } = Viewport;
    if (current?.watching) current.#report(ratios.map((intersectionRatio) => ({ intersectionRatio })));
  }
}

let platform: FakePlatform;
let store: FakeStore;
let client: Client;
let visibility: DocumentVisibilityState;
const cue = slate(1).cues[0]!;
const element = document.createElement("div");
const page = (state: DocumentVisibilityState) => {
  visibility = state;
  document.dispatchEvent(new Event("visibilitychange"));
};
const impressions = () => platform.socket().of("interaction").filter(({ kind }) => kind === "impression").length;

async function load(): Promise<void> {
  client = connectOn(platform, { url: "ws://a/v1/ws", content: "c", viewer: "v", storage: store });
  await settle();
  platform.socket().open().say(welcome());
}

beforeEach(async () => {
  vi.stubGlobal("IntersectionObserver", Viewport);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
  visibility = "visible";
  platform = new FakePlatform();
  store = new FakeStore();
  await load();
});
afterEach(() => {
  client.close();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a cue that was half in view for a second has been seen, once", async () => {
  client.observe(element, cue);
  await platform.pass(5_000);
  expect(impressions()).toBe(0);
  Viewport.show(0.5);
  await platform.pass(999);
  expect(impressions()).toBe(0);
  await platform.pass(1);
  expect(impressions()).toBe(1);
  expect(Viewport.current?.watching).toBe(false);
  client.observe(element, cue);
  Viewport.show(1);
  await platform.pass(5_000);
  expect(impressions()).toBe(1);
});

test("less than half, or less than a second at a time, is not seen", async () => {
  client.observe(element, cue);
  Viewport.show(0.49);
  await platform.pass(5_000);
  Viewport.show(1);
  await platform.pass(900);
  Viewport.show(0.9, 0.1);
  await platform.pass(900);
  Viewport.show(1);
  await platform.pass(900);
  expect(impressions()).toBe(0);
});

test("nothing is seen on a page in the background; the second begins when it comes back", async () => {
  client.observe(element, cue);
  Viewport.show(1);
  await platform.pass(900);
  page("hidden");
  await platform.pass(5_000);
  expect(impressions()).toBe(0);
  page("visible");
  await platform.pass(999);
  expect(impressions()).toBe(0);
  await platform.pass(1);
  expect(impressions()).toBe(1);
});

test("a cue that went away before the second was over was not seen", async () => {
  const stop = client.observe(element, cue);
  Viewport.show(1);
  await platform.pass(900);
  stop();
  page("visible");
  await platform.pass(5_000);
  expect(impressions()).toBe(0);
});

test("the same cue in two places, or on the next page, is one impression", async () => {
  client.observe(element, cue);
  const first = Viewport.current;
  client.observe(document.createElement("div"), cue);
  Viewport.show(1);
  Viewport.current = first;
  Viewport.show(1);
  await platform.pass(1_000);
  expect(impressions()).toBe(1);
  client.close();
  await load();
  platform.socket().say({ t: "ack", id: "i-1" });
  client.observe(element, cue);
  Viewport.show(1);
  await platform.pass(1_000);
  expect(client.snapshot().unsent).toBe(0);
});
