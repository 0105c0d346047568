// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from "vitest";

import { makeFakeWorld, settle, type FakeWorld } from "./fake-world.ts";
import { watchStream, type Link, type Watch } from "./watch.ts";

let world: FakeWorld;
let links: Link[];
let frames: string[];
let watch: Watch;

beforeEach(async () => {
  world = makeFakeWorld();
  links = [];
  frames = [];
});

async function begin(): Promise<void> {
  watch = watchStream("/watch", { onLink: (link) => links.push(link), onFrame: ({ data }) => frames.push(data) }, world);
  await settle();
}

const statuses = (): readonly string[] => links.map(({ status }) => status);

test("frames come as they are said", async () => {
  await begin();
  await world.connections[0]!.say("view", 1, 4);
  expect(statuses()).toEqual(["connecting", "live"]);
  expect(frames).toEqual(["1"]);
});

test("a lost stream is taken up from where it was", async () => {
  await begin();
  await world.connections[0]!.say("view", 1, 4);
  await world.connections[0]!.end();
  expect(links.at(-1)).toMatchObject({ status: "waiting" });
  await world.pass(499);
  expect(world.connections).toHaveLength(1);
  await world.pass(1);
  expect(world.connections[1]!.headers["last-event-id"]).toBe("4");
  expect(links.at(-1)).toEqual({ status: "live" });
});

test("each try in vain doubles the wait, up to 15 s, and keeps when it was lost", async () => {
  await begin();
  await world.connections[0]!.say("view", 1, 4);
  world.refusals.push(...Array.from({ length: 8 }, () => new Error("down")));
  const lost = world.now();
  await world.connections[0]!.end();
  const waits: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const link = links.at(-1);
    if (link?.status !== "waiting") throw new Error("it does not wait");
    expect(link.since).toBe(lost);
    waits.push(link.until - world.now());
    await world.pass(link.until - world.now());
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
});

test("a server that accepts and ends at once is not asked ever faster", async () => {
  await begin();
  await world.connections[0]!.end();
  await world.pass(500);
  await world.connections[1]!.end();
  await world.pass(999);
  expect(world.connections).toHaveLength(2);
  await world.pass(1);
  expect(world.connections).toHaveLength(3);
});

test("silence for 10 s is a lost stream", async () => {
  await begin();
  await world.connections[0]!.say("view", 1, 4);
  await world.pass(10_000);
  expect(links.at(-1)).toMatchObject({ status: "waiting" });
  expect(world.connections[0]!.signal.aborted).toBe(true);
});

test("a token is asked for, and used", async () => {
  world.refusals.push(new Response("{}", { status: 401 }));
  await begin();
  expect(world.connections[0]!.headers["authorization"]).toBe("Bearer t");
  expect(links.at(-1)).toEqual({ status: "live" });
});

test("an unknown event is not asked for again, until somebody says so", async () => {
  const problem = { title: "Not Found", detail: 'unknown event "9"', code: "unknown_event", errors: [], request_id: "r1" };
  world.refusals.push(new Response(JSON.stringify(problem), { status: 404 }));
  await begin();
  const link = links.at(-1);
  expect(link?.status === "refused" && link.problem.message).toBe('unknown event "9"');
  await world.pass(60_000);
  expect(world.connections).toHaveLength(0);
  watch.retryNow();
  await settle();
  expect(world.connections).toHaveLength(1);
});

test("trying now does not leave a second stream behind", async () => {
  await begin();
  await world.connections[0]!.end();
  watch.retryNow();
  await world.pass(9_000);
  expect(world.connections).toHaveLength(2);
});

test("closed is closed", async () => {
  await begin();
  watch.close();
  await world.pass(60_000);
  expect(world.connections).toHaveLength(1);
  expect(world.connections[0]!.signal.aborted).toBe(true);
});
