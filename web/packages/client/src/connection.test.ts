// SPDX-License-Identifier: Apache-2.0
import type { ServerFrame, WelcomeFrame } from "@matchcue/protocol/frames.ts";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { Connection, type ConnectionOptions } from "./connection.ts";
import { FakePlatform, type FakeSocket, settle, slate, welcome } from "./fake-platform.ts";

let platform: FakePlatform;
let frames: ServerFrame[];
let welcomes: WelcomeFrame[];

beforeEach(() => {
  platform = new FakePlatform();
  frames = [];
  welcomes = [];
});
const url = "ws://127.0.0.1:8080/v1/ws";

async function open(more: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const options = { url, hello: { t: "hello", viewer: "v1", content: "c1" } as const, ticket: undefined, resume: undefined, ...more };
  const connection = new Connection(platform, options, {
    welcomed: (frame) => welcomes.push(frame),
    frame: (frame) => frames.push(frame),
    lost: () => {},
    changed: () => {},
  });
  connection.open();
  await settle();
  return connection;
}
async function openWelcomed(more: Partial<ConnectionOptions> = {}, said: Partial<WelcomeFrame> = {}): Promise<Connection> {
  const connection = await open(more);
  platform.socket().open().say(welcome(said));
  return connection;
}
/** ms until the next try. */
async function waitForTry(): Promise<number> {
  const before = platform.sockets.length;
  for (let ms = 0; ms < 60_000; ms += 50) {
    if (platform.sockets.length > before) return ms;
    await platform.pass(50);
  }
  return Infinity;
}
const helloOf = (socket: FakeSocket) => socket.of("hello")[0];

describe("hello", () => {
  test("is the first thing said, and connected is who is welcomed", async () => {
    const connection = await open({ hello: { t: "hello", viewer: "v1", content: "c1", device: "tv" } });
    expect([platform.socket().url, connection.status]).toEqual([url, "connecting"]);
    platform.socket().open();
    expect(platform.socket().sent).toEqual([{ t: "hello", viewer: "v1", content: "c1", device: "tv" }]);
    platform.socket().say(welcome());
    expect([connection.status, connection.trouble, welcomes.length]).toEqual(["connected", null, 1]);
  });

  test("resumes after the last frame that arrived", async () => {
    await openWelcomed({}, { epoch: "k3", seq: 5 });
    platform.socket().say(slate(6));
    platform.socket().say({ t: "retract", seq: 9, cues: [], reason: "" });
    platform.socket().end();
    await waitForTry();
    expect(helloOf(platform.socket().open())?.resume).toEqual({ epoch: "k3", seq: 9 });
  });

  test("says whom they watched as before until the server has heard it", async () => {
    await open({ hello: { t: "hello", viewer: "bob", content: "c1", previously: "anon" } });
    platform.socket().end();
    await waitForTry();
    expect(helloOf(platform.socket().open())?.previously).toBe("anon");
    platform.socket().say(welcome());
    platform.socket().end();
    await waitForTry();
    expect(helloOf(platform.socket().open())).not.toHaveProperty("previously");
  });
});

describe("frames", () => {
  test("come once each, in order, and are acknowledged together", async () => {
    await openWelcomed({}, { seq: 2 });
    for (const seq of [2, 3, 4, 4, 3, 7]) platform.socket().say(slate(seq));
    expect(frames.map((frame) => "seq" in frame && frame.seq)).toEqual([3, 4, 7]);
    await platform.pass(250);
    expect(platform.socket().of("ack")).toEqual([{ t: "ack", seq: 7 }]);
    await platform.pass(10_000);
    expect(platform.socket().of("ack").length).toBe(1);
  });

  test("that cannot be read or are not known harm nobody", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const connection = await openWelcomed();
    platform.socket().say("{");
    platform.socket().say('{"t":"slate","seq":"x"}');
    platform.socket().say('{"t":"teleport"}');
    platform.socket().say(slate(1));
    expect([frames.length, connection.status]).toEqual([1, "connected"]);
    expect(warned).toHaveBeenCalledTimes(2);
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('slate.seq: "x"'));
    warned.mockRestore();
  });

  test("of a connection that was given up are not heard", async () => {
    await openWelcomed();
    const old = platform.socket();
    old.end();
    old.say(slate(1));
    expect(frames).toEqual([]);
  });
});

describe("what a close code means", () => {
  test.each([1000, 1002, 1003, 1007, 1008, 1009, 4001, 4003, 4004, 4008])("%i: stop, and say why", async (code) => {
    const connection = await openWelcomed();
    platform.socket().end(code);
    expect(connection.status).toBe("stopped");
    expect(connection.trouble?.message).toMatch(/\.$/);
    expect(await waitForTry()).toBe(Infinity);
  });

  test.each([1001, 1005, 1006, 1011, 1013, 4000, 4002, 4005, 4006, 4007, 4009, 4050])("%i: reconnect", async (code) => {
    const connection = await openWelcomed();
    platform.socket().end(code);
    expect([connection.status, connection.trouble]).toMatchObject(["waiting", { message: expect.any(String) as string }]);
    expect(await waitForTry()).toBeLessThanOrEqual(15_000);
    platform.socket().open().say(welcome());
    expect([connection.status, connection.trouble]).toEqual(["connected", null]);
  });

  test("the server's own words are kept, and only for what they are about", async () => {
    const connection = await open();
    platform.socket().open().say({ t: "error", code: "unknown_content", message: 'unknown content "c1"', field: "hello.content", fatal: true });
    platform.socket().end(4004);
    expect([connection.status, connection.trouble]).toEqual(["stopped", { code: "unknown_content", message: 'unknown content "c1"' }]);
    const other = await open();
    platform.socket().open().say({ t: "error", code: "starting", message: "not ready yet", fatal: true });
    platform.socket().end(1013);
    expect(other.trouble?.message).toBe("not ready yet");
    await waitForTry();
    platform.socket().end(4003);
    expect(other.trouble?.code).toBe("session_replaced");
  });
});

describe("waiting", () => {
  test("is at random between the server's limits, longer each time", async () => {
    const waits: number[] = [];
    await openWelcomed({}, { retry: { min_ms: 1_000, max_ms: 9_000 } });
    platform.chance = 0.999;
    for (let i = 0; i < 6; ++i) {
      platform.socket().end();
      waits.push(await waitForTry());
    }
    expect(waits).toEqual([4_000, 8_000, 9_000, 9_000, 9_000, 9_000]);
    platform.chance = 0;
    platform.socket().end();
    expect(await waitForTry(), "never less than the least").toBe(1_000);
  });

  test("begins anew after a connection that held, and not after one that did not", async () => {
    platform.chance = 0.999;
    await openWelcomed();
    for (let i = 0; i < 4; ++i) {
      platform.socket().end(4002);
      await waitForTry();
      platform.socket().open().say(welcome());
    }
    platform.socket().end(4002);
    expect(await waitForTry()).toBe(15_000);
    platform.socket().open().say(welcome());
    await platform.pass(15_000);
    platform.socket().end();
    expect(await waitForTry()).toBe(2_000);
  });

  test("is what goaway says, whether or not the connection lasts until then", async () => {
    const connection = await openWelcomed();
    platform.socket().say({ t: "goaway", reconnect_in_ms: 7_300 });
    expect(connection.status).toBe("connected");
    platform.socket().end(4000);
    expect(connection.trouble).toEqual({ code: "restart", message: "The server is restarting." });
    expect(await waitForTry()).toBe(7_300);
    const last = platform.socket().open();
    last.say(welcome());
    last.say({ t: "goaway", reconnect_in_ms: 500 });
    expect(await waitForTry()).toBe(500);
    expect(last.closedByUs).toBe(true);
  });

  test("is cut short when the network is there again", async () => {
    platform.chance = 0.9;
    const connection = await openWelcomed();
    for (let i = 0; i < 5; ++i) {
      platform.socket().end();
      await waitForTry();
    }
    platform.socket().end();
    platform.goOnline();
    expect(await waitForTry()).toBe(450);
    platform.socket().open().say(welcome());
    platform.goOnline();
    connection.close();
    platform.goOnline();
    expect(await waitForTry()).toBe(Infinity);
  });

  test("ends with close()", async () => {
    const connection = await openWelcomed();
    platform.socket().end();
    connection.close();
    expect([connection.status, connection.trouble]).toEqual(["stopped", null]);
    expect(await waitForTry()).toBe(Infinity);
  });
});

test("a server that does not answer the hello is given up after ten seconds", async () => {
  const connection = await open();
  platform.socket().open();
  await platform.pass(9_999);
  expect(connection.status).toBe("connecting");
  await platform.pass(1);
  expect([connection.status, platform.socket().closedByUs]).toEqual(["waiting", true]);
});

describe("a connection that may be half open", () => {
  test("is given up when there is another network", async () => {
    const connection = await openWelcomed({}, { seq: 4 });
    const old = platform.socket();
    platform.goOnline();
    expect([connection.status, old.closedByUs]).toEqual(["waiting", true]);
    await waitForTry();
    expect(helloOf(platform.socket().open())?.resume).toEqual({ epoch: "k3", seq: 4 });
  });

  test("is given up when the page was hidden for longer than the server waits, and no sooner", async () => {
    const connection = await openWelcomed({}, { ping_s: 10 });
    platform.show(25_000);
    expect(connection.status).toBe("connected");
    platform.show(25_001);
    expect([connection.status, platform.socket().closedByUs]).toEqual(["waiting", true]);
    await waitForTry();
    expect(platform.sockets.length).toBe(2);
  });

  test("is nobody's business after close()", async () => {
    const connection = await openWelcomed();
    connection.close();
    platform.goOnline();
    platform.show(3_600_000);
    expect(connection.status).toBe("stopped");
    expect(await waitForTry()).toBe(Infinity);
  });
});

test("close() while a ticket is being fetched opens nothing when it comes", async () => {
  let hand: (ticket: string) => void = () => {};
  const connection = await open({ ticket: () => new Promise((done) => (hand = done)) });
  connection.close();
  hand("t1");
  await platform.pass(60_000);
  expect(platform.sockets.length).toBe(0);
});

describe("tickets", () => {
  test("a new one is fetched for each try", async () => {
    let made = 0;
    await open({ ticket: () => Promise.resolve(`t${++made}`), hello: { t: "hello", content: "c1" } });
    expect(helloOf(platform.socket().open())).toEqual({ t: "hello", content: "c1", ticket: "t1" });
    platform.socket().end(4009);
    await waitForTry();
    expect(helloOf(platform.socket().open())?.ticket).toBe("t2");
  });

  test("a newer one goes over the same connection before the old one expires", async () => {
    const answers = ["t1", new Error("down"), "t2"];
    const ticket = () => {
      const answer = answers.shift();
      return typeof answer === "string" ? Promise.resolve(answer) : Promise.reject(answer);
    };
    await openWelcomed({ ticket });
    platform.socket().say({ t: "ticket_expiring", expires: "2026-06-11T19:01:00Z" });
    await settle();
    expect(platform.socket().of("ticket")).toEqual([]);
    await platform.pass(5_000);
    expect(platform.socket().of("ticket")).toEqual([{ t: "ticket", ticket: "t2" }]);
    expect(platform.sockets.length).toBe(1);
  });

  test("that live shorter than the warning are not renewed without end", async () => {
    let made = 0;
    await openWelcomed({ ticket: () => Promise.resolve(`t${++made}`) });
    for (let second = 0; second < 30; ++second) {
      platform.socket().say({ t: "ticket_expiring", expires: "2026-06-11T19:00:59Z" });
      await platform.pass(1_000);
    }
    expect(platform.socket().of("ticket").length, "at 0, 10, 20 and 30 s").toBe(4);
  });

  test("that never come are given up after ten seconds, and asked for again", async () => {
    let asked = 0;
    const connection = await open({ ticket: () => (++asked === 1 ? new Promise<string>(() => {}) : Promise.resolve("t2")) });
    await platform.pass(9_999);
    expect(connection.status).toBe("connecting");
    await platform.pass(1);
    expect([connection.status, connection.trouble?.code]).toEqual(["waiting", "ticket_unavailable"]);
    await waitForTry();
    expect(helloOf(platform.socket().open())?.ticket).toBe("t2");
  });

  test("that cannot be had are asked for again, and that is said", async () => {
    let works = false;
    const connection = await open({ ticket: () => (works ? Promise.resolve("t") : Promise.reject(new Error("503"))) });
    expect([connection.status, connection.trouble]).toMatchObject(["waiting", { code: "ticket_unavailable", message: expect.stringContaining("503") as string }]);
    works = true;
    await waitForTry();
    expect(helloOf(platform.socket().open())?.ticket).toBe("t");
  });
});
