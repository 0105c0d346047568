// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
//
// The viewer SDK against the real program: MATCHCUE_BINARY, or that of the release preset; skipped where there is none.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { connect, connectOn, type Client, type Snapshot } from "@matchcue/client/client.ts";
import { browser, type Platform } from "@matchcue/client/platform.ts";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

const binary = process.env.MATCHCUE_BINARY ?? path.resolve(import.meta.dirname, "../../build/release/matchcue");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address ? address.port : 0;
}

/** One server that can be killed and started again: same ports, same data. */
class Server {
  folder = "";
  viewers = "";
  api = "";
  #child: ChildProcess | null = null;

  async prepare(): Promise<void> {
    this.folder = await mkdtemp(path.join(tmpdir(), "matchcue-web-"));
    [this.viewers, this.api] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  }
  async start(...flags: string[]): Promise<void> {
    const words = ["serve", "--listen", this.viewers, "--api", this.api, "--web", "off", "--data-dir", path.join(this.folder, "data"), ...flags];
    this.#child = spawn(binary, words, { cwd: this.folder, stdio: ["ignore", "ignore", "inherit"] });
    await vi.waitFor(async () => expect((await fetch(`http://${this.api}/readyz`)).ok).toBe(true), { timeout: 20_000, interval: 20 });
  }
  async kill(): Promise<void> {
    const ended = new Promise((done) => this.#child?.once("close", done));
    this.#child?.kill("SIGKILL");
    await ended;
  }
  async ask(method: string, route: string, body?: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`http://${this.api}${route}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${route}: ${await answer.text()}`);
    return answer.json();
  }
  fire(event: string, mediaTime?: string): Promise<unknown> {
    return this.ask("POST", "/v1/events/1/moments", { state: { MATCH_EVENT: event }, ...(mediaTime && { media_time: mediaTime }) });
  }
  async interactionsOf(viewer: string): Promise<{ id: string; kind: string }[]> {
    const { interactions } = (await this.ask("GET", `/v1/interactions?viewer=${viewer}&limit=100`)) as { interactions: { id: string; kind: string }[] };
    return interactions;
  }
}

function memory() {
  const map = new Map<string, string>();
  return { getItem: (key: string) => map.get(key) ?? null, setItem: (key: string, value: string) => void map.set(key, value), removeItem: (key: string) => void map.delete(key) };
}

const until = (client: Client, holds: (snapshot: Snapshot) => boolean) =>
  vi.waitFor(() => {
    if (!holds(client.snapshot())) throw new Error(`not yet: ${JSON.stringify(client.snapshot(), (_, value) => (value instanceof Map ? [...value] : value))}`);
    return client.snapshot();
  }, { timeout: 15_000, interval: 10 });
const firstCue = ({ cues }: Snapshot) => [...cues.values()][0]!.cue;

describe.skipIf(!existsSync(binary))("the SDK and the real server", { timeout: 60_000 }, () => {
  const server = new Server();
  const clients: Client[] = [];
  const keep = (client: Client) => {
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    await server.prepare();
    await server.start();
    await server.ask("PUT", "/v1/contents/c1", { event: "1" });
  }, 30_000);
  afterEach(() => clients.splice(0).forEach((client) => client.close()));
  afterAll(async () => {
    await server.kill();
    await rm(server.folder, { recursive: true, force: true });
  });
  /** A machine that no WebSocket gets through from. */
  const withoutSockets: Platform = {
    ...browser,
    openSocket: (_, events) => ({ send: () => {}, close: browser.after(0, () => events.closed(1006)) }),
  };
  const options = (viewer: string) => ({ url: `ws://${server.viewers}/v1/ws`, content: "c1", viewer, device: "d1", storage: memory() });

  test("a moment's slate arrives, and what the viewer does is acknowledged", async () => {
    const client = keep(connect(options("ann")));
    await until(client, ({ status }) => status === "connected");
    await server.fire("GOAL");
    const shown = await until(client, ({ context, cues }) => context.MATCH_EVENT === "GOAL" && cues.size > 0);
    client.interact(firstCue(shown), "click");
    expect(client.snapshot().unsent).toBe(1);
    await until(client, ({ unsent }) => unsent === 0);
    expect((await server.interactionsOf("ann")).map(({ kind }) => kind)).toEqual(["click"]);
  });

  test("after kill -9 it comes back by itself, says whether continuity held, and loses nothing that the viewer did", async () => {
    const client = keep(connect(options("bob")));
    await server.fire("GOAL");
    const shown = await until(client, ({ context, cues }) => context.MATCH_EVENT === "GOAL" && cues.size > 0);
    client.interact(firstCue(shown), "click");
    await server.kill();
    client.interact(firstCue(shown), "convert", 5);
    await until(client, ({ status, trouble }) => status === "waiting" && trouble !== null);
    expect(client.snapshot().cues.size, "what is on screen stays there").toBeGreaterThan(0);
    await server.start();
    const back = await until(client, ({ status, unsent }) => status === "connected" && unsent === 0);
    expect(back.continuity).toMatch(/kept|lost/);
    expect((await server.interactionsOf("bob")).map(({ kind }) => kind).sort()).toEqual(["click", "convert"]);
    await server.fire("CORNER");
    await until(client, ({ context }) => context.MATCH_EVENT === "CORNER");
  });

  test("a page that is loaded again shows and waits for the same cues", async () => {
    let programmeTime = Date.parse("2026-06-11T19:00:30Z");
    const mine = { ...options("cleo"), clock: { now: () => ({ programmeTime, rate: 0 }) } };
    const before = keep(connect(mine));
    await until(before, ({ status }) => status === "connected");
    await server.fire("GOAL", "2026-06-11T19:00:00Z");
    await server.fire("CORNER", "2026-06-11T19:01:00Z");
    const shown = await until(before, ({ held, context }) => held === 1 && context.MATCH_EVENT === "GOAL");
    before.close();
    const after = keep(connect(mine));
    const again = await until(after, ({ held, cues }) => held === 1 && cues.size > 0);
    expect([...again.cues.values()].map(({ cue }) => cue)).toEqual([...shown.cues.values()].map(({ cue }) => cue));
    programmeTime += 60_000;
    after.clockChanged();
    expect(after.snapshot().context.MATCH_EVENT).toBe("CORNER");
  });

  test("where no WebSocket gets through, the same comes as an event stream", async () => {
    const client = keep(connectOn(withoutSockets, options("dan")));
    await until(client, ({ status }) => status === "connected");
    await server.fire("PENALTY");
    const shown = await until(client, ({ context, cues }) => context.MATCH_EVENT === "PENALTY" && cues.size > 0);
    client.dismiss(firstCue(shown));
    await until(client, ({ unsent }) => unsent === 0);
    expect((await server.interactionsOf("dan")).map(({ kind }) => kind)).toEqual(["dismiss"]);
  });

  test.each([
    ["WebSocket", browser],
    ["event stream", withoutSockets],
  ])("with tickets over a %s: a newer one is handed over in time, and nothing is interrupted", async (_, platform) => {
    const guarded = new Server();
    await guarded.prepare();
    const file = (name: string) => path.join(guarded.folder, name);
    writeFileSync(file("signing.json"), execFileSync(binary, ["ticket", "key", "k1", "--checking-file", file("keys.json")]));
    await guarded.start("--set", `viewers.ticket_keys=${file("keys.json")}`);
    await guarded.ask("PUT", "/v1/contents/c1", { event: "1" });
    // Of one minute: the server warns at once.
    const ticket = vi.fn(() => Promise.resolve(execFileSync(binary, ["ticket", "make", "eve", "--minutes", "1", "--keys", file("signing.json")]).toString().trim()));
    const client = connectOn(platform, { url: `ws://${guarded.viewers}/v1/ws`, content: "c1", ticket, storage: memory() });
    const statuses: string[] = [];
    try {
      await until(client, ({ status }) => status === "connected");
      const tickets = ticket.mock.calls.length;
      client.subscribe(() => statuses.push(client.snapshot().status));
      await vi.waitFor(() => expect(ticket.mock.calls.length).toBeGreaterThan(tickets), { timeout: 10_000 });
      await guarded.fire("GOAL");
      const shown = await until(client, ({ cues }) => cues.size > 0);
      client.interact(firstCue(shown), "click");
      await until(client, ({ unsent }) => unsent === 0);
      expect((await guarded.interactionsOf("eve")).map(({ kind }) => kind)).toEqual(["click"]);
      expect(new Set(statuses)).toEqual(new Set(["connected"]));
    } finally {
      client.close();
      await guarded.kill();
      await rm(guarded.folder, { recursive: true, force: true });
    }
  });
});
