// SPDX-License-Identifier: Apache-2.0
//
// Health and the audit log.

import { authorization, call } from "./call.ts";
import type { Decoded } from "./decode.ts";
import { anything, list, nullable, number, object, text } from "./decode.ts";

const status = object({ status: text, storage: text });
export type Status = Decoded<typeof status>;

const auditPage = object({
  records: list(
    object({
      number,
      at: text,
      who: text,
      from: text,
      operation: text,
      target: text,
      request: anything,
      before: anything,
      after: anything,
      status: nullable(number),
    }),
  ),
  next: nullable(number),
});
export type AuditRecord = Decoded<typeof auditPage>["records"][number];

/** Answers also while the server is starting, stopping or in trouble: that is then the status. */
export async function findStatus(path: "/healthz" | "/readyz", signal: AbortSignal): Promise<Status> {
  const answer = await fetch(path, { signal, cache: "no-store" });
  return status(await answer.json(), path);
}

/** "0.1.0"; empty when the metrics do not say. */
export async function findVersionOfServer(signal: AbortSignal): Promise<string> {
  const answer = await fetch("/metrics", { signal, headers: authorization() });
  return /matchcue_build_info\{version="([^"]*)"/.exec(await answer.text())?.[1] ?? "";
}

const PAGE = 200;
/** The newest records, newest first. The log is numbered from 1 and read forwards, so its end is searched for. */
export async function listAudit(signal: AbortSignal): Promise<readonly AuditRecord[]> {
  const read = async (after: number, limit: number): Promise<readonly AuditRecord[]> =>
    (await call(`/v1/audit?after=${String(after)}&limit=${String(limit)}`, auditPage, { signal })).records;
  const hasBeyond = async (after: number): Promise<boolean> => (await read(after, 1)).length > 0;
  let from = 0;
  let beyond = PAGE;
  while (await hasBeyond(beyond)) [from, beyond] = [beyond, beyond * 2];
  while (beyond - from > PAGE / 2) {
    const middle = Math.floor((from + beyond) / 2);
    if (await hasBeyond(middle)) from = middle;
    else beyond = middle;
  }
  return (await read(Math.max(0, beyond - PAGE), PAGE)).toReversed();
}

const config = object({ home: nullable(text) });
/** Where the home application is served; null when it is not. */
export async function findHome(signal: AbortSignal): Promise<string | null> {
  const answer = await fetch("/config.json", { signal, cache: "no-store" });
  const found: unknown = await answer.json();
  return config({ home: null, ...(typeof found === "object" ? found : {}) }, "config").home;
}
