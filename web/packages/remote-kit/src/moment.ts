// SPDX-License-Identifier: Apache-2.0
//
// What a moment's context and an item's metadata say, in words for cards. Any of it may be missing, or be something that
// nobody has heard of: then it is left out, or made readable as it is.

import type { Values } from "@matchcue/protocol/frames.ts";

export function textOf(values: Values, name: string): string {
  const value = values[name];
  return value === undefined || value === null ? "" : String(value).trim();
}

/** null when it is missing or no number. Catalogues have numbers as text too. */
export function numberOf(values: Values, name: string): number | null {
  const text = textOf(values, name);
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : null;
}

/** Y, YES, TRUE, 1 */
export function isYes(values: Values, name: string): boolean {
  return /^(y|yes|true|1)$/i.test(textOf(values, name));
}

/** LIONEL_MESSI: Lionel Messi. L_MARTINEZ: L. Martinez. */
export function readable(label: string): string {
  return label
    .split(/[_\s-]+/)
    .filter(Boolean)
    .map((word) => (word.length === 1 ? `${word.toUpperCase()}.` : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()))
    .join(" ");
}

export interface Moment {
  /** MATCH_EVENT: GOAL; "" when not known. */
  readonly event: string;
  /** "first half", "half-time"; "" when not known. */
  readonly timing: string;
  readonly phase: "before" | "play" | "break" | "after" | "unknown";
  /** Goals between the teams. */
  readonly difference: number | null;
  /** "League", "Semi-final"; "" when not known. */
  readonly type: string;
  readonly venue: string;
  /** Where the venue is; the venue's own name when that is not known. */
  readonly country: string;
}

const COUNTRIES: Readonly<Record<string, string>> = { Amsterdam: "Netherlands" };

const TIMINGS: Readonly<Record<string, string>> = {
  "PRE-MATCH": "before kick-off",
  "FIRST-HALF-1": "the first quarter of an hour",
  "FIRST-HALF-2": "mid first half",
  "FIRST-HALF-3": "late in the first half",
  INTERVAL: "half-time",
  "SECOND-HALF-1": "early in the second half",
  "SECOND-HALF-2": "mid second half",
  "SECOND-HALF-3": "the closing minutes",
  "OVER-TIME": "added time",
  "POST-MATCH": "full time",
};

function phaseOf(timing: string): Moment["phase"] {
  if (timing === "") return "unknown";
  if (timing === "PRE-MATCH") return "before";
  if (timing === "INTERVAL") return "break";
  return timing === "POST-MATCH" ? "after" : "play";
}

/** MATCH_EVENT also has PRE-MATCH, INTERVAL and POST-MATCH, which say when rather than what; the sample writes POST_MATCH. */
export function momentOf(context: Values): Moment {
  const word = (name: string) => textOf(context, name).toUpperCase().replaceAll("_", "-");
  const event = word("MATCH_EVENT");
  const timing = word("MATCH_TIMING") || (event in TIMINGS ? event : "");
  const type = word("MATCH_TYPE");
  const venue = readable(textOf(context, "MATCH_VENUE"));
  return {
    event: event in TIMINGS ? "" : event,
    timing: TIMINGS[timing] ?? "",
    phase: phaseOf(timing),
    difference: numberOf(context, "SCORE_DIFFERENCE"),
    type: type.charAt(0) + type.slice(1).toLowerCase(),
    venue,
    country: COUNTRIES[venue] ?? venue,
  };
}

const EVENTS: Readonly<Record<string, string>> = {
  GOAL: "the goal",
  PENALTY: "the penalty",
  "FREE-KICK": "the free kick",
  "YELLOW-CARD": "the yellow card",
  INJURY: "the injury",
  SUBSTITUTION: "the substitution",
  SHOT: "the shot",
  THROW: "the throw-in",
};

/** "the penalty"; "the last moment" when nothing in particular happened. */
export function theEvent({ event }: Moment): string {
  return EVENTS[event] ?? (event ? `the ${event.toLowerCase().replaceAll("-", " ")}` : "the last moment");
}

/** "level", "one goal in it"; "" when not known. */
export function scoreWords({ difference }: Moment): string {
  if (difference === null) return "";
  return difference === 0 ? "level" : difference === 1 ? "one goal in it" : `${String(difference)} goals in it`;
}
