// SPDX-License-Identifier: Apache-2.0
//
// A sponsor's artwork, edge to edge, with the moment that they bring.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./sponsor.css?inline";

function Artwork() {
  return (
    <svg className="sponsor__art" viewBox="0 0 380 200" preserveAspectRatio="xMinYMin slice" aria-hidden="true">
      <rect width="380" height="200" fill="var(--mq-fill)" />
      {[0, 1, 2, 3, 4, 5].map((bar) => (
        <path key={bar} d={`M${String(190 + bar * 36)} 200 L${String(282 + bar * 36)} 0 h18 l-92 200 Z`} fill="var(--mq-on-fill)" opacity={0.08 + bar * 0.09} />
      ))}
      <g transform="translate(18 76)">
        <path d="M0 18 L18 -22 H40 L22 18 Z M28 18 L46 -22 H58 L40 18 Z" fill="var(--mq-on-fill)" />
      </g>
    </svg>
  );
}

function Sponsor({ cue, context, actions }: CueProps) {
  const [opened, setOpened] = useState(false);
  const moment = momentOf(context);
  const brings = moment.event ? `brings you ${theEvent(moment)}` : moment.timing ? `with you at ${moment.timing}` : "with you all match";
  return (
    <Card
      slot={cue.slot}
      kicker="Sponsored"
      title="Your sponsor"
      look="sponsor"
      art={<Artwork />}
      foot={
        <>
          <PlaceholderNote>your sponsor&rsquo;s artwork.</PlaceholderNote>
          <Button
            done={opened}
            onPress={() => {
              setOpened(true);
              actions.click();
            }}
          >
            {opened ? "Opened" : "See more"}
          </Button>
        </>
      }
    >
      <p className="sponsor__line">{brings}</p>
    </Card>
  );
}

export const { contract, mount } = cueModule(Sponsor, cardStyles(css));
