// SPDX-License-Identifier: Apache-2.0
//
// Something to eat, most wanted at half-time. Nothing is bought.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./food.css?inline";
import { priceIn } from "./shop.ts";

const MENU = [
  {
    name: "Pizza",
    price: 11.5,
    picture: (
      <>
        <path d="M24 44 5 11 Q24 1 43 11 Z" fill="var(--mq-fill)" />
        <path d="M5 11 Q24 1 43 11 L41 15 Q24 6 7 15 Z" fill="color-mix(in oklab, var(--mq-fill) 55%, #5a2d00)" />
        {["20 17", "30 19", "24 29"].map((place) => (
          <circle key={place} cx={place.split(" ")[0]} cy={place.split(" ")[1]} r="3.4" fill="var(--mq-bad)" />
        ))}
      </>
    ),
  },
  {
    name: "Popcorn",
    price: 4.9,
    picture: (
      <>
        {["15 12", "24 8", "33 12", "20 15", "29 15"].map((place) => (
          <circle key={place} cx={place.split(" ")[0]} cy={place.split(" ")[1]} r="6" fill="var(--mq-fill)" />
        ))}
        <path d="M9 17 H39 L35 44 H13 Z" fill="#fff" />
        <path d="M16 17 h5 l1 27 h-5 Z M27 17 h5 l-1 27 h-5 Z" fill="var(--mq-bad)" />
      </>
    ),
  },
  {
    name: "Lemonade",
    price: 3.2,
    picture: (
      <>
        <path d="M27 15 L31 2 H37" fill="none" stroke="var(--mq-ink)" strokeWidth="2.5" />
        <path d="M11 14 H37 L34 44 H14 Z" fill="color-mix(in oklab, var(--mq-fill) 45%, transparent)" stroke="var(--mq-ink)" strokeWidth="2" />
        <path d="M12.4 24 H35.6 L33.6 43 H14.4 Z" fill="var(--mq-fill)" />
      </>
    ),
  },
] as const;

const TITLES = { before: "Something before kick-off?", play: "Hungry already?", break: "Half-time, at your door", after: "Hungry after that?", unknown: "Something to eat?" };

function Food({ cue, context, actions, locale }: CueProps) {
  const [chosen, setChosen] = useState(0);
  const [ordered, setOrdered] = useState(false);
  const price = priceIn(locale);
  const dish = MENU[chosen] ?? MENU[0];
  return (
    <Card
      slot={cue.slot}
      kicker="Food"
      title={TITLES[momentOf(context).phase]}
      look="food"
      foot={
        <>
          <PlaceholderNote>your kitchen&rsquo;s menu. No money is taken.</PlaceholderNote>
          <Button
            done={ordered}
            onPress={() => {
              setOrdered(true);
              actions.convert(dish.price);
            }}
          >
            {ordered ? "Ordered, for show" : `Order ${dish.name.toLowerCase()}`}
          </Button>
        </>
      }
    >
      <div className="food__menu" role="group" aria-label="Menu">
        {MENU.map(({ name, price: euros, picture }, index) => (
          <button
            key={name}
            type="button"
            className="food__dish"
            aria-pressed={chosen === index}
            aria-disabled={ordered || undefined}
            onClick={() => {
              if (ordered) return;
              setChosen(index);
              actions.click();
            }}
          >
            <svg viewBox="0 0 48 48" aria-hidden="true">
              {picture}
            </svg>
            <span className="mq-strong">{name}</span>
            <span className="mq-number">{price(euros)}</span>
          </button>
        ))}
      </div>
    </Card>
  );
}

export const { contract, mount } = cueModule(Food, cardStyles(css));
