// SPDX-License-Identifier: Apache-2.0
//
// Static sites for tests: each on a free port of this machine, and each may be made to fail in a way.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";

import type { Certificate } from "./certificate.ts";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".ts": "video/mp2t",
};

/** What a site does instead of serving: answers 404, answers nothing at all, or lets no other site read it. */
export type Fault = "404" | "hangs" | "no-cors" | null;

/** Text to answer with at a path, made when it is asked for. */
export type Pages = Readonly<Record<string, () => string>>;

export interface Site {
  readonly port: number;
  /** http://localhost:PORT, or https */
  readonly origin: string;
  fault: Fault;
  stop(): Promise<void>;
}

async function answer(folder: string, pages: Pages, site: { fault: Fault }, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
  if (site.fault === "hangs") return;
  response.setHeader("Cache-Control", "no-store");
  if (site.fault !== "no-cors") response.setHeader("Access-Control-Allow-Origin", "*");
  const page = pages[name];
  if (site.fault === "404") {
    response.writeHead(404).end();
  } else if (page) {
    response.setHeader("Content-Type", types[path.extname(name)] ?? "text/plain");
    response.end(page());
  } else {
    const file = path.join(folder, path.normalize(name.endsWith("/") ? `${name}index.html` : name));
    const found = file.startsWith(folder) ? await stat(file).catch(() => null) : null;
    if (!found?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", types[path.extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  }
}

/** Serves `folder`, and before it `pages`; with TLS where there is a certificate. */
export async function serveSite(folder: string, pages: Pages = {}, port = 0, certificate: Certificate | null = null): Promise<Site> {
  const state: { fault: Fault } = { fault: null };
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    answer(folder, pages, state, request, response).catch(() => response.destroy());
  };
  const server: Server = certificate ? createSecureServer({ cert: certificate.certificate, key: certificate.key }, listen) : createServer(listen);
  await new Promise<void>((done, failed) => server.once("error", failed).listen(port, "127.0.0.1", done));
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    origin: `${certificate ? "https" : "http"}://localhost:${bound}`,
    get fault() {
      return state.fault;
    },
    set fault(fault: Fault) {
      state.fault = fault;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
