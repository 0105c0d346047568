// SPDX-License-Identifier: Apache-2.0
//
// The operator's token, where the server wants one. The tab remembers it; it is asked for once, however many requests wait.

const KEY = "matchcue token";

export interface TokenDesk {
  current(): string | null;
  /** Resolves once the operator has given a token, with false when they would rather not. */
  ask(): Promise<boolean>;
  /** Whether the question is open. */
  isAsking(): boolean;
  give(token: string | null): void;
  subscribe(listener: () => void): () => void;
}

export function makeTokenDesk(storage: Pick<Storage, "getItem" | "setItem"> = sessionStorage): TokenDesk {
  const listeners = new Set<() => void>();
  let asking: { promise: Promise<boolean>; answer: (given: boolean) => void } | null = null;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    current: () => storage.getItem(KEY),
    isAsking: () => asking !== null,
    ask() {
      if (!asking) {
        let answer: (given: boolean) => void = () => undefined;
        const promise = new Promise<boolean>((resolve) => (answer = resolve));
        asking = { promise, answer };
        changed();
      }
      return asking.promise;
    },
    give(token) {
      if (token) storage.setItem(KEY, token);
      const answered = asking;
      asking = null;
      answered?.answer(Boolean(token));
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const tokenDesk = makeTokenDesk();
