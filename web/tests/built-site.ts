// SPDX-License-Identifier: Apache-2.0
//
// Serves what was built, as any static host would, and opens it in Chromium.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { type Browser, chromium } from "playwright-core";

const root = path.resolve(import.meta.dirname, "../../build/web");
const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".woff2": "font/woff2",
};
/** As strict as a site can be served: no inline scripts, no inline styles, nothing from elsewhere. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src data:; connect-src 'self'; frame-src *";

export const isBuilt = (name: string): boolean => existsSync(path.join(root, name, "mf-manifest.json"));

export const readBuilt = (name: string, file: string): string => readFileSync(path.join(root, name, file), "utf8");

export interface Site {
  /** With a slash at the end. */
  readonly url: string;
  close(): void;
}

/** `host` is the name that it is opened by; localhost and 127.0.0.1 are two sites to a browser. `extra` are pages beside it. */
export async function serveBuilt(name: string, host = "127.0.0.1", extra: Readonly<Record<string, string>> = {}): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://any");
    const wanted = pathname === "/" ? "/index.html" : decodeURIComponent(pathname);
    const file = path.join(root, name, path.normalize(wanted));
    const body = extra[wanted] ?? (existsSync(file) ? readFileSync(file) : null);
    if (body === null) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, {
        "content-type": TYPES[path.extname(wanted)] ?? "application/octet-stream",
        "access-control-allow-origin": "*",
        ...(extra[wanted] === undefined && { "content-security-policy": POLICY }),
      })
      .end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://${host}:${String((server.address() as AddressInfo).port)}/`, close: () => server.close() };
}

const CHROMIUM = "/usr/bin/chromium";

export const hasChromium = existsSync(CHROMIUM);

export function openBrowser(): Promise<Browser> {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...quiet] });
}
