// SPDX-License-Identifier: Apache-2.0
//
// Compares a remote's scripts with the digests that config.json names, before any of them runs. The browser fetches them once
// more to run them, from its cache where the remote lets it: this finds a remote that was changed, by mistake or by somebody;
// a remote that is not trusted at all belongs into a sandbox.

import type { RemoteConfig } from "./config.ts";

async function sha384(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-384", bytes);
  return `sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

async function read(fetcher: typeof fetch, address: URL): Promise<ArrayBuffer> {
  const response = await fetcher(address.href, { credentials: "omit" });
  if (!response.ok) throw new Error(`${address.pathname} answers ${response.status}`);
  return response.arrayBuffer();
}

/** Throws an Error in words when a script differs, cannot be read, or the manifest starts with one that is not listed. */
export async function checkIntegrity(fetcher: typeof fetch, { manifest, integrity }: RemoteConfig): Promise<void> {
  // Pages without TLS have no digests; whoever could change a remote's script on its way could change such a page as well.
  if (!integrity || !globalThis.isSecureContext) return;
  const text = new TextDecoder().decode(await read(fetcher, new URL(manifest)));
  const entry = (JSON.parse(text) as { metaData?: { remoteEntry?: { path?: string; name?: string } } }).metaData?.remoteEntry;
  const first = `${entry?.path ?? ""}${entry?.name ?? ""}`;
  if (!integrity.has(first)) throw new Error(`its manifest starts with "${first}", which has no digest`);
  await Promise.all(
    [...integrity].map(async ([name, expected]) => {
      if ((await sha384(await read(fetcher, new URL(name, manifest)))) !== expected) throw new Error(`${name} is not what it should be`);
    }),
  );
}
