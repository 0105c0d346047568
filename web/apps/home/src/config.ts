// SPDX-License-Identifier: Apache-2.0
//
// /config.json: what the page is told about the match and its remotes when it starts. Everything of it is checked here, so
// that nothing behind this file meets a wrong type.

export interface RemoteConfig {
  /** Address of mf-manifest.json. */
  readonly manifest: string;
  /** sha384 of every script, by its path beside the manifest; null: not checked. */
  readonly integrity: ReadonlyMap<string, string> | null;
  /** Rendered in a sandboxed iframe: whoever made it is not trusted with the page. */
  readonly sandbox: boolean;
}

export interface Config {
  /** WebSocket address of the viewers' listener. */
  readonly viewers: string;
  readonly content: string;
  readonly picture: { readonly url: string } | null;
  readonly remotes: ReadonlyMap<string, RemoteConfig>;
}

type Fields = Readonly<Record<string, unknown>>;

function wrong(where: string, expected: string): never {
  throw new Error(`config.json: ${where} should be ${expected}`);
}

function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(where, "an object");
  return value as Fields;
}

function textOf(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") wrong(`${where}${name}`, "a text that is not empty");
  return value;
}

/** An address of one of these schemes, made absolute against where config.json lies. */
function addressOf(fields: Fields, name: string, where: string, base: string, schemes: readonly string[]): string {
  const text = textOf(fields, name, where);
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (!url || !schemes.includes(url.protocol)) wrong(`${where}${name}`, `an address of ${schemes.join(" or ")}, not "${text}"`);
  return url.href;
}

const web = ["http:", "https:"];

function integrityOf(value: unknown, where: string): ReadonlyMap<string, string> | null {
  if (value === undefined || value === null) return null;
  const entries = Object.entries(fieldsOf(value, where));
  if (entries.length === 0) wrong(where, "null, or name at least one script");
  for (const [name, digest] of entries) {
    if (typeof digest !== "string" || !/^sha384-[A-Za-z0-9+/]{64}$/.test(digest)) wrong(`${where}["${name}"]`, "sha384- and 64 characters of base64");
  }
  return new Map(entries as [string, string][]);
}

function remoteOf(value: unknown, where: string, base: string): RemoteConfig {
  const fields = fieldsOf(value, where);
  const sandbox = fields["sandbox"] ?? false;
  if (typeof sandbox !== "boolean") wrong(`${where}.sandbox`, "true or false");
  return {
    manifest: addressOf(fields, "manifest", `${where}.`, base, web),
    integrity: integrityOf(fields["integrity"], `${where}.integrity`),
    sandbox,
  };
}

/** Throws an Error whose message names the field and what is expected of it. Fields that are not known are left alone. */
export function decodeConfig(value: unknown, base: string): Config {
  const fields = fieldsOf(value, "it");
  const picture = fields["picture"] ?? null;
  const remotes = Object.entries(fieldsOf(fields["remotes"] ?? {}, "remotes"));
  return {
    viewers: addressOf(fields, "viewers", "", base, ["ws:", "wss:"]),
    content: textOf(fields, "content", ""),
    picture: picture && { url: addressOf(fieldsOf(picture, "picture"), "url", "picture.", base, web) },
    remotes: new Map(remotes.map(([name, remote]) => [name, remoteOf(remote, `remotes.${name}`, base)])),
  };
}

/** Throws an Error in words for people. */
export async function fetchConfig(fetcher: typeof fetch, address: string, signal: AbortSignal): Promise<Config> {
  const response = await fetcher(address, { cache: "no-store", signal }).catch(() => {
    throw new Error("config.json cannot be reached");
  });
  if (!response.ok) throw new Error(`config.json: the server answers ${response.status}`);
  const value: unknown = await response.json().catch(() => {
    throw new Error("config.json is not JSON");
  });
  return decodeConfig(value, response.url || address);
}
