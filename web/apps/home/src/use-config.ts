// SPDX-License-Identifier: Apache-2.0
//
// /config.json for the page: asked for until it comes.

import { useEffect, useState } from "react";

import { fetchConfig, type Config } from "./config.ts";
import { words } from "./sustain.ts";

export interface ConfigState {
  readonly config: Config | null;
  /** Why there is none yet; "" while it is fetched for the first time. */
  readonly trouble: string;
}

const retryMs = [1_000, 2_000, 5_000];

export function useConfig(address: string): ConfigState {
  const [state, setState] = useState<ConfigState>({ config: null, trouble: "" });
  useEffect(() => {
    const ends = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = (attempt: number) => {
      fetchConfig(fetch, address, AbortSignal.any([ends.signal, AbortSignal.timeout(10_000)])).then(
        (config) => setState({ config, trouble: "" }),
        (error: unknown) => {
          if (ends.signal.aborted) return;
          setState({ config: null, trouble: words(error) });
          timer = setTimeout(() => ask(attempt + 1), retryMs[Math.min(attempt, retryMs.length - 1)]);
        },
      );
    };
    ask(0);
    return () => {
      ends.abort();
      clearTimeout(timer);
    };
  }, [address]);
  return state;
}
