// SPDX-License-Identifier: Apache-2.0
//
// Four answers, one of them right. No clock runs: who watches a match has enough of those.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Choices } from "@matchcue/ui/choices.tsx";
import { Flag } from "@matchcue/ui/flag.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import { questionFor } from "./questions.ts";
import css from "./quiz.css?inline";

function Quiz({ cue, context, actions }: CueProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const moment = momentOf(context);
  const [{ text, options, right, why }] = useState(() => questionFor(moment));
  const answered = chosen !== null;
  const place = moment.country && (
    <span className="quiz__place">
      <Flag country={moment.country} /> {moment.venue}
    </span>
  );
  return (
    <Card slot={cue.slot} kicker="Quiz" aside={place} title={text} look="quiz">
      <Choices
        legend={text}
        columns={2}
        chosen={chosen}
        options={options.map((option, index) => ({
          text: option,
          key: "ABCD".charAt(index),
          ...(answered && index === right && { mark: "right" as const }),
          ...(answered && index === chosen && index !== right && { mark: "wrong" as const }),
        }))}
        onChoose={(option) => {
          setChosen(option);
          actions.answer(option);
        }}
      />
      <p className="quiz__why" role="status">
        {answered && (
          <>
            <strong>{chosen === right ? "Correct." : `It is ${"ABCD".charAt(right)}.`}</strong> {why}
          </>
        )}
      </p>
    </Card>
  );
}

export const { contract, mount } = cueModule(Quiz, cardStyles(css));
