// SPDX-License-Identifier: Apache-2.0
//
// The demonstration: three viewers side by side, each as far behind the match as their own connection puts them, and a goal.

import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import { correctMoment, fireMoment, listEvents } from "../api/events.ts";
import { findHome } from "../api/system.ts";
import { newestMoment } from "../live/feed.ts";
import { restored } from "../live/draft.ts";
import { useAnnouncer } from "../parts/announcer.tsx";
import { pressKey, useShortcuts } from "../parts/keys.ts";
import { useResource } from "../parts/resource.ts";
import { TokenDialog } from "../parts/token-dialog.tsx";
import { count, duration, rate, shown } from "../parts/words.ts";
import { browser } from "../stream/browser.ts";
import { makeLiveStore, type Live, type LiveStore } from "../stream/live-store.ts";

interface Watcher {
  readonly id: string;
  readonly name: string;
  /** Seconds behind the match. */
  readonly delay: number;
  readonly how: string;
}

const WATCHERS: readonly Watcher[] = [
  { id: "ann", name: "Ann", delay: 6, how: "fibre" },
  { id: "ben", name: "Ben", delay: 14, how: "cable" },
  { id: "cleo", name: "Cleo", delay: 28, how: "phone" },
];

const addressOf = (home: string, { id, name, delay }: Watcher): string =>
  `${home.replace(/\/$/, "")}/?${new URLSearchParams({ viewer: id, name, delay: String(delay) }).toString()}`;

export function DemoPage(): ReactNode {
  const home = useResource("home", findHome);
  const events = useResource("events", listEvents);
  const event = events.data ? (events.data[0]?.id ?? "1") : null;
  const store = useMemo(() => (event === null ? null : makeLiveStore(event, browser)), [event]);
  const [shownWatcher, setShownWatcher] = useState("ann");
  useEffect(() => {
    addEventListener("keydown", pressKey);
    return () => removeEventListener("keydown", pressKey);
  }, []);
  return (
    <div className="demo">
      <header className="demo-bar">
        <h1 className="brand">
          <span className="brand-mark" aria-hidden="true" /> matchcue <span className="brand-part">demo</span>
        </h1>
        {store ? <Director store={store} /> : null}
        <a className="button" href="./index.html">
          Open the studio
        </a>
      </header>
      <main>
      <div className="watcher-tabs" role="group" aria-label="Whose screen">
        {WATCHERS.map(({ id, name, delay }) => (
          <button key={id} type="button" className="button" aria-pressed={id === shownWatcher} onClick={() => setShownWatcher(id)}>
            {name} <span className="quiet">{delay} s behind</span>
          </button>
        ))}
      </div>
      <div className="watchers">
        {WATCHERS.map((watcher) => (
          <section key={watcher.id} className={watcher.id === shownWatcher ? "watcher shown" : "watcher"} aria-label={watcher.name}>
            <header>
              <h2>{watcher.name}</h2>
              <span className="quiet">
                {watcher.how}, {watcher.delay} s behind the match
              </span>
            </header>
            {home.data ? (
              <iframe title={`What ${watcher.name} sees`} src={addressOf(home.data, watcher)} allow="autoplay; fullscreen" />
            ) : (
              <div className="no-home">
                <p>{home.isLoading ? "Looking for the home application" : "The home application is not served here."}</p>
                {home.isLoading ? null : <p className="quiet">Start the demo with its pages built, and this screen shows what {watcher.name} sees.</p>}
              </div>
            )}
          </section>
        ))}
      </div>
      </main>
      <TokenDialog />
    </div>
  );
}

function linkWords(live: Live): string {
  if (live.link.status === "refused") return live.link.problem.message;
  return live.link.status === "live" ? "Waiting for the first numbers" : "Connecting to the match";
}

function Director({ store }: { readonly store: LiveStore }): ReactNode {
  const live = useSyncExternalStore(store.subscribe, store.snapshot);
  const { attempt } = useAnnouncer();
  const { event, audience } = live;
  const goal = newestMoment(live.changes, "GOAL");
  const isLive = live.link.status === "live" && event !== null;
  const mediaTime = (): string => new Date(Date.now() + live.clockOffset).toISOString();

  const score = (): void => {
    if (!isLive) return;
    void attempt(async () => {
      store.accept(await fireMoment(event.id, { state: { MATCH_EVENT: "GOAL" }, media_time: mediaTime(), subject: null }));
      return { text: "Goal! Each of the three sees it when their own picture shows it." };
    });
  };
  const takeBack = (): void => {
    if (!isLive || !goal) return;
    void attempt(async () => {
      const state = restored(goal, event.state);
      const made = await correctMoment(event.id, goal.sequence, { state, media_time: mediaTime(), subject: null, reason: "VAR: no goal" });
      store.accept(made);
      return { text: "No goal: its cues are taken back from every screen." };
    });
  };
  useShortcuts([
    { key: "g", does: "GOAL", group: "Demo", run: score },
    { key: "v", does: "VAR: no goal", group: "Demo", run: takeBack },
  ]);
  return (
    <>
      <div className="demo-acts">
        <button type="button" className="goal" disabled={!isLive} aria-keyshortcuts="g" onClick={score}>
          GOAL <kbd aria-hidden="true">g</kbd>
        </button>
        <button type="button" className="button" disabled={!isLive || !goal} aria-keyshortcuts="v" onClick={takeBack}>
          VAR: no goal <kbd aria-hidden="true">v</kbd>
        </button>
      </div>
      <p className="demo-numbers">
        {event && audience ? (
          <>
            <b>{shown(event.state["MATCH_EVENT"])}</b> {shown(event.state["MATCH_TIMING"])} · <b>{count(audience.connections)}</b> viewers · last push{" "}
            <b>{audience.last_push_ms === null ? "–" : duration(audience.last_push_ms)}</b> · <b>{rate(audience.slates_per_second)}</b> slates/s
          </>
        ) : (
          <span className="quiet">{linkWords(live)}</span>
        )}
      </p>
    </>
  );
}
