// SPDX-License-Identifier: Apache-2.0
//
// One question about what has just been seen. Shares show only after the viewer's own answer: they would sway it.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Choices } from "@matchcue/ui/choices.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./poll.css?inline";
import { questionFor } from "./questions.ts";

function Poll({ cue, context, actions, locale }: CueProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [{ text, options }] = useState(() => questionFor(momentOf(context)));
  const percent = new Intl.NumberFormat(locale, { style: "percent" });
  return (
    <Card slot={cue.slot} kicker="Poll" title={text} look="poll">
      <Choices
        legend={text}
        chosen={chosen}
        options={options.map((option) => ({
          text: option.text,
          ...(chosen !== null && { end: percent.format(option.share), fill: option.share }),
        }))}
        onChoose={(option) => {
          setChosen(option);
          actions.answer(option);
        }}
      />
      <div className="poll__foot" role="status">
        {chosen === null ? (
          <p className="mq-quiet">Shares show once you have voted.</p>
        ) : (
          <PlaceholderNote>how others voted.</PlaceholderNote>
        )}
      </div>
    </Card>
  );
}

export const { contract, mount } = cueModule(Poll, cardStyles(css));
