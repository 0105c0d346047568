// SPDX-License-Identifier: Apache-2.0
//
// What a close code means for whoever was connected: docs/reference/viewers.md, src/codec/close_code.h.

export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** After these, trying again would end the same way. After any other, or none at all: reconnect. */
const stops: Readonly<Record<number, Trouble>> = {
  1000: { code: "normal", message: "The server ended the conversation." },
  1002: { code: "websocket_error", message: "The server did not understand a frame." },
  1003: { code: "unsupported_content", message: "The server only reads text." },
  1007: { code: "bad_utf8", message: "The server only reads UTF-8." },
  1008: { code: "policy_violation", message: "The server does not let this page in." },
  1009: { code: "too_big", message: "A message was too big for the server." },
  4001: { code: "protocol_error", message: "A message broke the rules of the protocol." },
  4003: { code: "session_replaced", message: "This is open elsewhere on the same device." },
  4004: { code: "unknown_content", message: "The server does not know what is being watched." },
  4008: { code: "ticket_refused", message: "The ticket was refused." },
};

/** Why one has to stop; null when one is to reconnect. */
export const stopAfter = (code: number): Trouble | null => stops[code] ?? null;

/** The close code that a WebSocket would have ended with, where only an error's code is known. */
export function closeCodeOf(error: string): number {
  if (error === "unknown_content") return 4004;
  if (error === "ticket_expired") return 4009;
  return error.startsWith("ticket") ? 4008 : 1011;
}

/** The connection broke, or never came to be. */
export const BROKEN = 1006;
export const RESTART = 4000;
