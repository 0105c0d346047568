// SPDX-License-Identifier: Apache-2.0
//
// What is known of one live event, fed by its watch stream. Snapshots are immutable and replaced as a whole.

import { change as readChange, type Change, type LiveEvent } from "../api/events.ts";
import { view as readView, type Audience, type Learner } from "../api/view.ts";
import type { StreamedFrame } from "./event-stream.ts";
import { watchStream, type Link, type Surroundings, type Watch } from "./watch.ts";

export interface Pace {
  /** ms since 1970, by the server's clock */
  readonly at: number;
  readonly slatesPerSecond: number;
}

export interface Live {
  readonly link: Link;
  readonly event: LiveEvent | null;
  readonly audience: Audience | null;
  readonly learner: Learner | null;
  /** Oldest first. */
  readonly changes: readonly Change[];
  readonly pace: readonly Pace[];
  /** Items that were on screens since the page was opened, with their slots: they may be pinned though no screen shows them now. */
  readonly shown: ReadonlyMap<string, string>;
  /** When the last view came, by the operator's clock. */
  readonly viewedAt: number | null;
  /** The server's clock minus the operator's, in ms. */
  readonly clockOffset: number;
}

export interface LiveStore {
  readonly id: string;
  /** The event is watched as long as somebody subscribes. */
  subscribe(listener: () => void): () => void;
  snapshot(): Live;
  /** What an answer to the operator's own act said, ahead of the stream. */
  accept(event: LiveEvent): void;
  retryNow(): void;
}

const CHANGES_MAX = 300;
const PACE_MAX = 240;
/** A view comes at least every 5 s. */
export const STALE_AFTER_MS = 6_500;

const nothing: Live = {
  link: { status: "connecting" },
  event: null,
  audience: null,
  learner: null,
  changes: [],
  pace: [],
  shown: new Map(),
  viewedAt: null,
  clockOffset: 0,
};

/** Sequences strictly increase; a change that is known already comes again after a reconnect. */
export function withChange(changes: readonly Change[], next: Change): readonly Change[] {
  const newest = changes.at(-1)?.sequence ?? 0;
  if (next.sequence > newest) return [...changes, next].slice(-CHANGES_MAX);
  if (changes.some(({ sequence }) => sequence === next.sequence)) return changes;
  return [...changes, next].sort((a, b) => a.sequence - b.sequence).slice(-CHANGES_MAX);
}

/** The same map while nothing is new. */
export function withShown(shown: ReadonlyMap<string, string>, { on_screen: onScreen }: Audience): ReadonlyMap<string, string> {
  const added = onScreen.filter(({ item, slot }) => shown.get(item) !== slot);
  return added.length ? new Map([...shown, ...added.map(({ item, slot }) => [item, slot] as const)]) : shown;
}

export function makeLiveStore(id: string, world: Surroundings): LiveStore {
  const listeners = new Set<() => void>();
  let watch: Watch | null = null;
  let live = nothing;
  let isFirstView = true;
  /** The least delayed view says most about the server's clock. */
  let offset: number | null = null;

  function put(part: Partial<Live>): void {
    live = { ...live, ...part };
    for (const listener of listeners) listener();
  }

  function takeView(data: unknown): void {
    const seen = readView(data, "view");
    const now = world.now();
    const at = Date.parse(seen.at);
    offset = Math.max(offset ?? -Infinity, at - now);
    // A server that begins anew counts from 1 again: what was known is of another incarnation.
    const isAnotherIncarnation = isFirstView && (live.changes.at(-1)?.sequence ?? 0) > seen.event.sequence;
    isFirstView = false;
    if (isAnotherIncarnation) {
      put({ changes: [], event: null, pace: [], shown: new Map() });
      throw new Error("the change stream began anew");
    }
    const isOlder = live.event !== null && live.event.sequence > seen.event.sequence;
    put({
      event: isOlder ? live.event : seen.event,
      audience: seen.audience,
      learner: seen.learner,
      shown: withShown(live.shown, seen.audience),
      viewedAt: now,
      clockOffset: offset,
      pace: [...live.pace, { at, slatesPerSecond: seen.audience.slates_per_second }].slice(-PACE_MAX),
    });
  }

  function onFrame(frame: StreamedFrame): void {
    if (frame.event === "change") put({ changes: withChange(live.changes, readChange(JSON.parse(frame.data), "change")) });
    else if (frame.event === "view") takeView(JSON.parse(frame.data));
  }

  function onLink(link: Link): void {
    if (link.status === "live") isFirstView = true;
    put({ link });
  }

  const path = `/v1/events/${encodeURIComponent(id)}/watch`;
  return {
    id,
    subscribe(listener) {
      listeners.add(listener);
      watch ??= watchStream(path, { onLink, onFrame }, world);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        watch?.close();
        watch = null;
      };
    },
    snapshot: () => live,
    accept(event) {
      if (!live.event || event.sequence >= live.event.sequence) put({ event });
    },
    retryNow: () => watch?.retryNow(),
  };
}
