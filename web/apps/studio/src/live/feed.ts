// SPDX-License-Identifier: Apache-2.0
//
// The moment feed: newest first, with what a correction took back beneath that correction.

import type { Change } from "../api/events.ts";
import { readable, shown } from "../parts/words.ts";

export interface FeedGroup {
  /** The newest change, then what it corrects, then what that one corrected. */
  readonly chain: readonly Change[];
}

/** @param changes in any order; a change is corrected by the newest correction of it */
export function groupFeed(changes: readonly Change[]): readonly FeedGroup[] {
  const newestFirst = [...changes].sort((a, b) => b.sequence - a.sequence);
  const bySequence = new Map(newestFirst.map((change) => [change.sequence, change]));
  const taken = new Set<number>();
  const groups: FeedGroup[] = [];
  for (const change of newestFirst) {
    if (taken.has(change.sequence)) continue;
    const chain = [change];
    taken.add(change.sequence);
    let next = change.corrects === null ? undefined : bySequence.get(change.corrects);
    while (next && !taken.has(next.sequence)) {
      chain.push(next);
      taken.add(next.sequence);
      next = next.corrects === null ? undefined : bySequence.get(next.corrects);
    }
    groups.push({ chain });
  }
  return groups;
}

export const isCorrectable = (change: Change): boolean => change.kind === "moment" || change.kind === "correction";

/** The newest moment that nothing has corrected. */
export function newestMoment(changes: readonly Change[], named?: string): Change | null {
  const corrected = new Set(changes.map(({ corrects }) => corrects));
  return (
    changes.findLast(
      (change) => change.kind === "moment" && !corrected.has(change.sequence) && (named === undefined || change.after["MATCH_EVENT"] === named),
    ) ?? null
  );
}

export function titleOf(change: Change, labelOf: (item: string) => string): string {
  if (change.override) {
    const { action, item } = change.override;
    return `${{ pin: "Pinned", block: "Blocked", release: "Released" }[action]} ${labelOf(item)}`;
  }
  if (change.filter) return `Filter ${change.filter.filter} ${change.filter.in_force ? "in force" : "out of force"}`;
  if (change.kind === "correction") return `Correction: ${shown(change.after["MATCH_EVENT"])}`;
  return shown(change.after["MATCH_EVENT"] ?? readable(change.kind));
}

/** Which other fields changed, and about whom it was. */
export function detailOf(change: Change, labelOf: (item: string) => string): string {
  if (change.override || change.filter) return change.reason;
  const fields = Object.keys({ ...change.before, ...change.after })
    .filter((name) => name !== "MATCH_EVENT" && change.after[name] !== change.before[name])
    .map((name) => `${readable(name)} ${shown(change.after[name])}`);
  return [...(change.subject ? [labelOf(change.subject)] : []), ...fields, ...(change.reason ? [change.reason] : [])].join(" · ");
}
