// SPDX-License-Identifier: Apache-2.0
import type { InteractionFrame } from "@matchcue/protocol/frames.ts";
import { beforeEach, describe, expect, test } from "vitest";

import { FakePlatform, FakeStore } from "./fake-platform.ts";
import { Outbox } from "./outbox.ts";

let platform: FakePlatform;
let store: FakeStore;
let sent: InteractionFrame[];
let silences: number;

beforeEach(() => {
  platform = new FakePlatform();
  store = new FakeStore();
  sent = [];
  silences = 0;
});
const makeOutbox = () => new Outbox(platform, store, "outbox", { changed: () => {}, silent: () => (silences += 1) });
const connect = (outbox: Outbox) => outbox.connected((frame) => sent.push(frame));
const ids = () => sent.splice(0).map(({ id }) => id);

test("what the viewer does is sent at once, and forgotten when it is durable", () => {
  const outbox = makeOutbox();
  connect(outbox);
  outbox.add("c1", "answer", 2);
  expect(sent).toEqual([{ t: "interaction", id: "i-1", cue: "c1", kind: "answer", value: 2 }]);
  expect(outbox.size()).toBe(1);
  outbox.acknowledged("i-1");
  expect([outbox.size(), store.map.size]).toEqual([0, 0]);
});

test("what was done without a connection is sent by the next, in order", () => {
  const outbox = makeOutbox();
  outbox.add("c1", "click");
  outbox.add("c2", "dismiss");
  connect(outbox);
  expect(ids()).toEqual(["i-1", "i-2"]);
});

test("what was not acknowledged is sent again over each new connection, under the same id", () => {
  const outbox = makeOutbox();
  connect(outbox);
  outbox.add("c1", "click");
  outbox.add("c1", "convert", 5);
  outbox.acknowledged("i-1");
  outbox.disconnected();
  connect(outbox);
  expect(ids()).toEqual(["i-1", "i-2", "i-2"]);
});

test("it outlives the page", () => {
  makeOutbox().add("c1", "click");
  const next = makeOutbox();
  expect(next.size()).toBe(1);
  connect(next);
  expect(sent).toEqual([{ t: "interaction", id: "i-1", cue: "c1", kind: "click" }]);
});

test("two pages of one viewer do not lose each other's", () => {
  const one = makeOutbox();
  const other = makeOutbox();
  one.add("c1", "click");
  other.add("c2", "click");
  connect(one);
  one.acknowledged("i-1");
  expect(makeOutbox().size()).toBe(1);
});

test("what somebody else wrote into the storage is not sent", () => {
  const good = { t: "interaction", id: "a", cue: "c", kind: "click" };
  const bad = [7, null, {}, { ...good, kind: "hug" }, { ...good, id: "" }, { ...good, value: "1" }, { ...good, cue: 4 }];
  store.setItem("outbox", JSON.stringify([...bad, good]));
  connect(makeOutbox());
  expect(ids()).toEqual(["a"]);
  store.setItem("outbox", "{");
  expect(makeOutbox().size()).toBe(0);
});

test.each([
  ["full", () => new Error("QuotaExceededError")],
  ["forbidden", () => new DOMException("SecurityError")],
])("with storage that is %s it works until the page ends", (_, problem) => {
  store.getItem = store.setItem = () => {
    throw problem();
  };
  const outbox = makeOutbox();
  outbox.add("c1", "click");
  connect(outbox);
  expect(ids()).toEqual(["i-1"]);
});

describe("a refusal", () => {
  test.each(["overloaded", "storage_full", "ticket_expired", "unreachable", "500"])("%s: kept, and sent again later", async (code) => {
    const outbox = makeOutbox();
    connect(outbox);
    outbox.add("c1", "click");
    outbox.refused("i-1", code);
    await platform.pass(1_999);
    expect(ids()).toEqual(["i-1"]);
    await platform.pass(1);
    expect(ids()).toEqual(["i-1"]);
    outbox.refused("i-1", code);
    await platform.pass(3_999);
    expect(ids(), "longer each time").toEqual([]);
    await platform.pass(1);
    expect(ids()).toEqual(["i-1"]);
    outbox.acknowledged("i-1");
    expect(outbox.size()).toBe(0);
  });

  test.each(["not_your_cue", "invalid_value", "invalid_message", "unknown_cue"])("%s: it will never be good, and is dropped", async (code) => {
    const outbox = makeOutbox();
    connect(outbox);
    outbox.add("c1", "click");
    outbox.add("c2", "click");
    outbox.refused("i-1", code);
    expect(outbox.size()).toBe(1);
    await platform.pass(10_000);
    expect(ids()).toEqual(["i-1", "i-2"]);
  });

  test("for now is tried at once over a new connection: it may be another server", () => {
    const outbox = makeOutbox();
    connect(outbox);
    outbox.add("c1", "click");
    outbox.refused("i-1", "storage_full");
    connect(outbox);
    expect(ids()).toEqual(["i-1", "i-1"]);
  });

  test("of one does not hold the others up", () => {
    const outbox = makeOutbox();
    connect(outbox);
    outbox.add("c1", "click");
    outbox.refused("i-1", "overloaded");
    outbox.add("c2", "click");
    expect(ids()).toEqual(["i-1", "i-2"]);
  });
});

test("after a long time without a connection it is not sent faster than the server allows", async () => {
  const outbox = makeOutbox();
  for (let i = 0; i < 100; ++i) outbox.add(`c${i}`, "click");
  connect(outbox);
  expect(ids().length).toBe(20);
  for (let second = 0; second < 5; ++second) {
    await platform.pass(1_000);
    expect(sent.length).toBeLessThanOrEqual(9);
    for (const id of ids()) outbox.acknowledged(id);
  }
  await platform.pass(6_000);
  expect(ids().at(-1), "all of them in the end").toBe("i-100");
});

test("it is bounded, and impressions make room for what says more", () => {
  const outbox = makeOutbox();
  outbox.add("c0", "click");
  outbox.add("c1", "impression");
  for (let i = 2; i <= 200; ++i) outbox.add(`c${i}`, "click");
  expect(outbox.size()).toBe(200);
  const stored = store.getItem("outbox") ?? "";
  expect(stored).toContain('"c0"');
  expect(stored).not.toContain('"c1"');
});

test("a connection that answers nothing is said to be silent", async () => {
  const outbox = makeOutbox();
  connect(outbox);
  await platform.pass(60_000);
  expect(silences, "nothing was asked").toBe(0);
  outbox.add("c1", "click");
  await platform.pass(14_999);
  expect(silences).toBe(0);
  await platform.pass(1);
  expect(silences).toBe(1);
});

test("it is said however busy the viewer is: from the oldest that is not answered on", async () => {
  const outbox = makeOutbox();
  connect(outbox);
  outbox.add("c1", "click");
  await platform.pass(5_000);
  outbox.add("c2", "click");
  outbox.acknowledged("i-1");
  await platform.pass(9_000);
  outbox.add("c3", "click");
  await platform.pass(5_999);
  expect(silences).toBe(0);
  await platform.pass(1);
  expect(silences, "15 s after the second").toBe(1);
});

test("a value that is no number is refused to the caller", () => {
  const outbox = makeOutbox();
  expect(() => outbox.add("c1", "convert", Number.NaN)).toThrow("NaN");
  expect(outbox.size()).toBe(0);
});
