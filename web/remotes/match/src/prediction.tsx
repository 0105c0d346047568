// SPDX-License-Identifier: Apache-2.0
//
// How it will end, called in one press.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { type Moment, momentOf, scoreWords, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Choices } from "@matchcue/ui/choices.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./prediction.css?inline";

const CALLS = [
  { key: "1", text: "Home" },
  { key: "X", text: "Draw" },
  { key: "2", text: "Away" },
];

function hintAt(moment: Moment): string {
  const score = scoreWords(moment);
  const now = [score && score.charAt(0).toUpperCase() + score.slice(1), moment.timing].filter(Boolean).join(", ");
  if (moment.phase === "after") return "It counts for the next match.";
  if (moment.event === "PENALTY") return `${now ? `${now}. ` : ""}Call it before ${theEvent(moment)}.`;
  return now ? `${now}.` : "Your call stands until full time.";
}

function Prediction({ cue, context, actions }: CueProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const moment = momentOf(context);
  const title = moment.phase === "after" ? "And the next one?" : "How will it end?";
  const call = chosen === null ? undefined : CALLS[chosen];
  return (
    <Card
      slot={cue.slot}
      kicker="Prediction"
      title={title}
      look="prediction"
      aside={moment.type && <span className="prediction__type">{moment.type}</span>}
      art={
        <svg className="prediction__pitch" viewBox="0 0 200 120" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
          <path d="M100 0 V120 M0 30 H34 V90 H0 M200 30 H166 V90 H200 M34 46 Q46 60 34 74 M166 46 Q154 60 166 74" />
          <circle cx="100" cy="60" r="24" />
        </svg>
      }
    >
      <Choices
        legend={title}
        columns={3}
        chosen={chosen}
        options={CALLS}
        onChoose={(option) => {
          setChosen(option);
          actions.answer(option);
        }}
      />
      <p className="prediction__line" role="status">
        {call ? `Your call: ${call.text.toLowerCase()}. It is checked at full time.` : hintAt(moment)}
      </p>
    </Card>
  );
}

export const { contract, mount } = cueModule(Prediction, cardStyles(css));
