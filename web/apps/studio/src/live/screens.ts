// SPDX-License-Identifier: Apache-2.0
//
// What is on screens now, by slot and item, with how often it is acted upon against what random choice would have.

import type { Override } from "../api/events.ts";
import type { Audience, Learner, Rate } from "../api/view.ts";

export type Verdict = "above" | "below" | "unclear";

export interface ScreenRow {
  readonly item: string;
  readonly sessions: number;
  /** Of the sessions that have something in this slot. */
  readonly share: number;
  readonly override: Override["action"] | null;
  readonly trials: number;
  /** Acted upon, of those that were seen; null before the first trial. */
  readonly rate: Rate | null;
  /** Against the slot's random share: unclear while the intervals overlap. */
  readonly verdict: Verdict;
}

export interface SlotScreens {
  readonly slot: string;
  readonly sessions: number;
  readonly shown: Rate | null;
  readonly random: Rate | null;
  readonly rows: readonly ScreenRow[];
}

const SLOTS = ["SOCIAL", "MONETIZE", "GENERAL", "PLAYER"];
const rank = (slot: string): number => (SLOTS.includes(slot) ? SLOTS.indexOf(slot) : SLOTS.length);
const Z = 1.96;

/** Wilson 1927: the 95 % interval of a share, also near 0 and for few trials. */
export function wilson(share: number, trials: number): Rate {
  const spread = (Z * Z) / trials;
  const middle = (share + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / trials + spread / (4 * trials));
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export const isKnown = (rate: Rate): boolean => rate.value > 0 && rate.high > rate.low;

export function verdictOf(rate: Rate | null, random: Rate | null): Verdict {
  if (!rate || !random) return "unclear";
  if (rate.low > random.high) return "above";
  return rate.high < random.low ? "below" : "unclear";
}

interface Sources {
  readonly audience: Audience;
  readonly learner: Learner;
  readonly overrides: readonly Override[];
  /** Items that were on screens before, with their slots. */
  readonly shown: ReadonlyMap<string, string>;
  /** The slot of an item that is on no screen. */
  slotOf(item: string): string | null;
}

function rowsOf(slot: string, random: Rate | null, { audience, learner, overrides, shown, slotOf }: Sources): readonly ScreenRow[] {
  const present = audience.on_screen.filter((one) => one.slot === slot);
  const sessions = present.reduce((sum, one) => sum + one.sessions, 0);
  const overridden = overrides.map(({ item }) => item).filter((item) => slotOf(item) === slot);
  const before = [...shown].filter(([, place]) => place === slot).map(([item]) => item);
  const absent = [...new Set([...overridden, ...before])].filter((item) => !present.some((one) => one.item === item));
  return [...present, ...absent.map((item) => ({ item, sessions: 0 }))].map((one) => {
    const learned = learner.items.find(({ item }) => item === one.item);
    const trials = learned?.trials ?? 0;
    const rate = learned && trials > 0 ? wilson(learned.reward_rate, trials) : null;
    return {
      item: one.item,
      sessions: one.sessions,
      share: sessions ? one.sessions / sessions : 0,
      override: overrides.find(({ item }) => item === one.item)?.action ?? null,
      trials,
      rate,
      verdict: verdictOf(rate, random),
    };
  });
}

/** By slot, in the order of the slots; items by id, so that a row stays where it is while numbers change. */
export function screensOf(sources: Sources): readonly SlotScreens[] {
  const { audience, overrides, learner, shown, slotOf } = sources;
  const named = [...audience.on_screen.map(({ slot }) => slot), ...shown.values(), ...overrides.map(({ item }) => slotOf(item) ?? "UNKNOWN")];
  const slots = [...new Set(named)].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return slots.map((slot) => {
    const known = learner.slots.find((one) => one.slot === slot);
    const random = known && isKnown(known.random) ? known.random : null;
    const rows = rowsOf(slot, random, sources);
    return {
      slot,
      sessions: rows.reduce((sum, row) => sum + row.sessions, 0),
      shown: known && isKnown(known.shown) ? known.shown : null,
      random,
      rows: [...rows].sort((a, b) => a.item.localeCompare(b.item, "en", { numeric: true })),
    };
  });
}

/** Pinned first, then by how many screens show it; ties by id. */
export function orderOf(rows: readonly ScreenRow[]): readonly string[] {
  const weight = (row: ScreenRow): number => (row.override === "pin" ? 2 : row.override === "block" ? -1 : row.share);
  return [...rows].sort((a, b) => weight(b) - weight(a)).map(({ item }) => item);
}
