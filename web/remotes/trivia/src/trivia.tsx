// SPDX-License-Identifier: Apache-2.0
//
// A claim to believe or not. The figure behind it turns up with the answer.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Choices } from "@matchcue/ui/choices.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import { factFor } from "./facts.ts";
import css from "./trivia.css?inline";

function Trivia({ cue, context, actions }: CueProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  // The claim that was answered stays, should the page ever change the moment beside it.
  const [{ claim, holds, figure, why }] = useState(() => factFor(momentOf(context)));
  const right = holds ? 0 : 1;
  const answered = chosen !== null;
  return (
    <Card slot={cue.slot} kicker="True or false?" title={claim} look="trivia">
      <div className="trivia__figure" data-shown={answered} aria-hidden="true">
        <span className={figure.length > 4 ? "trivia__long" : undefined}>{answered ? figure : "?"}</span>
      </div>
      <p className="trivia__why" role="status">
        {answered && (
          <>
            <strong>{chosen === right ? "You are right." : "Not quite."}</strong> {why}
          </>
        )}
      </p>
      <Choices
        legend={claim}
        columns={2}
        chosen={chosen}
        options={["True", "False"].map((text, index) => ({
          text,
          ...(answered && index === right && { mark: "right" as const }),
          ...(answered && index === chosen && index !== right && { mark: "wrong" as const }),
        }))}
        onChoose={(option) => {
          setChosen(option);
          actions.answer(option);
        }}
      />
    </Card>
  );
}

export const { contract, mount } = cueModule(Trivia, cardStyles(css));
