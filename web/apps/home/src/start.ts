// SPDX-License-Identifier: Apache-2.0
//
// From an address to a running page: asks for /config.json until it comes, then connects. Made once, outside of React.

import { connect, type Client } from "@matchcue/client/client.ts";

import type { Visit } from "./address.ts";
import { fetchConfig, type Config } from "./config.ts";
import { federatedLoader } from "./federation.ts";
import { checkIntegrity } from "./integrity.ts";
import { PageClock } from "./picture-clock.ts";
import { Remotes } from "./remotes.ts";
import { words } from "./sustain.ts";

/** One visit to the match: the connection, the clock that it reveals by, and the remotes. */
export interface Session {
  readonly config: Config;
  readonly client: Client;
  readonly clock: PageClock;
  readonly remotes: Remotes;
}

export interface Started {
  readonly session: Session | null;
  /** Why there is none yet; "" while the configuration is fetched for the first time. */
  readonly trouble: string;
}

/** For useSyncExternalStore. */
export interface Start {
  subscribe(listener: () => void): () => void;
  snapshot(): Started;
}

const retryMs = [1_000, 2_000, 5_000];
const answerMs = 10_000;

/** `address` is that of the configuration. */
export function begin(address: string, config: Config, { viewer, delaySeconds }: Visit): Session {
  const clock = new PageClock(Date.now, delaySeconds, config.picture !== null);
  const remotes = new Remotes({
    configured: config.remotes,
    loadModule: federatedLoader(),
    checkIntegrity: (remote) => checkIntegrity(fetch, remote),
    reconfigure: async () => (await fetchConfig(fetch, address, AbortSignal.timeout(answerMs))).remotes,
    now: Date.now,
    random: () => Math.random(),
  });
  const client = connect({ url: config.viewers, content: config.content, viewer, clock });
  return { config, client, clock, remotes };
}

/** `make` turns a configuration into what the page runs on. */
export function startPage(address: string, make: (config: Config) => Session): Start {
  const listeners = new Set<() => void>();
  let started: Started = { session: null, trouble: "" };
  const change = (next: Started) => {
    started = next;
    for (const listener of listeners) listener();
  };
  const ask = (attempt: number) => {
    fetchConfig(fetch, address, AbortSignal.timeout(answerMs)).then(
      (config) => change({ session: make(config), trouble: "" }),
      (error: unknown) => {
        change({ session: null, trouble: words(error) });
        setTimeout(() => ask(attempt + 1), retryMs[Math.min(attempt, retryMs.length - 1)]);
      },
    );
  };
  ask(0);
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => started,
  };
}
