// SPDX-License-Identifier: Apache-2.0
//
// One request to the API, decoded; everything that can go wrong becomes a Problem.

import type { Decode } from "./decode.ts";
import { problemOf, unreachable } from "./problem.ts";
import { tokenDesk } from "./token.ts";

/** "/v1/events/a%2Fb": the parts are ids and get escaped. */
export const address = (...parts: readonly string[]): string => `/v1/${parts.map(encodeURIComponent).join("/")}`;

export function authorization(): Record<string, string> {
  const token = tokenDesk.current();
  return token ? { authorization: `Bearer ${token}` } : {};
}

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | "PATCH";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Asks for a token on 401 and tries again with it. Throws a Problem, or a DecodeError when the server speaks otherwise. */
export async function call<T>(path: string, decode: Decode<T>, request: Request = {}): Promise<T> {
  const sent = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const headers = { ...authorization(), ...(request.body === undefined ? {} : { "content-type": "application/json" }) };
  let answer: Response;
  let body: string;
  try {
    answer = await fetch(path, { method: request.method ?? "GET", headers, signal: request.signal ?? null, cache: "no-store", ...sent });
    body = await answer.text();
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw unreachable();
  }
  if (answer.status === 401 && (await tokenDesk.ask())) return call(path, decode, request);
  if (!answer.ok) throw problemOf(answer.status, body);
  return decode(JSON.parse(body), "");
}
