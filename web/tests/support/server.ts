// SPDX-License-Identifier: Apache-2.0
//
// The real program, and its API. MATCHCUE_BINARY names it; without that it is what the release preset builds.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request as requestSecurely } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { Certificate } from "./certificate.ts";

const binary = process.env["MATCHCUE_BINARY"] ?? path.resolve(import.meta.dirname, "../../../build/release/matchcue");
export const builtSites = path.resolve(import.meta.dirname, "../../../build/web");

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether nobody listens there. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((done) => server.once("error", () => done(false)).listen(port, "127.0.0.1", () => done(true)));
  if (free) await new Promise((done) => server.close(done));
  return free;
}

/** Home's, and the ports after it that belong to the other sites, are free. */
async function freeHomePort(): Promise<number> {
  const sites = 11;
  for (;;) {
    const home = await freePort();
    const free = await Promise.all(Array.from({ length: sites }, (_, place) => isFree(home + place)));
    if (!free.includes(false)) return home;
  }
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** Trusts that certificate and no other. */
function askSecurely(address: string, certificate: Certificate, method: string, body: string | undefined): Promise<Reply> {
  return new Promise((done, failed) => {
    const headers = { "content-type": "application/json" };
    const asked = requestSecurely(address, { method, headers, ca: certificate.certificate }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => done({ status: response.statusCode ?? 0, text })).on("error", failed);
    });
    asked.on("error", failed).end(body);
  });
}

export interface ServerChoice {
  /** With the sites of this folder. */
  readonly sites?: string;
  /** TLS on every listener. */
  readonly certificate?: Certificate;
  /** "KEY=VALUE" */
  readonly settings?: readonly string[];
}

export class MatchcueServer {
  /** ws://localhost:PORT/v1/ws, or wss */
  readonly viewers: string;
  /** Of home; 0 without sites. */
  readonly homePort: number;
  /** http://127.0.0.1:PORT, or https */
  readonly api: string;
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly #certificate: Certificate | undefined;
  #child: ChildProcess | null = null;

  private constructor(folder: string, [viewersPort, apiPort, homePort]: readonly [number, number, number], { sites = "off", certificate, settings = [] }: ServerChoice) {
    const s = certificate ? "s" : "";
    this.#folder = folder;
    this.#certificate = certificate;
    this.viewers = `ws${s}://localhost:${viewersPort}/v1/ws`;
    this.homePort = homePort;
    this.api = `http${s}://127.0.0.1:${apiPort}`;
    const web = ["--web", sites, "--set", `web.home=${homePort}`];
    const tls = certificate ? ["--tls-cert", certificate.certificateFile, "--tls-key", certificate.keyFile] : [];
    const listeners = ["--listen", `127.0.0.1:${viewersPort}`, "--api", `127.0.0.1:${apiPort}`];
    this.#words = ["serve", ...listeners, "--data-dir", path.join(folder, "data"), ...web, ...tls, ...settings.flatMap((each) => ["--set", each])];
  }

  /** A server with the sample's catalogue, in a folder of its own. */
  static async start(choice: ServerChoice = {}): Promise<MatchcueServer> {
    const folder = await mkdtemp(path.join(tmpdir(), "matchcue-web-"));
    const server = new MatchcueServer(folder, [await freePort(), await freePort(), choice.sites ? await freeHomePort() : 0], choice);
    await server.run();
    return server;
  }

  /** Starts it (again), and waits until it is ready. */
  async run(): Promise<void> {
    this.#child = spawn(binary, this.#words, { cwd: this.#folder, stdio: ["ignore", "ignore", "inherit"] });
    let broken = "";
    this.#child.once("error", (error) => (broken = error.message));
    const deadline = Date.now() + 20_000;
    while (!(await this.#send("GET", "/readyz").then(({ status }) => status === 200, () => false))) {
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
    const { status, text } = await this.#send(method, address, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${address}: ${status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  async #send(method: string, address: string, value?: unknown): Promise<Reply> {
    const body = value === undefined ? undefined : JSON.stringify(value);
    if (this.#certificate) return askSecurely(this.api + address, this.#certificate, method, body);
    const response = await fetch(this.api + address, { method, headers: { "content-type": "application/json" }, ...(body !== undefined && { body }) });
    return { status: response.status, text: await response.text() };
  }

  /** Which component renders an item. */
  async setRemote(item: string, remote: string, module: string): Promise<void> {
    const { fields } = await this.ask<{ fields: Record<string, unknown> }>("GET", `/v1/items/${item}`);
    await this.ask("PUT", `/v1/items/${item}`, { ...fields, REMOTE: JSON.stringify({ remote, module }) });
  }
}
