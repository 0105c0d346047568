// SPDX-License-Identifier: Apache-2.0
//
// What a match director does, each act with its words and, where there is one, its way back.

import type { Values } from "@matchcue/protocol/frames.ts";

import { correctMoment, fireMoment, overrideItem, type LiveEvent, type OverrideAction } from "../api/events.ts";
import { useAnnouncer } from "../parts/announcer.tsx";
import { useItems } from "../parts/items.tsx";
import { useLive, useLiveStore } from "../stream/use-live.ts";

export interface Actions {
  /** Nothing may be done while what is shown may not be how it is. */
  readonly isReadOnly: boolean;
  /** The server's time, as RFC 3339. */
  serverNow(): string;
  fire(name: string, state: Values): void;
  override(item: string, action: OverrideAction): void;
  accept(event: LiveEvent): void;
}

const DONE = { pin: "is pinned", block: "is blocked", release: "is released" };

export function useActions(): Actions {
  const store = useLiveStore();
  const live = useLive();
  const { say, attempt } = useAnnouncer();
  const { labelOf } = useItems();
  const { event } = live;
  const isReadOnly = live.link.status !== "live";

  const serverNow = (): string => new Date(Date.now() + live.clockOffset).toISOString();

  async function takeBack(name: string, fired: LiveEvent, before: Values): Promise<void> {
    await attempt(async () => {
      const present = store.snapshot().event?.state ?? fired.state;
      const changed = Object.keys(fired.state).filter((field) => fired.state[field] !== before[field]);
      const state = Object.fromEntries(changed.filter((field) => present[field] === fired.state[field]).map((field) => [field, before[field] ?? null]));
      const made = await correctMoment(fired.id, fired.sequence, { state, media_time: serverNow(), subject: null, reason: "taken back at once" });
      store.accept(made);
      return { text: `${name} is taken back.` };
    });
  }

  return {
    isReadOnly,
    serverNow,
    accept: (next) => store.accept(next),
    fire(name, state) {
      if (!event || isReadOnly) return;
      const before = event.state;
      void attempt(async () => {
        const fired = await fireMoment(event.id, { state, media_time: serverNow(), subject: null });
        store.accept(fired);
        return { text: `${name} is moment ${String(fired.sequence)}.`, undo: () => void takeBack(name, fired, before) };
      });
    },
    override(item, action) {
      if (!event || isReadOnly) return;
      const held = event.overrides.find((one) => one.item === item)?.action ?? "release";
      if (held === action) {
        say({ text: `${labelOf(item)} ${DONE[action]} already.` });
        return;
      }
      const put = (wanted: OverrideAction, undo: OverrideAction | null): void => {
        void attempt(async () => {
          store.accept(await overrideItem(event.id, item, wanted));
          return { text: `${labelOf(item)} ${DONE[wanted]}.`, ...(undo ? { undo: () => put(undo, null) } : {}) };
        });
      };
      put(action, held);
    },
  };
}
