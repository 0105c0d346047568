// SPDX-License-Identifier: Apache-2.0
//
// Clips of this match, the moment's first. Which there are is for the operator's archive to say.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { type Moment, momentOf, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./clips.css?inline";
import pitch from "./pitch.css?inline";
import { Pitch, wayOf } from "./pitch.tsx";

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function clipsOf(moment: Moment) {
  const first = moment.event ? [{ name: capital(theEvent(moment)), event: moment.event, length: "0:34" }] : [];
  const others = [
    { name: "The build-up", event: "", length: "0:52" },
    { name: "The best save", event: "SHOT", length: "0:21" },
    { name: "From the corner", event: "THROW", length: "0:18" },
  ];
  return [...first, ...others].slice(0, 3);
}

function Clips({ cue, context, actions }: CueProps) {
  const [playing, setPlaying] = useState<string | null>(null);
  const moment = momentOf(context);
  return (
    <Card slot={cue.slot} kicker="Clips" title={moment.event ? `See ${theEvent(moment)} again` : "What you may have missed"} look="clips">
      <ul className="clips__strip">
        {clipsOf(moment).map(({ name, event, length }) => (
          <li key={name}>
            <button
              type="button"
              className="clips__clip"
              aria-pressed={playing === name}
              onClick={() => {
                setPlaying(name);
                actions.click();
              }}
            >
              <span className="clips__still">
                <Pitch way={wayOf(event)} look="clips__pitch" />
                <svg className="clips__play" viewBox="0 0 24 24" aria-hidden="true">
                  <path d="M8 5 L19 12 L8 19 Z" />
                </svg>
                <span className="clips__length mq-number">{length}</span>
              </span>{" "}
              {name}
            </button>
          </li>
        ))}
      </ul>
      <div className="clips__line" role="status">
        <PlaceholderNote>{playing === null ? "your clips." : `“${playing}” would play now.`}</PlaceholderNote>
      </div>
    </Card>
  );
}

export const { contract, mount } = cueModule(Clips, cardStyles(pitch + css));
