// SPDX-License-Identifier: Apache-2.0
//
// Something that is asked for once, and again when one says so: not for what the watch stream tells.

import { useCallback, useEffect, useEffectEvent, useState } from "react";

import { asProblem, type Problem } from "../api/problem.ts";

export interface Resource<T> {
  readonly data: T | null;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Asks again; what is known stays until the answer is there. */
  reload(): void;
  /** Puts what an answer to something else said. */
  put(data: T): void;
}

/** @param key what is asked for; another key is another thing. null: nothing yet */
export function useResource<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const [round, setRound] = useState(0);
  const [found, setFound] = useState<{ key: string; round: number; data: T | null; problem: Problem | null } | null>(null);
  const ask = useEffectEvent(load);
  useEffect(() => {
    if (key === null) return;
    const running = new AbortController();
    ask(running.signal).then(
      (data) => {
        if (!running.signal.aborted) setFound({ key, round, data, problem: null });
      },
      (error: unknown) => {
        if (running.signal.aborted) return;
        setFound((before) => ({ key, round, data: before?.key === key ? before.data : null, problem: asProblem(error) }));
      },
    );
    return () => running.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const known = found?.key === key ? found : null;
  return {
    data: known?.data ?? null,
    problem: known?.problem ?? null,
    isLoading: key !== null && known?.round !== round,
    reload,
    put: (data) => {
      if (key !== null) setFound({ key, round, data, problem: null });
    },
  };
}
