// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from "vitest";

import { decodeConfig, fetchConfig } from "./config.ts";

const base = "http://localhost:3000/config.json";
const digest = `sha384-${"A".repeat(64)}`;
const whole = {
  viewers: "ws://localhost:8080/v1/ws",
  content: "c1",
  picture: { url: "http://localhost:3010/live.m3u8" },
  remotes: { bet: { manifest: "http://localhost:3001/mf-manifest.json", integrity: { "remote.js": digest }, sandbox: true } },
};

describe("the configuration", () => {
  test("is read as it is", () => {
    const config = decodeConfig(whole, base);
    expect(config).toMatchObject({ viewers: whole.viewers, content: "c1", picture: whole.picture });
    expect(config.remotes.get("bet")).toEqual({ manifest: whole.remotes.bet.manifest, integrity: new Map([["remote.js", digest]]), sandbox: true });
  });

  test("may leave out the picture, integrity and sandbox, and name what nobody knows yet", () => {
    const config = decodeConfig({ viewers: whole.viewers, content: "c1", remotes: { bet: { manifest: "/bet/mf-manifest.json" } }, more: 1 }, base);
    expect(config.picture).toBeNull();
    expect(config.remotes.get("bet")).toEqual({ manifest: "http://localhost:3000/bet/mf-manifest.json", integrity: null, sandbox: false });
  });

  test.each([
    [[], "it should be an object"],
    [{ ...whole, viewers: "http://localhost" }, 'viewers should be an address of ws: or wss:, not "http://localhost"'],
    [{ ...whole, content: "" }, "content should be a text that is not empty"],
    [{ ...whole, picture: { url: "javascript:alert(1)" } }, "picture.url should be an address of http: or https:"],
    [{ ...whole, remotes: { bet: { manifest: 7 } } }, "remotes.bet.manifest should be a text"],
    [{ ...whole, remotes: { bet: { ...whole.remotes.bet, sandbox: "yes" } } }, "remotes.bet.sandbox should be true or false"],
    [{ ...whole, remotes: { bet: { ...whole.remotes.bet, integrity: { "remote.js": "md5-1" } } } }, 'remotes.bet.integrity["remote.js"] should be sha384-'],
    [{ ...whole, remotes: { bet: { ...whole.remotes.bet, integrity: {} } } }, "remotes.bet.integrity should be null, or name at least one script"],
  ])("that is wrong is refused by name: %#", (value, words) => {
    expect(() => decodeConfig(value, base)).toThrow(words);
  });
});

test.each([
  [() => Promise.reject(new TypeError("no network")), "config.json cannot be reached"],
  [() => Promise.resolve(new Response("", { status: 503 })), "config.json: the server answers 503"],
  [() => Promise.resolve(new Response("<html>")), "config.json is not JSON"],
])("what goes wrong on the way is said in words: %#", async (answer, words) => {
  const fetcher = vi.fn<typeof fetch>(answer);
  await expect(fetchConfig(fetcher, base, AbortSignal.timeout(1_000))).rejects.toThrow(words);
  expect(fetcher.mock.calls[0]?.[1]?.cache).toBe("no-store");
});
