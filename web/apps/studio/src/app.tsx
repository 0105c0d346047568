// SPDX-License-Identifier: Apache-2.0
//
// The frame around every page: which live event, whether it is watched, where one is.

import { useEffect, useMemo, useState, type ReactNode } from "react";

import { listEvents, type LiveEvent } from "./api/events.ts";
import { CampaignsPage } from "./campaigns/campaigns-page.tsx";
import { CataloguePage } from "./catalogue/catalogue-page.tsx";
import { BeginEvent } from "./live/begin-event.tsx";
import { LivePage } from "./live/live-page.tsx";
import { AnnouncerProvider } from "./parts/announcer.tsx";
import { Help } from "./parts/help.tsx";
import { ItemsProvider } from "./parts/items.tsx";
import { keepFocus } from "./parts/kept-focus.ts";
import { pressKey, useShortcuts } from "./parts/keys.ts";
import { useResource, type Resource } from "./parts/resource.ts";
import { go, PAGES, useRoute, type Route } from "./parts/route.ts";
import { Loading, Trouble } from "./parts/states.tsx";
import { TokenDialog } from "./parts/token-dialog.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { browser } from "./stream/browser.ts";
import { makeLiveStore } from "./stream/live-store.ts";
import { LiveContext } from "./stream/use-live.ts";
import { SystemPage } from "./system/system-page.tsx";
import { ViewerPage } from "./viewer/viewer-page.tsx";

const TITLES = { live: "Live", viewer: "Viewer", campaigns: "Campaigns", catalogue: "Catalogue", system: "System" };

function usePageKeys(onHelp: () => void): void {
  useEffect(() => {
    addEventListener("keydown", pressKey);
    return () => removeEventListener("keydown", pressKey);
  }, []);
  useEffect(keepFocus, []);
  const toPages = PAGES.map((page, index) => ({ key: String(index + 1), does: TITLES[page], group: "Pages", run: () => go(page) }));
  useShortcuts([...toPages, { key: "?", does: "This help", group: "Pages", run: onHelp }]);
}

export function App(): ReactNode {
  const route = useRoute();
  const [isHelping, setHelping] = useState(false);
  const [chosen, setChosen] = useState<string | null>(route.page === "live" ? (route.arguments[0] ?? null) : null);
  const events = useResource("events", listEvents);
  const event = chosen ?? events.data?.[0]?.id ?? null;
  const store = useMemo(() => (event === null ? null : makeLiveStore(event, browser)), [event]);
  usePageKeys(() => setHelping(true));
  useEffect(() => {
    document.title = `${TITLES[route.page]} · matchcue studio`;
  }, [route.page]);
  return (
    <AnnouncerProvider>
      <ItemsProvider>
        <LiveContext value={store}>
          <TopBar page={route.page} events={events.data ?? []} event={event} onEvent={setChosen} onHelp={() => setHelping(true)} />
          <main id="main" tabIndex={-1}>
            <h1 className="hidden">{TITLES[route.page]}</h1>
            <PageOf route={route} events={events} isWatching={store !== null} onBegun={(begun) => setChosen(begun.id)} />
          </main>
          {isHelping ? <Help onClose={() => setHelping(false)} /> : null}
          <TokenDialog />
        </LiveContext>
      </ItemsProvider>
    </AnnouncerProvider>
  );
}

interface PageProps {
  readonly route: Route;
  readonly events: Resource<readonly LiveEvent[]>;
  readonly isWatching: boolean;
  onBegun(event: LiveEvent): void;
}

function PageOf({ route, events, isWatching, onBegun }: PageProps): ReactNode {
  if (route.page === "viewer") return <ViewerPage viewer={route.arguments[0] ?? null} decision={route.arguments[1] ?? null} />;
  if (route.page === "campaigns") return <CampaignsPage version={route.arguments[0] ?? null} />;
  if (route.page === "system") return <SystemPage />;
  if (route.page === "catalogue") return <CataloguePage />;
  if (isWatching) return <LivePage />;
  if (events.problem) return <Trouble problem={events.problem} onRetry={events.reload} />;
  if (events.data?.length === 0) return <BeginEvent onBegun={onBegun} />;
  return <Loading rows={8} />;
}
