// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";

import { STALE_AFTER_MS, type Live, type LiveStore } from "./live-store.ts";

export const LiveContext = createContext<LiveStore | null>(null);

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error("no live event is watched here");
  return store;
}

export function useLive(): Live {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

/** The operator's clock, ticking. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** How old what is shown is, in ms, once it is too old to be called live; null while it is not. */
export function useStaleness(live: Live): number | null {
  const now = useNow();
  const age = live.viewedAt === null ? 0 : now - live.viewedAt;
  return age > STALE_AFTER_MS ? age : null;
}
