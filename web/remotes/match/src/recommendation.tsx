// SPDX-License-Identifier: Apache-2.0
//
// What else to watch, because of what is being watched.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { type Moment, momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./recommendation.css?inline";

function picksFor({ type, country, phase }: Moment) {
  const big = type === "Final" || type === "Semi-final";
  return [
    phase === "after" ? { name: "All goals again", kind: "Highlights, 6 min" } : { name: "The other match", kind: "Live now" },
    big ? { name: `The road to the ${type.toLowerCase()}`, kind: "Film, 48 min" } : { name: "Round-up", kind: "Show, 25 min" },
    country ? { name: `Football in ${country === "Netherlands" ? "the Netherlands" : country}`, kind: "Series" } : { name: "How it is played", kind: "Series" },
  ];
}

function Recommendation({ cue, context, actions }: CueProps) {
  const [saved, setSaved] = useState<readonly string[]>([]);
  const moment = momentOf(context);
  const title = moment.type === "League" || !moment.type ? "Because you watch the league" : `Because you watch the ${moment.type.toLowerCase()}`;
  return (
    <Card slot={cue.slot} kicker="For later" title={title} look="picks">
      <ol className="picks__list" aria-label="Keep for later">
        {picksFor(moment).map(({ name, kind }, index) => {
          const kept = saved.includes(name);
          return (
            <li key={name} className="picks__item">
              <button
                type="button"
                className="picks__pick"
                aria-pressed={kept}
                onClick={() => {
                  setSaved(kept ? saved.filter((each) => each !== name) : [...saved, name]);
                  if (!kept) actions.click();
                }}
              >
                <span className="picks__place" aria-hidden="true">
                  {index + 1}
                </span>
                <span className="picks__name">{name}</span>{" "}
                <span className="picks__kind">{kept ? "Kept" : kind}</span>
              </button>
            </li>
          );
        })}
      </ol>
      <PlaceholderNote>your catalogue.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Recommendation, cardStyles(css));
