// SPDX-License-Identifier: Apache-2.0
//
// An advertiser's picture, line and link.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./advert.css?inline";

const LINES = {
  before: "Ready before the whistle",
  play: "Made for the ninety minutes",
  break: "Fifteen minutes, well spent",
  after: "After the match is before the match",
  unknown: "Made for match day",
};

function Artwork() {
  const rays = Array.from({ length: 12 }, (_, ray) => ray * 30);
  return (
    <svg className="advert__art" viewBox="0 0 120 200" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="120" height="200" fill="color-mix(in oklab, var(--mq-fill) 28%, var(--mq-panel))" />
      <g transform="translate(60 112)" fill="var(--mq-fill)">
        {rays.map((angle) => (
          <path key={angle} d="M-7 -150 L7 -150 L0 -34 Z" transform={`rotate(${String(angle)})`} opacity="0.5" />
        ))}
        <circle r="36" />
        <path d="M0 -17 L16 -5 L10 14 H-10 L-16 -5 Z" fill="var(--mq-on-fill)" />
        {[0, 72, 144, 216, 288].map((angle) => (
          <path key={angle} d="M0 -17 V-34" transform={`rotate(${String(angle)})`} stroke="var(--mq-on-fill)" strokeWidth="4" />
        ))}
      </g>
    </svg>
  );
}

function Advert({ cue, context, actions }: CueProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Card slot={cue.slot} kicker="Advert" title={LINES[momentOf(context).phase]} look="advert" art={<Artwork />}>
      <p className="mq-quiet">An offer in one sentence, from whoever pays for this place.</p>
      <div>
        <Button
          done={opened}
          onPress={() => {
            setOpened(true);
            actions.click();
          }}
        >
          {opened ? "Opened" : "Find out more"}
        </Button>
      </div>
      <PlaceholderNote>your advertiser&rsquo;s artwork.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Advert, cardStyles(css));
