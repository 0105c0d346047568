// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from "vitest";

import { makeFakeWorld, settle, someChange, someEvent, someView, type FakeWorld } from "./fake-world.ts";
import { makeLiveStore, type LiveStore } from "./live-store.ts";

let world: FakeWorld;
let store: LiveStore;
let end: () => void;

beforeEach(async () => {
  world = makeFakeWorld();
  store = makeLiveStore("a/b", world);
  end = store.subscribe(() => undefined);
  await settle();
});

const sequences = (): readonly number[] => store.snapshot().changes.map(({ sequence }) => sequence);

test("the event is watched by its escaped id", () => {
  expect(world.connections[0]!.path).toBe("/v1/events/a%2Fb/watch");
});

test("changes that come again after a reconnect are there once, in order", async () => {
  for (const sequence of [2, 3]) await world.connections[0]!.say("change", someChange({ sequence }), sequence);
  await world.connections[0]!.end();
  await world.pass(500);
  for (const sequence of [1, 3, 4]) await world.connections[1]!.say("change", someChange({ sequence }), sequence);
  expect(sequences()).toEqual([1, 2, 3, 4]);
});

test("a view is taken whole, with the server's clock", async () => {
  await world.connections[0]!.say("view", someView(), 4);
  const live = store.snapshot();
  expect(live.event?.state["MATCH_EVENT"]).toBe("GOAL");
  expect(live.audience?.connections).toBe(3);
  expect(live.clockOffset).toBe(2_000);
  expect(live.pace).toHaveLength(1);
});

test("an older view does not undo what an answer has told", async () => {
  await world.connections[0]!.say("view", someView(), 4);
  store.accept(someEvent({ sequence: 5, moment: 5 }));
  await world.connections[0]!.say("view", someView(), 4);
  expect(store.snapshot().event?.sequence).toBe(5);
});

test("when the change stream began anew, what was known is forgotten and asked for from the start", async () => {
  await world.connections[0]!.say("change", someChange({ sequence: 40 }), 40);
  await world.connections[0]!.end();
  await world.pass(500);
  await world.connections[1]!.say("view", someView(), 4);
  expect(sequences()).toEqual([]);
  await world.pass(1_000);
  expect(world.connections[2]!.headers["last-event-id"]).toBeUndefined();
});

test("a frame that cannot be read ends the connection, not the page", async () => {
  await world.connections[0]!.say("view", { at: 3 }, 4);
  expect(store.snapshot().link.status).toBe("waiting");
});

test("frames of unknown kinds are left alone", async () => {
  await world.connections[0]!.say("weather", "rain", 4);
  expect(store.snapshot().link.status).toBe("live");
});

test("nobody watches when nobody looks", async () => {
  end();
  expect(world.connections[0]!.signal.aborted).toBe(true);
  store.subscribe(() => undefined);
  await settle();
  expect(world.connections).toHaveLength(2);
});
