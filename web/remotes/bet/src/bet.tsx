// SPDX-License-Identifier: Apache-2.0
//
// A bet on what comes next. Its words are those of the AWS sample's card. No money is taken, and the card says so.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Choices } from "@matchcue/ui/choices.tsx";
import { Badge, PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./bet.css?inline";
import { marketAfter } from "./markets.ts";

const STAKE = 10;

function Bet({ cue, context, actions, locale }: CueProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const [placed, setPlaced] = useState(false);
  const { question, options } = marketAfter(momentOf(context));
  const odds = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const option = chosen === null ? undefined : options[chosen];
  return (
    <Card slot={cue.slot} kicker={question} aside={<Badge>18+</Badge>} title="Bet Now To Win" look="bet">
      <Choices
        legend={question}
        columns={3}
        chosen={chosen}
        locked={placed}
        options={options.map(({ text, odds: value }) => ({ text, end: odds.format(value) }))}
        onChoose={(index) => {
          setChosen(index);
          actions.click();
        }}
      />
      {option ? (
        <div className="bet__slip">
          <p className="mq-grow" role="status">
            {placed
              ? `${option.text}: placed, for show.`
              : `${String(STAKE)} points on ${option.text} would return ${odds.format(STAKE * option.odds)}.`}
          </p>
          <Button
            done={placed}
            onPress={() => {
              setPlaced(true);
              actions.convert(STAKE);
            }}
          >
            {placed ? "Placed" : "Place bet"}
          </Button>
        </div>
      ) : (
        <div className="bet__slip">
          <p className="mq-grow mq-strong">500+ bets already placed!</p>
          <p className="mq-quiet">A valid ID is required.</p>
        </div>
      )}
      <PlaceholderNote>your bookmaker&rsquo;s odds. No money is taken.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Bet, cardStyles(css));
