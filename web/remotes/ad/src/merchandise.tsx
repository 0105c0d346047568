// SPDX-License-Identifier: Apache-2.0
//
// A shirt: the team's, or with PLAYER_MERCHANDISE one with a player's number. Nothing is bought.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./merchandise.css?inline";
import { priceIn } from "./shop.ts";

const SIZES = ["S", "M", "L", "XL"];

const SHIRT = "M34 6 Q50 18 66 6 L86 14 L98 40 L82 47 L78 38 V112 H22 V38 L18 47 L2 40 L14 14 Z";

function Shirt({ number }: { readonly number: string }) {
  return (
    <svg className="shirt" viewBox="0 0 100 116" aria-hidden="true">
      <clipPath id="shirt">
        <path d={SHIRT} />
      </clipPath>
      <path d={SHIRT} fill="var(--mq-fill)" />
      <g clipPath="url(#shirt)" fill="var(--mq-on-fill)">
        {number ? (
          <path d="M0 0 H22 V116 H0 Z M78 0 H100 V116 H78 Z" opacity="0.16" />
        ) : (
          <path d="M28 0 h9 v116 h-9 Z M46 0 h9 v116 h-9 Z M64 0 h9 v116 h-9 Z" opacity="0.24" />
        )}
        <path d="M34 6 Q50 18 66 6" fill="none" stroke="var(--mq-on-fill)" strokeWidth="5" opacity="0.6" />
        {number && (
          <text x="50" y="80" textAnchor="middle" fontSize="46" fontWeight="850" letterSpacing="-2">
            {number}
          </text>
        )}
      </g>
    </svg>
  );
}

function Merchandise({ cue, context, actions, locale }: CueProps) {
  const [size, setSize] = useState(1);
  const [bagged, setBagged] = useState(false);
  const moment = momentOf(context);
  const ofPlayer = cue.label.startsWith("PLAYER");
  const euros = ofPlayer ? 99 : 84;
  const kicker = ofPlayer && moment.event === "GOAL" ? `Worn at ${theEvent(moment)}` : "Fan shop";
  return (
    <Card slot={cue.slot} kicker={kicker} title={ofPlayer ? "The number on his back" : "The shirt of the season"} look="merchandise" art={<Shirt number={ofPlayer ? "10" : ""} />}>
      <p className="merchandise__price mq-number">{priceIn(locale)(euros)}</p>
      <div className="merchandise__sizes" role="group" aria-label="Size">
        {SIZES.map((name, index) => (
          <button
            key={name}
            type="button"
            className="merchandise__size"
            aria-pressed={size === index}
            onClick={() => {
              setSize(index);
              actions.click();
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div>
        <Button
          done={bagged}
          onPress={() => {
            setBagged(true);
            actions.convert(euros);
          }}
        >
          {bagged ? "In the bag, for show" : "Add to bag"}
        </Button>
      </div>
      <PlaceholderNote>your shop. No money is taken.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Merchandise, cardStyles(css));
