// SPDX-License-Identifier: Apache-2.0
//
// A ticket for the next match, as a ticket looks. Nothing is bought.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import { priceIn } from "./shop.ts";
import css from "./ticket.css?inline";

const PRICE = 48;
/** Widths of bars and gaps, by turns. */
const BARS = [3, 2, 1, 3, 2, 1, 4, 2, 1, 1, 3, 2, 2, 1, 4, 1, 1, 3, 2, 2, 3, 1, 1, 2, 4, 1, 2];

function Barcode() {
  return (
    <svg className="ticket__code" viewBox="0 0 20 56" preserveAspectRatio="none" aria-hidden="true" fill="currentColor">
      {BARS.map((height, bar) => {
        const before = BARS.slice(0, bar).reduce((sum, each) => sum + each, 0);
        return bar % 2 === 0 && <rect key={bar} y={before} width="20" height={height} />;
      })}
    </svg>
  );
}

function Ticket({ cue, context, actions, locale }: CueProps) {
  const [reserved, setReserved] = useState(false);
  const { type, venue, phase } = momentOf(context);
  const price = priceIn(locale);
  const match = type === "Semi-final" ? "The final" : type === "Final" ? "The super cup" : "The next home match";
  return (
    <Card
      slot={cue.slot}
      kicker="Ticket"
      title={match}
      look="ticket"
      art={<Barcode />}
      foot={
        <>
          <PlaceholderNote>your box office. No money is taken.</PlaceholderNote>
          <Button
            done={reserved}
            onPress={() => {
              setReserved(true);
              actions.convert(PRICE);
            }}
          >
            {reserved ? "Reserved, for show" : "Reserve a seat"}
          </Button>
        </>
      }
    >
      <p className="mq-quiet">{phase === "after" ? "Seen enough on a screen? Be there." : "Be there, not only on a screen."}</p>
      <dl className="ticket__seat">
        {[
          ["Where", venue || "At home"],
          ["Block", "114"],
          ["Row", "7"],
          ["From", price(PRICE)],
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mq-number">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

export const { contract, mount } = cueModule(Ticket, cardStyles(css));
