// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { connectOn, type Client, type ConnectOptions } from "./client.ts";
import { FakePlatform, settle, slate, welcome } from "./fake-platform.ts";

/** One open GET /v1/sse. */
class Stream {
  readonly url: URL;
  readonly signal: AbortSignal | null;
  #pipe!: ReadableStreamDefaultController<Uint8Array>;
  readonly body = new ReadableStream<Uint8Array>({ start: (pipe) => void (this.#pipe = pipe) });

  constructor(url: URL, signal: AbortSignal | null) {
    this.url = url;
    this.signal = signal;
  }
  async write(text: string): Promise<void> {
    this.#pipe.enqueue(new TextEncoder().encode(text));
    await settle();
  }
  say(frame: object, id?: string): Promise<void> {
    return this.write(`${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(frame)}\n\n`);
  }
  async end(): Promise<void> {
    this.#pipe.close();
    await settle();
  }
}

let platform: FakePlatform;
let client: Client;
let streams: Stream[];
let posts: { readonly url: URL; readonly headers: unknown; readonly body: unknown }[];
let status: number;
let problem: object;
let postStatus: number;

beforeEach(() => {
  platform = new FakePlatform();
  streams = [];
  posts = [];
  status = postStatus = 200;
  problem = {};
  platform.answer = (url, init) => {
    if (init?.method === "POST") {
      posts.push({ url, headers: init.headers, body: JSON.parse(String(init.body)) });
      return Promise.resolve(new Response(JSON.stringify(problem), { status: postStatus }));
    }
    if (status !== 200) return Promise.resolve(new Response(JSON.stringify(problem), { status }));
    const stream = new Stream(url, init?.signal ?? null);
    streams.push(stream);
    return Promise.resolve(new Response(stream.body));
  };
});
afterEach(() => client.close());

/** Opens a client whose WebSockets are swallowed by something in between. */
async function open(more: Partial<ConnectOptions> = {}): Promise<void> {
  client = connectOn(platform, { url: "wss://cue.example/v1/ws", content: "c 1", viewer: "v1", storage: null, ...more });
  for (let i = 0; i < 2; ++i) {
    await settle();
    platform.socket().end();
    await platform.pass(500);
  }
}
const stream = () => streams.at(-1)!;

test("after two WebSockets that came to nothing the same is heard as an event stream", async () => {
  await open({ device: "tv", previously: "anon" });
  expect([platform.sockets.length, streams.length]).toEqual([2, 1]);
  expect(stream().url.href).toBe("https://cue.example/v1/sse?viewer=v1&content=c+1&device=tv&previously=anon");
  await stream().say(welcome());
  expect(client.snapshot().status).toBe("connected");
  await stream().say(slate(1), "k3:1");
  expect(client.snapshot().cues.size).toBe(1);
});

test("events may come in any pieces", async () => {
  await open();
  const text = `retry: 500\n\n:\n\ndata: ${JSON.stringify(welcome())}\n\n:\n\nid: k3:1\ndata: ${JSON.stringify(slate(1))}\n\n`;
  for (const piece of text.match(/[^]{1,7}/g) ?? []) await stream().write(piece);
  expect(client.snapshot()).toMatchObject({ status: "connected" });
  expect(client.snapshot().cues.get("GENERAL")?.seq).toBe(1);
});

test("what the viewer does is posted, and durable with the answer", async () => {
  await open();
  await stream().say(welcome());
  await stream().say(slate(1));
  client.interact(slate(1).cues[0]!, "answer", 2);
  await settle();
  expect(posts).toEqual([
    {
      url: new URL("https://cue.example/v1/interactions"),
      headers: { "Content-Type": "application/json" },
      body: { viewer: "v1", id: "i-1", cue: "GENERAL1", kind: "answer", value: 2 },
    },
  ]);
  expect(client.snapshot().unsent).toBe(0);
});

test("a post says the device, which the ticket may ask for", async () => {
  await open({ device: "tv" });
  await stream().say(welcome());
  await stream().say(slate(1));
  client.interact(slate(1).cues[0]!, "click");
  await settle();
  expect(posts.map(({ body }) => body)).toEqual([expect.objectContaining({ viewer: "v1", device: "tv", kind: "click" })]);
});

test("a post that fails is made again, one that is invalid is not", async () => {
  await open();
  await stream().say(welcome());
  [postStatus, problem] = [503, { code: "overloaded" }];
  client.interact(slate(1).cues[0]!, "click");
  await settle();
  expect(client.snapshot().unsent).toBe(1);
  [postStatus, problem] = [400, { code: "not_your_cue" }];
  await platform.pass(2_000);
  expect([posts.length, client.snapshot().unsent]).toEqual([2, 0]);
});

test("a stream that ends is opened again where it was; WebSockets get their chance first", async () => {
  await open();
  await stream().say(welcome());
  await stream().say(slate(4), "k3:4");
  await stream().end();
  expect(client.snapshot().status).toBe("waiting");
  for (let i = 0; i < 2; ++i) {
    await platform.pass(500);
    platform.socket().end();
  }
  await platform.pass(500);
  expect([platform.sockets.length, stream().url.searchParams.get("resume")]).toEqual([4, "k3:4"]);
});

test("a stream in which not even a ping was heard for long is half open", async () => {
  await open();
  await stream().say(welcome({ ping_s: 20 }));
  for (let i = 0; i < 5; ++i) {
    await platform.pass(49_000);
    await stream().write(":\n\n");
  }
  expect(client.snapshot().status).toBe("connected");
  await platform.pass(50_000);
  expect([client.snapshot().status, stream().signal?.aborted]).toEqual(["waiting", true]);
});

test("a WebSocket that worked once is never left for a stream", async () => {
  client = connectOn(platform, { url: "ws://a/v1/ws", content: "c", viewer: "v", storage: null });
  await settle();
  platform.socket().open().say(welcome());
  for (let i = 0; i < 6; ++i) {
    platform.socket().end();
    await platform.pass(500);
  }
  expect([platform.sockets.length, streams.length]).toEqual([7, 0]);
});

describe("what an answer means", () => {
  test.each([
    [400, {}, "stopped"],
    [401, { code: "ticket_revoked" }, "stopped"],
    [401, { code: "ticket_expired" }, "waiting"],
    [403, {}, "stopped"],
    [404, {}, "waiting"],
    [429, {}, "waiting"],
    [503, {}, "waiting"],
  ])("%i %o: %s", async (code, body, expected) => {
    [status, problem] = [code, body];
    await open();
    expect(client.snapshot().status).toBe(expected);
  });

  test("a fatal error ends it as its close code would", async () => {
    await open();
    await stream().say({ t: "error", code: "unknown_content", message: 'unknown content "c 1"', fatal: true });
    await stream().end();
    expect(client.snapshot()).toMatchObject({ status: "stopped", trouble: { code: "unknown_content", message: 'unknown content "c 1"' } });
  });
});

describe("with tickets", () => {
  const ticketOf = (sub: string) => `h.${Buffer.from(JSON.stringify({ sub })).toString("base64url")}.s`;

  test("posts say whom the ticket names, and carry it", async () => {
    client = connectOn(platform, { url: "ws://a/v1/ws", content: "c", ticket: () => Promise.resolve(ticketOf("zoë?")), storage: null });
    for (let i = 0; i < 2; ++i) {
      await settle();
      platform.socket().end();
      await platform.pass(500);
    }
    await stream().say(welcome());
    client.interact(slate(1).cues[0]!, "click");
    await settle();
    expect(posts[0]).toMatchObject({ headers: { Authorization: `Bearer ${ticketOf("zoë?")}` }, body: { viewer: "zoë?" } });
  });

  test("the stream is opened anew with the newer one, where it was, and nothing is lost", async () => {
    const tickets = ["t1", "t2", "t3", "t4"];
    await open({ ticket: () => Promise.resolve(tickets.shift() ?? "") });
    expect(stream().url.searchParams.get("ticket")).toBe("t3");
    await stream().say(welcome());
    await stream().say(slate(1), "k3:1");
    await stream().say({ t: "ticket_expiring", expires: "2026-06-11T19:01:00Z" });
    await settle();
    expect([...stream().url.searchParams]).toContainEqual(["ticket", "t4"]);
    expect(stream().url.searchParams.get("resume")).toBe("k3:1");
    expect(streams[0]?.signal?.aborted).toBe(true);
    await stream().say(welcome({ seq: 1 }));
    await stream().say(slate(2), "k3:2");
    expect(client.snapshot()).toMatchObject({ status: "connected" });
    expect(client.snapshot().cues.get("GENERAL")?.seq).toBe(2);
  });
});
