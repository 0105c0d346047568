// SPDX-License-Identifier: Apache-2.0
//
// Whose page it is, how it is connected, and light or dark.

import { useEffect, useRef, useState } from "react";

import type { Snapshot } from "@matchcue/client/client.ts";

import type { Theme } from "./address.ts";

export interface Connection {
  readonly tone: "good" | "busy" | "bad";
  readonly words: string;
}

/** In words for a viewer; what went wrong only where they can do something about it. */
export function connectionOf({ status, trouble }: Pick<Snapshot, "status" | "trouble">): Connection {
  if (status === "connected") return { tone: "good", words: "Connected" };
  if (status === "connecting") return { tone: "busy", words: "Connecting…" };
  if (status === "waiting") return { tone: "busy", words: "Reconnecting by itself…" };
  return { tone: "bad", words: trouble ? `Not connected: ${trouble.message}` : "Not connected" };
}

const againMs = 10_000;
const again = { kept: "Connected again; nothing was missed", lost: "Connected again; some moments were missed" };

/** The connection in words; for a while after it was away, whether moments were missed meanwhile. */
export function useConnection(snapshot: Snapshot): Connection {
  const { status, continuity } = snapshot;
  const wasConnected = useRef(false);
  const [telling, setTelling] = useState<Snapshot["continuity"]>(null);
  useEffect(() => {
    if (status !== "connected") return;
    const isAgain = wasConnected.current;
    wasConnected.current = true;
    if (!isAgain) return;
    setTelling(continuity);
    const told = setTimeout(() => setTelling(null), againMs);
    return () => {
      clearTimeout(told);
      setTelling(null);
    };
  }, [status, continuity]);
  return status === "connected" && telling ? { tone: "good", words: again[telling] } : connectionOf(snapshot);
}

export interface TopBarProps {
  readonly name: string;
  readonly connection: Connection;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
}

const sun = "M12 4V2M12 22v-2M4 12H2M22 12h-2M6 6 4.6 4.6M19.4 19.4 18 18M18 6l1.4-1.4M4.6 19.4 6 18M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z";
const moon = "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z";

export function TopBar({ name, connection, theme, onTheme }: TopBarProps) {
  const other = theme === "dark" ? "light" : "dark";
  return (
    <header className="top">
      <h1>matchcue</h1>
      <p className="connection" role="status" data-tone={connection.tone}>
        {connection.words}
      </p>
      {name && <p className="viewer">{name}</p>}
      <button type="button" className="icon-button" aria-label={`Use the ${other} look`} title={`Use the ${other} look`} onClick={() => onTheme(other)}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d={theme === "dark" ? sun : moon} />
        </svg>
      </button>
    </header>
  );
}
