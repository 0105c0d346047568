// SPDX-License-Identifier: Apache-2.0
//
// What came of an act: said politely to screen readers, shown for a while, with a way back where there is one.

import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { asProblem } from "../api/problem.ts";
import { useShortcuts } from "./keys.ts";

export interface Notice {
  readonly text: string;
  readonly tone?: "good" | "bad";
  /** Takes it back; offered as a button and by "u". */
  readonly undo?: () => void;
}

export interface Announcer {
  say(notice: Notice): void;
  /** Runs an act and says what went wrong; true when nothing did. */
  attempt(act: () => Promise<Notice | null>): Promise<boolean>;
}

const SHOWN_MS = 8_000;
const Context = createContext<Announcer>({ say: () => undefined, attempt: () => Promise.resolve(false) });
export const useAnnouncer = (): Announcer => useContext(Context);

export function AnnouncerProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [notice, setNotice] = useState<(Notice & { readonly number: number }) | null>(null);
  const numbers = useRef(0);
  const say = useCallback((next: Notice) => {
    numbers.current += 1;
    setNotice({ ...next, number: numbers.current });
  }, []);
  const announcer = useMemo<Announcer>(
    () => ({
      say,
      async attempt(act) {
        try {
          const done = await act();
          if (done) say(done);
          return true;
        } catch (error) {
          const problem = asProblem(error);
          say({ text: problem.isConflict ? `${problem.message}. Somebody was faster: what you see now is how it is.` : problem.message, tone: "bad" });
          return false;
        }
      },
    }),
    [say],
  );
  return (
    <Context value={announcer}>
      {children}
      <Toast notice={notice} onGone={() => setNotice(null)} />
    </Context>
  );
}

function Toast({ notice, onGone }: { readonly notice: (Notice & { readonly number: number }) | null; onGone(): void }): ReactNode {
  const number = notice?.number;
  useEffect(() => {
    if (number === undefined) return;
    const timer = window.setTimeout(onGone, SHOWN_MS);
    return () => window.clearTimeout(timer);
    // The timer belongs to the notice, not to the callback.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [number]);
  const takeBack = (): void => {
    notice?.undo?.();
    onGone();
  };
  useShortcuts(notice?.undo ? [{ key: "u", does: "Take the last act back", group: "Live", run: takeBack }] : []);
  return (
    <div className="toasts">
      <p role="status" className={notice ? `toast ${notice.tone ?? "good"}` : "toast-rest"}>
        {notice?.text ?? ""}
      </p>
      {notice?.undo ? (
        <button type="button" className="button" onClick={takeBack}>
          Undo <kbd>u</kbd>
        </button>
      ) : null}
    </div>
  );
}
