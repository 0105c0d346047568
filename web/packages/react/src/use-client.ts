// SPDX-License-Identifier: Apache-2.0
//
// A client's snapshot in React. What is shown and when is decided in the client alone.

import { useSyncExternalStore } from "react";

import type { Client, RevealedCue, Snapshot } from "@matchcue/client/client.ts";

/** Everything; renders again after each change. */
export function useSnapshot(client: Client): Snapshot {
  return useSyncExternalStore(client.subscribe, client.snapshot, client.snapshot);
}

/** What may be on screen in one slot now; renders again only when that changes. */
export function useCue(client: Client, slot: string): RevealedCue | null {
  const cueNow = () => client.snapshot().cues.get(slot) ?? null;
  return useSyncExternalStore(client.subscribe, cueNow, cueNow);
}
