// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { address, call } from "./call.ts";
import { number, object } from "./decode.ts";
import { tokenDesk } from "./token.ts";

const answer = object({ n: number });
const asked = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  asked.mockReset();
  sessionStorage.clear();
  vi.stubGlobal("fetch", asked);
});
afterEach(() => vi.unstubAllGlobals());

test("ids in an address cannot be taken for parts of it", () => {
  expect(address("viewers", "a/../b?c")).toBe("/v1/viewers/a%2F..%2Fb%3Fc");
});

test("where a token is wanted it is asked for, and the request goes again with it", async () => {
  asked.mockResolvedValueOnce(new Response("{}", { status: 401 })).mockResolvedValueOnce(Response.json({ n: 1 }));
  const called = call("/v1/x", answer, { method: "POST", body: { a: 1 } });
  await vi.waitFor(() => expect(tokenDesk.isAsking()).toBe(true));
  tokenDesk.give("secret");
  expect(await called).toEqual({ n: 1 });
  expect(asked.mock.calls[1]?.[1]).toMatchObject({ method: "POST", body: '{"a":1}', headers: { authorization: "Bearer secret" } });
});

test("who gives no token gets the server's answer", async () => {
  const problem = { title: "Unauthorized", detail: "no token", code: "token_missing", errors: [], request_id: "r" };
  asked.mockResolvedValue(new Response(JSON.stringify(problem), { status: 401 }));
  const called = call("/v1/x", answer);
  await vi.waitFor(() => expect(tokenDesk.isAsking()).toBe(true));
  tokenDesk.give(null);
  await expect(called).rejects.toMatchObject({ message: "no token", status: 401 });
});

test("a server that cannot be reached is a problem in words", async () => {
  asked.mockRejectedValue(new TypeError("Failed to fetch"));
  await expect(call("/v1/x", answer)).rejects.toMatchObject({ message: "The server does not answer.", code: "unreachable" });
});

test("an answer in another shape is refused by its place", async () => {
  asked.mockResolvedValue(Response.json({ n: "1" }));
  await expect(call("/v1/x", answer)).rejects.toThrow("n should be a number, and is string");
});
