// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { makeFrameReader, type StreamedFrame } from "./event-stream.ts";

const stream = ': hello\r\nevent: view\r\nid: 7\r\ndata: {"name":"Müller ⚽",\r\ndata: "n":1}\r\n\r\nevent: change\nid: 8\ndata:x\n\ndata: no id of its own\n\n';

function read(portions: readonly Uint8Array[]): readonly StreamedFrame[] {
  const frames: StreamedFrame[] = [];
  const feed = makeFrameReader((frame) => frames.push(frame));
  for (const portion of portions) feed(portion);
  return frames;
}

const whole: readonly StreamedFrame[] = [
  { event: "view", data: '{"name":"Müller ⚽",\n"n":1}', id: "7" },
  { event: "change", data: "x", id: "8" },
  { event: "message", data: "no id of its own", id: "8" },
];

test("frames are the same wherever the bytes are split", () => {
  const bytes = new TextEncoder().encode(stream);
  for (let at = 0; at <= bytes.length; at += 1) {
    expect(read([bytes.slice(0, at), bytes.slice(at)]), `split at ${String(at)}`).toEqual(whole);
  }
  expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
});

test("a frame is not told before its blank line", () => {
  expect(read([new TextEncoder().encode("data: half\n")])).toEqual([]);
});

test("comments and unknown fields are not frames", () => {
  expect(read([new TextEncoder().encode(": keep alive\n\nretry: 5\nwhat\n\n")])).toEqual([]);
});
