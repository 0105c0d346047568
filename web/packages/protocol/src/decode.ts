// SPDX-License-Identifier: Apache-2.0
//
// Reads what the server says. Strict about what a frame of a known type has to have, and silent about what it does not
// know: other fields, other types. Written by hand, since every viewer downloads it.

import type { Cue, RemoteName, ServerFrame, Value, Values } from "./frames.ts";

/** A frame; null where its type is unknown, which is no error; or where in it what is wrong. */
export type Decoded =
  | { readonly ok: true; readonly frame: ServerFrame | null }
  | { readonly ok: false; readonly field: string; readonly message: string };

type Fields = Readonly<Record<string, unknown>>;

class BrokenFrame extends Error {
  readonly field: string;
  constructor(field: string, value: unknown, wanted: string) {
    const shown = value === undefined ? "missing" : (JSON.stringify(value) ?? "").slice(0, 80);
    super(`${field}: ${shown} is not ${wanted}`);
    this.field = field;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isValue = (value: unknown): value is Value =>
  value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** Fields of one object of a frame, by name; `path` is what the errors call it. */
class Reader {
  readonly #fields: Fields;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (!isFields(value)) throw new BrokenFrame(path, value, "an object");
    this.#fields = value;
    this.#path = path;
  }

  #read<T>(name: string, wanted: string, is: (value: unknown) => value is T): T {
    const value = this.#fields[name];
    if (!is(value)) throw new BrokenFrame(`${this.#path}.${name}`, value, wanted);
    return value;
  }
  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }
  raw(name: string): unknown {
    return this.#fields[name];
  }
  text(name: string): string {
    return this.#read(name, "text", (value) => typeof value === "string");
  }
  flag(name: string): boolean {
    return this.#read(name, "true or false", (value) => typeof value === "boolean");
  }
  /** A whole number from 0. */
  count(name: string): number {
    return this.#read(name, "a whole number", (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0);
  }
  time(name: string): string {
    return this.#read(name, "a time", (value): value is string => typeof value === "string" && !Number.isNaN(Date.parse(value)));
  }
  timeOrNull(name: string): string | null {
    return this.#fields[name] === null ? null : this.time(name);
  }
  list(name: string): readonly unknown[] {
    return this.#read(name, "a list", (value) => Array.isArray(value));
  }
  object(name: string): Reader {
    return new Reader(this.#fields[name], `${this.#path}.${name}`);
  }
  values(name: string): Values {
    const inner = this.object(name);
    for (const [key, value] of Object.entries(inner.#fields)) {
      if (!isValue(value)) throw new BrokenFrame(`${inner.#path}.${key}`, value, "text, a number, true, false or null");
    }
    return inner.#fields as Values;
  }
}

/** An item that names no component we understand is shown by the page's own; it does not cost its slate. */
function readRemote(value: unknown): RemoteName | null {
  if (!isFields(value)) return null;
  const { remote, module } = value;
  return typeof remote === "string" && typeof module === "string" ? { remote, module } : null;
}

function readCue(value: unknown, path: string): Cue {
  const from = new Reader(value, path);
  return {
    id: from.text("id"),
    slot: from.text("slot"),
    item: from.text("item"),
    label: from.text("label"),
    remote: readRemote(from.raw("remote")),
    data: from.values("data"),
  };
}

function readContinuity(from: Reader): "kept" | "lost" {
  const said = from.text("continuity");
  if (said !== "kept" && said !== "lost") throw new BrokenFrame("welcome.continuity", said, "kept or lost");
  return said;
}

function readCueId(value: unknown, at: number): string {
  if (typeof value !== "string") throw new BrokenFrame(`retract.cues[${at}]`, value, "text");
  return value;
}

const readers: Readonly<Record<string, (from: Reader) => ServerFrame>> = {
  welcome: (from) => {
    const retry = from.object("retry");
    return {
      t: "welcome",
      session: from.text("session"),
      epoch: from.text("epoch"),
      seq: from.count("seq"),
      continuity: readContinuity(from),
      ping_s: from.count("ping_s"),
      retry: { min_ms: retry.count("min_ms"), max_ms: retry.count("max_ms") },
    };
  },
  slate: (from) => ({
    t: "slate",
    seq: from.count("seq"),
    event: from.text("event"),
    moment: from.count("moment"),
    decision: from.text("decision"),
    context: from.values("context"),
    media_time: from.timeOrNull("media_time"),
    expires_media_time: from.timeOrNull("expires_media_time"),
    expires_at: from.time("expires_at"),
    cues: from.list("cues").map((cue, at) => readCue(cue, `slate.cues[${at}]`)),
  }),
  retract: (from) => ({ t: "retract", seq: from.count("seq"), cues: from.list("cues").map(readCueId), reason: from.text("reason") }),
  ack: (from) => ({ t: "ack", id: from.text("id") }),
  ticket_ack: (from) => ({ t: "ticket_ack", expires: from.time("expires") }),
  ticket_expiring: (from) => ({ t: "ticket_expiring", expires: from.time("expires") }),
  goaway: (from) => ({ t: "goaway", reconnect_in_ms: from.count("reconnect_in_ms") }),
  error: (from) => ({
    t: "error",
    code: from.text("code"),
    message: from.text("message"),
    ...(from.has("field") && { field: from.text("field") }),
    ...(from.has("id") && { id: from.text("id") }),
    fatal: from.flag("fatal"),
  }),
};

/** Reads one frame. Never throws. */
export function decodeServerFrame(text: string): Decoded {
  try {
    const parsed: unknown = JSON.parse(text);
    const type = new Reader(parsed, "frame").text("t");
    const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
    return { ok: true, frame: read ? read(new Reader(parsed, type)) : null };
  } catch (problem) {
    if (problem instanceof BrokenFrame) return { ok: false, field: problem.field, message: problem.message };
    return { ok: false, field: "frame", message: `frame: ${JSON.stringify(text.slice(0, 80))} is not JSON` };
  }
}
