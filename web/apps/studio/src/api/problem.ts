// SPDX-License-Identifier: Apache-2.0
//
// What went wrong, in words: a problem document of the server (RFC 9457), or that it does not answer at all.

import { list, object, text } from "./decode.ts";

const document = object({
  title: text,
  detail: text,
  code: text,
  errors: list(object({ pointer: text, message: text })),
  request_id: text,
});

export class Problem extends Error {
  override readonly name = "Problem";
  /** 0: there was no answer. */
  readonly status: number;
  readonly code: string;
  /** By JSON pointer, such as /state/MATCH_EVENT. */
  readonly fields: ReadonlyMap<string, string>;
  readonly requestId: string;

  constructor(message: string, status: number, code: string, fields: ReadonlyMap<string, string> = new Map(), requestId = "") {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.requestId = requestId;
  }

  /** Somebody else changed it in between, or it is something else already. */
  get isConflict(): boolean {
    return this.status === 409;
  }
}

/** @param body what the server answered, as text; often, not always, a problem document */
export function problemOf(status: number, body: string): Problem {
  try {
    const found = document(JSON.parse(body), "");
    const fields = new Map(found.errors.map(({ pointer, message }) => [pointer, message]));
    return new Problem(found.detail || found.title, status, found.code, fields, found.request_id);
  } catch {
    return new Problem(`The server answered ${String(status)} without saying why.`, status, "unknown");
  }
}

export const unreachable = (): Problem => new Problem("The server does not answer.", 0, "unreachable");

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(error instanceof Error ? error.message : String(error), 0, "unexpected");
}
