// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { checkIntegrity } from "./integrity.ts";

const manifest = "http://localhost:3001/bet/mf-manifest.json";
const scripts: Record<string, string> = { "remote.js": "export const a = 1;", "assets/card.js": "export const b = 2;" };
const digests = () => new Map(Object.entries(scripts).map(([name, text]) => [name, `sha384-${createHash("sha384").update(text).digest("base64")}`]));

function serve(changes: Record<string, string | null> = {}, entry = "remote.js"): typeof fetch {
  const files: Record<string, string | null> = { ...scripts, "mf-manifest.json": JSON.stringify({ metaData: { remoteEntry: { path: "", name: entry } } }), ...changes };
  return (input) => {
    const text = files[String(input).replace("http://localhost:3001/bet/", "")];
    return Promise.resolve(text === null || text === undefined ? new Response("", { status: 404 }) : new Response(text));
  };
}
const check = (fetcher: typeof fetch) => checkIntegrity(fetcher, { manifest, integrity: digests(), sandbox: false });

beforeEach(() => vi.stubGlobal("isSecureContext", true));
afterEach(() => vi.unstubAllGlobals());

test("scripts that are what they should be pass", async () => {
  await expect(check(serve())).resolves.toBeUndefined();
});

test("a changed script is refused by name", async () => {
  await expect(check(serve({ "assets/card.js": "steal()" }))).rejects.toThrow("assets/card.js is not what it should be");
});

test("so are a script that is missing, and a manifest that starts with another one", async () => {
  await expect(check(serve({ "assets/card.js": null }))).rejects.toThrow("/bet/assets/card.js answers 404");
  await expect(check(serve({}, "other.js"))).rejects.toThrow('"other.js", which has no digest');
});

test("without digests nothing is fetched, nor on a page without TLS, which cannot reckon them", async () => {
  const never: typeof fetch = () => Promise.reject(new Error("fetched"));
  await expect(checkIntegrity(never, { manifest, integrity: null, sandbox: false })).resolves.toBeUndefined();
  vi.stubGlobal("isSecureContext", false);
  await expect(check(never)).resolves.toBeUndefined();
});
