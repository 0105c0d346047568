// SPDX-License-Identifier: Apache-2.0
//
// Live: what happens in the match, what is on screens, and the match director's hands on it.

import { useMemo, useState, type ReactNode } from "react";

import { listColumns } from "../api/catalogue.ts";
import type { Change, LiveEvent } from "../api/events.ts";
import type { Audience, Learner } from "../api/view.ts";
import { useItems, useKnownItems } from "../parts/items.tsx";
import { useShortcuts } from "../parts/keys.ts";
import { useResource } from "../parts/resource.ts";
import { go } from "../parts/route.ts";
import { Empty, Loading, Trouble } from "../parts/states.tsx";
import type { Live } from "../stream/live-store.ts";
import { useLive, useLiveStore, useStaleness } from "../stream/use-live.ts";
import { useActions, type Actions } from "./actions.ts";
import { PacePanel, PushPanel } from "./charts.tsx";
import { contextFields, QUICK_MOMENTS } from "./draft.ts";
import { newestMoment } from "./feed.ts";
import { FeedPanel } from "./feed-panel.tsx";
import { FirePanel } from "./fire-panel.tsx";
import { LearnerPanel } from "./learner-panel.tsx";
import { LinkBanner } from "./link-banner.tsx";
import { MomentDialog } from "./moment-dialog.tsx";
import { Numbers, ScoreBug } from "./score-bug.tsx";
import { screensOf } from "./screens.ts";
import { SlotPanel } from "./screens-panel.tsx";

export function LivePage(): ReactNode {
  const live = useLive();
  const store = useLiveStore();
  const { event, audience, learner, link } = live;
  if (event && audience && learner) return <LiveScreen live={live} event={event} audience={audience} learner={learner} />;
  return (
    <div className="page">
      <LinkBanner live={live} onRetry={store.retryNow} />
      {link.status === "refused" ? <Trouble problem={link.problem} onRetry={store.retryNow} /> : <Loading rows={10} />}
    </div>
  );
}

interface ScreenProps {
  readonly live: Live;
  readonly event: LiveEvent;
  readonly audience: Audience;
  readonly learner: Learner;
}

function LiveScreen({ live, event, audience, learner }: ScreenProps): ReactNode {
  const store = useLiveStore();
  const actions = useActions();
  const stale = useStaleness(live);
  const [dialog, setDialog] = useState<{ readonly wrong: Change | null } | null>(null);
  const last = newestMoment(live.changes);
  useLiveKeys(actions, last, (wrong) => setDialog({ wrong }));
  const correct = (wrong: Change): void => setDialog({ wrong });
  return (
    <div className={stale === null && live.link.status === "live" ? "live" : "live stale"}>
      <LinkBanner live={live} onRetry={store.retryNow} />
      <div className="live-top">
        <ScoreBug event={event} age={stale} />
        <Numbers audience={audience} />
      </div>
      <div className="live-columns">
        <div className="live-column">
          <FirePanel isReadOnly={actions.isReadOnly} last={last} onQuick={({ name, state }) => actions.fire(name, state)} onWrite={() => setDialog({ wrong: null })} onCorrect={correct} />
          <FeedPanel changes={live.changes} isReadOnly={actions.isReadOnly} onCorrect={correct} />
        </div>
        <Screens live={live} event={event} audience={audience} learner={learner} actions={actions} />
        <div className="live-column">
          <PushPanel pushes={audience.pushes} />
          <PacePanel pace={live.pace} />
          <LearnerPanel learner={learner} exploration={audience.exploration_share} />
        </div>
      </div>
      {dialog ? <Write live={live} event={event} wrong={dialog.wrong} actions={actions} onClose={() => setDialog(null)} /> : null}
    </div>
  );
}

function useLiveKeys(actions: Actions, last: Change | null, open: (wrong: Change | null) => void): void {
  const fire = QUICK_MOMENTS.map(({ key, name, state }) => ({ key, does: `Fire ${name}`, group: "Live", run: () => actions.fire(name, state) }));
  const write = { key: "n", does: "Fire a moment, all fields", group: "Live", run: () => (actions.isReadOnly ? undefined : open(null)) };
  const correct = { key: "c", does: "Correct the newest moment", group: "Live", run: () => (actions.isReadOnly || !last ? undefined : open(last)) };
  const look = { key: "/", does: "Look a viewer up", group: "Live", run: () => go("viewer") };
  useShortcuts([...fire, write, correct, look]);
}

interface ScreensProps extends ScreenProps {
  readonly actions: Actions;
}

function Screens({ live: { shown }, event, audience, learner, actions }: ScreensProps): ReactNode {
  const { slotOf } = useItems();
  const slots = useMemo(() => screensOf({ audience, learner, overrides: event.overrides, shown, slotOf }), [audience, learner, event.overrides, shown, slotOf]);
  useKnownItems([...audience.on_screen, ...event.overrides].map(({ item }) => item));
  return (
    <section className="screens" aria-labelledby="on-screens">
      <header className="panel-head">
        <h2 id="on-screens">On screens now</h2>
        <p className="quiet small">
          <kbd>+</kbd> pin <kbd>x</kbd> block <kbd>r</kbd> release · shaded: where random choice would be
        </p>
      </header>
      {slots.length === 0 ? (
        <div className="panel">
          <Empty title="No viewer has a slate yet.">Slates are decided when a moment happens, for every viewer who is connected.</Empty>
        </div>
      ) : (
        <div className="slots">
          {slots.map((screens) => (
            <SlotPanel key={screens.slot} screens={screens} sequence={audience.last_sequence} isReadOnly={actions.isReadOnly} onOverride={actions.override} />
          ))}
        </div>
      )}
    </section>
  );
}

interface WriteProps {
  readonly live: Live;
  readonly event: LiveEvent;
  readonly wrong: Change | null;
  readonly actions: Actions;
  onClose(): void;
}

function Write({ live, event, wrong, actions, onClose }: WriteProps): ReactNode {
  const schema = useResource("interactions schema", (signal) => listColumns("interactions", signal));
  if (schema.isLoading && !schema.data) return null;
  return (
    <MomentDialog
      event={event}
      wrong={wrong}
      fields={contextFields(schema.data, event.state, live.changes)}
      serverNow={actions.serverNow}
      onClose={onClose}
      onDone={(next) => {
        actions.accept(next);
        onClose();
      }}
    />
  );
}
