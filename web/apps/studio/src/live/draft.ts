// SPDX-License-Identifier: Apache-2.0
//
// A moment while it is written: the context fields as text, and what of them goes to the server.

import type { Value, Values } from "@matchcue/protocol/frames.ts";

import type { Change } from "../api/events.ts";

export interface ContextField {
  readonly name: string;
  readonly isNumber: boolean;
  readonly choices: readonly string[];
}

export interface QuickMoment {
  readonly key: string;
  readonly name: string;
  readonly state: Values;
}

export const QUICK_MOMENTS: readonly QuickMoment[] = [
  { key: "g", name: "GOAL", state: { MATCH_EVENT: "GOAL" } },
  { key: "p", name: "PENALTY", state: { MATCH_EVENT: "PENALTY" } },
  { key: "f", name: "FREE-KICK", state: { MATCH_EVENT: "FREE-KICK" } },
  { key: "y", name: "YELLOW-CARD", state: { MATCH_EVENT: "YELLOW-CARD" } },
  { key: "j", name: "INJURY", state: { MATCH_EVENT: "INJURY" } },
  { key: "t", name: "THROW", state: { MATCH_EVENT: "THROW" } },
  { key: "i", name: "INTERVAL", state: { MATCH_EVENT: "INTERVAL", MATCH_TIMING: "INTERVAL" } },
];

/** The values that the sample's match knows. Others may be typed, and those that were seen are offered too. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  MATCH_EVENT: ["GOAL", "PENALTY", "FREE-KICK", "YELLOW-CARD", "INJURY", "THROW", "SHOT", "SUBSTITUTION", "INTERVAL", "PRE-MATCH", "POST-MATCH"],
  MATCH_TIMING: [
    "PRE-MATCH",
    "FIRST-HALF-1",
    "FIRST-HALF-2",
    "FIRST-HALF-3",
    "INTERVAL",
    "SECOND-HALF-1",
    "SECOND-HALF-2",
    "SECOND-HALF-3",
    "OVER-TIME",
    "POST-MATCH",
  ],
  MATCH_TYPE: ["LEAGUE", "SEMI-FINAL", "FINAL"],
  MATCH_VENUE: ["France", "Amsterdam", "Argentina"],
  SCORE_DIFFERENCE: ["0", "1", "2", "3", "4"],
};
const RESERVED = ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE"];

export interface SchemaField {
  readonly name: string;
  readonly isNumber: boolean;
}

/** @param schema the interactions' columns; null when they are not known: then those that the state has, or the sample's */
export function contextFields(schema: readonly SchemaField[] | null, state: Values, changes: readonly Change[]): readonly ContextField[] {
  const columns = schema?.filter(({ name }) => !RESERVED.includes(name)) ?? Object.keys(KNOWN).map((name) => ({ name, isNumber: false }));
  const missing = Object.keys(state).filter((name) => !columns.some((column) => column.name === name));
  return [...columns, ...missing.map((name) => ({ name, isNumber: typeof state[name] === "number" }))].map(({ name, isNumber }) => {
    const seen = changes.map(({ after }) => after[name]).filter((value) => value !== null && value !== undefined);
    return { name, isNumber, choices: [...new Set([...(KNOWN[name] ?? []), ...seen.map(String)])] };
  });
}

export type Draft = Readonly<Record<string, string>>;

export function draftOf(fields: readonly ContextField[], state: Values): Draft {
  return Object.fromEntries(fields.map(({ name }) => [name, state[name] === null || state[name] === undefined ? "" : String(state[name])]));
}

/** What a correction of `wrong` puts right: fields that still have its value get the one from before. */
export function restored(wrong: Change, present: Values): Values {
  const changed = Object.keys({ ...wrong.before, ...wrong.after }).filter((name) => wrong.before[name] !== wrong.after[name]);
  const stillWrong = changed.filter((name) => (present[name] ?? null) === (wrong.after[name] ?? null));
  return { ...present, ...Object.fromEntries(stillWrong.map((name) => [name, wrong.before[name] ?? null])) };
}

function toValue(text: string, isNumber: boolean): Value {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return isNumber && Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
}

/** The fields that differ from the present state; null removes one. */
export function changesOf(fields: readonly ContextField[], draft: Draft, present: Values): Values {
  const written = fields.map(({ name, isNumber }) => [name, toValue(draft[name] ?? "", isNumber)] as const);
  return Object.fromEntries(written.filter(([name, value]) => value !== (present[name] ?? null)));
}
