// SPDX-License-Identifier: Apache-2.0
//
// A club's or country's greatest. Who they are is for the operator's archive to say; the plaques show what it looks like.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./hall-of-fame.css?inline";

const PLAQUES = [
  { number: 10, role: "The captain", years: "412 matches" },
  { number: 9, role: "The scorer", years: "263 goals" },
  { number: 1, role: "The keeper", years: "148 clean sheets" },
];

/** Leaves along both sides of a circle that is open at the top. */
function Laurel() {
  const leaves = [18, 42, 66, 90, 114, 138];
  return (
    <svg className="fame__laurel" viewBox="0 0 64 64" aria-hidden="true" fill="var(--mq-gold)">
      {[1, -1].map((side) => (
        <g key={side} transform={`translate(32 32) scale(${String(side)} 1)`}>
          {leaves.map((angle) => (
            <g key={angle} transform={`rotate(${String(-angle)}) translate(0 24)`}>
              <ellipse cx="5" cy="3" rx="6.5" ry="2.6" transform="rotate(32)" />
              <ellipse cx="5" cy="-3" rx="6.5" ry="2.6" transform="rotate(-32)" />
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}

function HallOfFame({ cue, context, actions }: CueProps) {
  const [open, setOpen] = useState<number | null>(null);
  const { type } = momentOf(context);
  const plaque = open === null ? undefined : PLAQUES[open];
  return (
    <Card slot={cue.slot} kicker="Hall of fame" title={type === "Final" ? "Who won finals before" : "The greatest who played here"} look="fame" art={<Laurel />}>
      <ul className="fame__wall">
        {PLAQUES.map(({ number, role }, index) => (
          <li key={role}>
            <button
              type="button"
              className="fame__plaque"
              aria-pressed={open === index}
              onClick={() => {
                setOpen(index);
                actions.click();
              }}
            >
              <span className="fame__number" aria-hidden="true">
                {number}
              </span>
              {role}
            </button>
          </li>
        ))}
      </ul>
      <p className="fame__line" role="status">
        {plaque ? `${plaque.role}, number ${String(plaque.number)}: ${plaque.years}.` : "Pick a plaque."}
      </p>
      <PlaceholderNote>names and numbers of your archive.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(HallOfFame, cardStyles(css));
