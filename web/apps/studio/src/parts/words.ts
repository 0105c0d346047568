// SPDX-License-Identifier: Apache-2.0
//
// Numbers, times and names as people read them. Numbers are English ones, so that tabular figures line up everywhere.

import type { Value } from "@matchcue/protocol/frames.ts";

const whole = new Intl.NumberFormat("en");
export const count = (number: number): string => whole.format(Math.round(number));

export function percent(share: number): string {
  return `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)}%`;
}

/** Milliseconds where the unit stands elsewhere; seconds from 1 s on. */
export const tick = (ms: number): string => (ms < 1_000 ? count(ms) : `${(ms / 1_000).toFixed(1)} s`);

/** Milliseconds, as short as they are precise: "8.4 ms", "120 ms", "1.3 s". */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${(ms / 60_000).toFixed(0)} min`;
  return ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(0)} h` : `${(ms / 86_400_000).toFixed(0)} days`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)}×`;
}

export function rate(perSecond: number): string {
  return perSecond < 10 && perSecond > 0 ? perSecond.toFixed(1) : count(perSecond);
}

/** What something adds: "+0.40", "−1.20". */
export const signed = (number: number): string => `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(2)}`;

const clockTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayTime = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
/** "21:04:07" of an RFC 3339 time, where the operator is. */
export const clock = (at: string): string => clockTime.format(Date.parse(at));
/** "4 Jun, 21:04" */
export const day = (at: string): string => dayTime.format(Date.parse(at));

/** "MATCH_SCHEDULE" as a person would write it. */
export function readable(label: string): string {
  if (!/^[A-Z0-9_-]+$/.test(label)) return label;
  return label
    .split("_")
    .map((word, index) => (index === 0 ? word.slice(0, 1) + word.slice(1).toLowerCase() : word.toLowerCase()))
    .join(" ");
}

/** "KARIM_BENZEMA_PROFILE" by the person's name. */
export function personal(label: string): string {
  const words = label.replace(/_PROFILE$/, "").split("_");
  return words.map((word) => (/^[A-Z]+$/.test(word) ? word.slice(0, 1) + word.slice(1).toLowerCase() : word)).join(" ");
}

/** An item's label as people read it. */
export const itemName = (label: string, slot: string): string => (slot === "PLAYER" ? personal(label) : readable(label));

/** A context field's name or value. */
export const shown = (value: Value | undefined): string => (value === null || value === undefined || value === "" ? "–" : String(value));
