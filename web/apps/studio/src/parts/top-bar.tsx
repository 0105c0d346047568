// SPDX-License-Identifier: Apache-2.0
import { useContext, useSyncExternalStore, type ReactNode } from "react";

import type { LiveEvent } from "../api/events.ts";
import type { Live } from "../stream/live-store.ts";
import { LiveContext, useNow, useStaleness } from "../stream/use-live.ts";
import { linkTo, PAGES, type Page } from "./route.ts";
import { duration, readable } from "./words.ts";

interface TopBarProps {
  readonly page: Page;
  readonly events: readonly LiveEvent[];
  readonly event: string | null;
  onEvent(id: string): void;
  onHelp(): void;
}

export function TopBar({ page, events, event, onEvent, onHelp }: TopBarProps): ReactNode {
  const ids = [...new Set([...events.map(({ id }) => id), ...(event === null ? [] : [event])])];
  const store = useContext(LiveContext);
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(click) => {
          click.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        Skip to the page
      </a>
      <header className="top-bar">
        <a className="brand" href={linkTo("live")}>
          <span className="brand-mark" aria-hidden="true" /> matchcue <span className="brand-part">studio</span>
        </a>
        <nav aria-label="Pages">
          {PAGES.map((name, index) => (
            <a key={name} href={linkTo(name)} aria-current={page === name ? "page" : undefined} aria-keyshortcuts={String(index + 1)}>
              {readable(name.toUpperCase())} <kbd aria-hidden="true">{index + 1}</kbd>
            </a>
          ))}
        </nav>
        <div className="top-bar-end">
          {ids.length > 0 ? (
            <label className="event-choice">
              <span>Live event</span>
              <select value={event ?? ""} onChange={(change) => onEvent(change.target.value)}>
                {ids.map((id) => (
                  <option key={id}>{id}</option>
                ))}
              </select>
            </label>
          ) : null}
          {store ? <LinkState key={store.id} subscribe={store.subscribe} snapshot={store.snapshot} /> : null}
          <button type="button" className="button plain" onClick={onHelp} aria-keyshortcuts="?">
            Keys <kbd aria-hidden="true">?</kbd>
          </button>
        </div>
      </header>
    </>
  );
}

function LinkState({ subscribe, snapshot }: { subscribe(listener: () => void): () => void; snapshot(): Live }): ReactNode {
  const live = useSyncExternalStore(subscribe, snapshot);
  const stale = useStaleness(live);
  const now = useNow();
  const [tone, text] = ((): readonly [string, string] => {
    const { link } = live;
    if (link.status === "refused") return ["bad", "Not watching"];
    if (link.status === "waiting") return ["bad", `Lost ${duration(Math.max(0, now - link.since))} ago`];
    if (link.status === "connecting") return ["quiet", "Connecting"];
    return stale === null ? ["good", "Live"] : ["warn", `Stale, ${duration(stale)} old`];
  })();
  return (
    <span className={`link-state ${tone}`}>
      <span className="lamp" aria-hidden="true" />
      {text}
    </span>
  );
}
