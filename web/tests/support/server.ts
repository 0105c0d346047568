// SPDX-License-Identifier: Apache-2.0
//
// The real program, and its API. MATCHCUE_BINARY names it; without that it is what the release preset builds.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const binary = process.env["MATCHCUE_BINARY"] ?? path.resolve(import.meta.dirname, "../../../build/release/matchcue");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export class MatchcueServer {
  readonly viewers: string;
  readonly #api: string;
  readonly #folder: string;
  readonly #words: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(folder: string, viewersPort: number, apiPort: number, words: readonly string[]) {
    this.#folder = folder;
    this.viewers = `ws://localhost:${viewersPort}/v1/ws`;
    this.#api = `http://127.0.0.1:${apiPort}`;
    this.#words = ["serve", "--listen", `127.0.0.1:${viewersPort}`, "--api", `127.0.0.1:${apiPort}`, "--data-dir", path.join(folder, "data"), ...words];
  }

  /** A server with the sample's catalogue, in a folder of its own; without `words` it serves no sites. */
  static async start(words: readonly string[] = ["--web", "off"]): Promise<MatchcueServer> {
    const folder = await mkdtemp(path.join(tmpdir(), "matchcue-web-"));
    const server = new MatchcueServer(folder, await freePort(), await freePort(), words);
    await server.run();
    return server;
  }

  /** Starts it (again), and waits until it is ready. */
  async run(): Promise<void> {
    this.#child = spawn(binary, this.#words, { cwd: this.#folder, stdio: ["ignore", "ignore", "inherit"] });
    let broken = "";
    this.#child.once("error", (error) => (broken = error.message));
    const deadline = Date.now() + 20_000;
    while (!(await fetch(`${this.#api}/readyz`).then((response) => response.ok, () => false))) {
      if (broken || this.#child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not get ready: ${broken}`);
      await wait(20);
    }
  }

  /** kill -9 */
  async kill(): Promise<void> {
    if (this.#child?.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Its JSON answer; throws where the API refuses. */
  async ask<Answer>(method: "GET" | "PUT" | "POST", address: string, body?: unknown): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(this.#api + address, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  /** Which component renders an item. */
  async setRemote(item: string, remote: string, module: string): Promise<void> {
    const { fields } = await this.ask<{ fields: Record<string, unknown> }>("GET", `/v1/items/${item}`);
    await this.ask("PUT", `/v1/items/${item}`, { ...fields, REMOTE: JSON.stringify({ remote, module }) });
  }
}
