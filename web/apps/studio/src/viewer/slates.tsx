// SPDX-License-Identifier: Apache-2.0
//
// A viewer's last slates: what each put where, how likely that was, and what they did with it. Choosing one explains it.

import { useContext, useSyncExternalStore, type ReactNode } from "react";

import type { Act, SlateCue, Viewer, ViewerSlate } from "../api/viewers.ts";
import { Panel } from "../parts/panel.tsx";
import { linkTo } from "../parts/route.ts";
import { useRoving } from "../parts/roving.ts";
import { Empty } from "../parts/states.tsx";
import { clock, itemName, percent, shown } from "../parts/words.ts";
import { LiveContext } from "../stream/use-live.ts";

export function Slates({ viewer, chosen }: { readonly viewer: Viewer; readonly chosen: string | null }): ReactNode {
  const { ref, ...handlers } = useRoving();
  const happeningOf = useHappenings();
  return (
    <Panel title="Last slates" className="slates-panel" aside={<span className="quiet small">newest first</span>}>
      {viewer.slates.length === 0 ? <Empty title="None yet." /> : null}
      <div ref={ref} className="scroll slates" {...handlers}>
        <ul>
          {viewer.slates.toReversed().map((slate, index) => (
            <li key={slate.decision}>
              <a data-row={slate.decision} href={linkTo("viewer", viewer.id, slate.decision)} aria-current={slate.decision === chosen ? "true" : undefined}>
                <span className="slate-head">
                  <b>{clock(slate.at)}</b> <span>{happeningOf(slate)}</span>{" "}
                  <span className="quiet small">
                    event {slate.event}, moment {slate.moment}
                  </span>{" "}
                  {index === 0 ? <span className="quiet small slate-newest">newest</span> : null}
                </span>
                <ul className="slate-cues">
                  {slate.cues.map((cue) => (
                    <Cue key={cue.cue} cue={cue} />
                  ))}
                </ul>
              </a>
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

const noChanges = { subscribe: () => () => undefined, snapshot: () => null };

/** What happened at a slate's moment, as far as the stream has told: it tells of one event. */
function useHappenings(): (slate: ViewerSlate) => string | null {
  const store = useContext(LiveContext) ?? noChanges;
  const live = useSyncExternalStore(store.subscribe, store.snapshot);
  const happenings = new Map((live?.changes ?? []).map(({ event, sequence, after }) => [`${String(sequence)} ${event}`, shown(after["MATCH_EVENT"])]));
  return ({ event, moment }) => happenings.get(`${String(moment)} ${event}`) ?? null;
}

function Cue({ cue }: { readonly cue: SlateCue }): ReactNode {
  const name = cue.label ? itemName(cue.label, cue.slot) : cue.item;
  return (
    <li className="slate-cue" data-slot={cue.slot}>
      <span className="slot-dot" title={cue.slot} aria-hidden="true" />
      <span className="ellipsis" title={`${name} (${cue.item})`}>
        <span className="hidden">{cue.slot}: </span>
        {name}
      </span>{" "}
      <span className="acts">
        {[...new Set(cue.acts)].map((act) => (
          <Mark key={act} act={act} />
        ))}
      </span>{" "}
      <span>{percent(cue.propensity)}</span>
    </li>
  );
}

const MARKS: Readonly<Record<Act, { readonly word: string; readonly tone: "good" | "info" | "warn" | "plain"; readonly path: string }>> = {
  impression: { word: "seen", tone: "plain", path: "M1.5 8C3.2 5 5.4 3.6 8 3.6S12.8 5 14.5 8C12.8 11 10.6 12.4 8 12.4S3.2 11 1.5 8zM8 6.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2z" },
  click: { word: "clicked", tone: "good", path: "M4 2.5l8.5 5-3.7 1L7 12.2zM9 9l3.5 4.5" },
  dismiss: { word: "dismissed", tone: "warn", path: "M4 4l8 8M12 4l-8 8" },
  answer: { word: "answered", tone: "info", path: "M2.5 3h11v7.5H8L5 13.5v-3H2.5z" },
  convert: { word: "converted", tone: "good", path: "M3 8.5l3.5 3.5L13 4.5" },
};

function Mark({ act }: { readonly act: Act }): ReactNode {
  const { word, tone, path } = MARKS[act];
  return (
    <span className={`act ${tone}`} title={word}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={path} />
      </svg>
      <span className="hidden">{word} </span>
    </span>
  );
}
