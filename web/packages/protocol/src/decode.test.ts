// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, test } from "vitest";

import { decodeServerFrame } from "./decode.ts";
import type { ClientFrame } from "./frames.ts";

const folder = path.resolve(import.meta.dirname, "../../../../schema/native");
const golden = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => [path.basename(name, ".json"), readFileSync(path.join(folder, name), "utf8")]),
);
const fromServer = ["welcome", "slate", "retract", "server_ack", "ticket_ack", "ticket_expiring", "goaway", "error"];
const fromClient: Readonly<Record<string, ClientFrame>> = {
  hello: { t: "hello", viewer: "v1", content: "c1", device: "d1", resume: { epoch: "k3", seq: 812 } },
  hello_identified: { t: "hello", viewer: "bob", content: "c1", device: "d1", previously: "anon-7f3a" },
  hello_ticket: { t: "hello", ticket: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl", content: "c1", device: "d1" },
  clock: { t: "clock", pdt: "2026-06-11T19:04:05.123Z", rate: 1 },
  client_ack: { t: "ack", seq: 813 },
  interaction: { t: "interaction", id: "i-1", cue: "c_MQ.57.djE.2", kind: "click", value: 1 },
  ticket: { t: "ticket", ticket: "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl" },
};

const frameOf = (text: string) => {
  const decoded = decodeServerFrame(text);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.frame;
};
const goldenObject = (name: string) => JSON.parse(golden[name] ?? "") as Record<string, unknown>;
/** A golden frame with some fields set; those set to undefined are left out. */
const broken = (name: string, changes: Record<string, unknown>) => JSON.stringify({ ...goldenObject(name), ...changes });

describe("the golden frames", () => {
  test.each(fromServer)("%s is read with nothing lost", (name) => expect(frameOf(golden[name] ?? "")).toEqual(goldenObject(name)));
  test.each(Object.entries(fromClient))("%s is what the types say a client may send", (name, frame) => expect(goldenObject(name)).toEqual(frame));
  test("there is none that nobody checks", () => {
    expect(Object.keys(golden).sort()).toEqual([...fromServer, ...Object.keys(fromClient)].sort());
  });
});

describe("what is not known is passed over", () => {
  test("a type", () => expect(frameOf('{"t":"teleport","to":[1]}')).toBeNull());
  test("a type that every object has", () => expect(frameOf('{"t":"toString"}')).toBeNull());
  test("a field", () => expect(frameOf(broken("goaway", { future: { deep: [1] } }))).toEqual(goldenObject("goaway")));
  test("a component that names no module: the item is shown by the page's own card", () => {
    const cue = { ...(goldenObject("slate").cues as object[])[0], remote: { remote: "bet" } };
    expect(frameOf(broken("slate", { cues: [cue] }))).toMatchObject({ cues: [{ item: "bet", remote: null }] });
  });
});

const cueWith = (changes: object) => ({ cues: [{ id: "c", slot: "S", item: "i", label: "", remote: null, data: {}, ...changes }] });

test.each([
  ["", "frame", "is not JSON"],
  ["{", "frame", '"{" is not JSON'],
  ["[]", "frame", "[] is not an object"],
  ["null", "frame", "null is not an object"],
  ["{}", "frame.t", "missing"],
  ['{"t":5}', "frame.t", "5 is not text"],
  [broken("welcome", { epoch: undefined }), "welcome.epoch", "missing"],
  [broken("welcome", { seq: -1 }), "welcome.seq", "-1 is not a whole number"],
  [broken("welcome", { seq: 1.5 }), "welcome.seq", "1.5"],
  [broken("welcome", { continuity: "maybe" }), "welcome.continuity", '"maybe" is not kept or lost'],
  [broken("welcome", { retry: 5 }), "welcome.retry", "5 is not an object"],
  [broken("welcome", { retry: { min_ms: 1 } }), "welcome.retry.max_ms", "missing"],
  [broken("slate", { media_time: "soon" }), "slate.media_time", '"soon" is not a time'],
  [broken("slate", { media_time: undefined }), "slate.media_time", "missing"],
  [broken("slate", { expires_at: null }), "slate.expires_at", "null is not a time"],
  [broken("slate", { context: { SCORE: [1, 0] } }), "slate.context.SCORE", "[1,0]"],
  [broken("slate", { cues: {} }), "slate.cues", "{} is not a list"],
  [broken("slate", cueWith({ id: 7 })), "slate.cues[0].id", "7 is not text"],
  [broken("slate", cueWith({ data: { A: {} } })), "slate.cues[0].data.A", "{}"],
  [broken("slate", { cues: [null] }), "slate.cues[0]", "null is not an object"],
  [broken("retract", { cues: ["c", 1] }), "retract.cues[1]", "1 is not text"],
  [broken("goaway", { reconnect_in_ms: "9" }), "goaway.reconnect_in_ms", '"9"'],
  [broken("error", { fatal: 1 }), "error.fatal", "1 is not true or false"],
  [broken("error", { id: 4 }), "error.id", "4 is not text"],
  [broken("ticket_expiring", { expires: "" }), "ticket_expiring.expires", '"" is not a time'],
])("%s is refused: %s %s", (text, field, says) => {
  const decoded = decodeServerFrame(text);
  expect(decoded).toMatchObject({ ok: false, field });
  expect(decoded.ok ? "" : decoded.message).toContain(says);
});

test("a value that is too long to read is cut", () => {
  const decoded = decodeServerFrame(broken("slate", { seq: "x".repeat(9_999) }));
  expect(decoded.ok ? "" : decoded.message.length).toBeLessThan(150);
});
