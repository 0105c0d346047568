// SPDX-License-Identifier: Apache-2.0
//
// One cue in its slot: the remote's component, or the built-in card while that is slow, missing or broken.

import { useEffect, useRef, useState } from "react";

import type { Client, RevealedCue } from "@matchcue/client/client.ts";
import type { InteractionKind } from "@matchcue/protocol/frames.ts";
import { CUE_COMPONENT, type CueActions } from "@matchcue/remote-kit/contract.ts";

import { inFrame, inPage } from "./attempts.ts";
import { Breaker } from "./breaker.ts";
import { FallbackCard } from "./fallback-card.tsx";
import { cueName } from "./moment-words.ts";
import { usePage, type PageContext } from "./page-context.ts";
import { Remotes } from "./remotes.ts";
import { sustain, type Attempt, type Stage } from "./sustain.ts";

/** Each kind of act is recorded once a cue, however often a component says it. */
function actionsFor(client: Client, { cue }: RevealedCue): CueActions {
  const done = new Set<InteractionKind>();
  const once = (kind: InteractionKind, value?: number) => {
    if (!done.has(kind)) client.interact(cue, kind, value);
    done.add(kind);
  };
  return {
    click: () => once("click"),
    answer: (option) => once("answer", option),
    convert: (value) => once("convert", value),
    dismiss: () => client.dismiss(cue),
  };
}

/** How this cue's component gets into `place`, by what is configured now; null where none is named or configured. */
function attemptFor({ client, remotes, theme, locale }: PageContext, revealed: RevealedCue, place: HTMLElement): Attempt | null {
  const { cue, context } = revealed;
  const remote = cue.remote && remotes.find(cue.remote.remote);
  if (!cue.remote || !remote) return null;
  const { remote: name, module } = cue.remote;
  const actions = actionsFor(client, revealed);
  const base = Remotes.base(remote);
  if (remote.sandbox) return inFrame(base, module, cueName(cue), place, { cue, context, theme, locale }, actions);
  return inPage(() => remotes.load(name, module, CUE_COMPONENT), place, { cue, context, actions, theme, locale, base });
}

export interface CuePlaceProps {
  /** Another cue needs another place: give it the cue's id as key. */
  readonly revealed: RevealedCue;
}

export function CuePlace({ revealed }: CuePlaceProps) {
  const page = usePage();
  const place = useRef<HTMLDivElement>(null);
  const whole = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage>({ at: "loading" });
  const { cue } = revealed;
  // What is mounted stays as it was mounted: colours follow the theme by themselves, and what a viewer began is not lost. Frames
  // do not hear of the page's colours: they are made anew.
  const first = useRef({ page, revealed });
  const framed = cue.remote !== null && page.remotes.find(cue.remote.remote)?.sandbox === true;
  const frameTheme = framed ? page.theme : null;

  useEffect(() => {
    const { page: mounted, revealed: shown } = first.current;
    const atFirst = frameTheme ? { ...mounted, theme: frameTheme } : mounted;
    const root = place.current;
    const attempt = root && attemptFor(atFirst, shown, root);
    const named = shown.cue.remote?.remote;
    if (!attempt) {
      const why = named ? `no remote "${named}" is configured` : "no component is named for it";
      const settled = setTimeout(() => setStage({ at: "failed", why }));
      return () => clearTimeout(settled);
    }
    const afresh: Attempt = (report) => (attemptFor(atFirst, shown, root) ?? attempt)(report);
    return sustain(afresh, named ? atFirst.remotes.breaker(named) : new Breaker(Date.now), setStage);
  }, [frameTheme]);

  // A stand-in is no impression of the item.
  const { client } = page;
  const seen = stage.at === "shown";
  useEffect(() => (seen && whole.current ? client.observe(whole.current, cue) : undefined), [client, cue, seen]);

  return (
    <div className="cue" ref={whole} data-stage={stage.at} data-cue={cue.id}>
      <div className="cue-component" ref={place} inert={stage.at !== "shown"} />
      {stage.at === "loading" && <div className="cue-loading" aria-hidden="true" />}
      {stage.at === "failed" && <FallbackCard cue={cue} why={stage.why} />}
    </div>
  );
}
