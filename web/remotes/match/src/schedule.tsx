// SPDX-License-Identifier: Apache-2.0
//
// What comes after this match, and a reminder for each. Which fixtures follow depends on what kind of match this is.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./schedule.css?inline";

interface Fixture {
  readonly day: string;
  readonly time: string;
  readonly what: string;
  readonly who: string;
}

const fixture = (day: string, time: string, what: string, who: string): Fixture => ({ day, time, what, who });

const BY_TYPE: Readonly<Record<string, readonly Fixture[]>> = {
  "Semi-final": [
    fixture("Wed", "21:00", "The other semi-final", "Who the winner will meet"),
    fixture("Sat", "17:00", "Third place", "For those who lose"),
    fixture("Sun", "21:00", "Final", "The winners"),
  ],
  Final: [
    fixture("Mon", "12:00", "The parade", "From the town hall"),
    fixture("Sat", "20:45", "Super cup", "Cup holders at the champions"),
    fixture("Fri", "20:00", "League, round 1", "The new season"),
  ],
};
const LEAGUE = [
  fixture("Wed", "20:45", "Round 31", "Away"),
  fixture("Sat", "18:30", "Round 32", "At home"),
  fixture("Sun", "14:30", "Round 33", "Away"),
];

function Bell() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 12 H13 C11.8 10.6 11.8 9 11.8 7 A3.8 3.8 0 0 0 4.2 7 C4.2 9 4.2 10.6 3 12 Z M6.6 13.8 Q8 15.2 9.4 13.8" />
    </svg>
  );
}

function Schedule({ cue, context, actions }: CueProps) {
  const [reminded, setReminded] = useState<readonly string[]>([]);
  const { type, phase } = momentOf(context);
  return (
    <Card slot={cue.slot} kicker="Schedule" title={phase === "after" ? "What comes next" : "After this match"} aside={type && <span className="schedule__type">{type}</span>} look="schedule">
      <ul className="schedule__list">
        {(BY_TYPE[type] ?? LEAGUE).map(({ day, time, what, who }) => {
          const on = reminded.includes(what);
          return (
            <li key={what} className="schedule__row">
              <span className="schedule__when mq-number">
                <b>{day}</b> {time}
              </span>
              <span className="schedule__what">
                <b>{what}</b> <span>{who}</span>
              </span>
              <button
                type="button"
                className="schedule__bell"
                aria-pressed={on}
                aria-label={`Remind me of: ${what}`}
                onClick={() => {
                  setReminded(on ? reminded.filter((name) => name !== what) : [...reminded, what]);
                  if (!on) actions.click();
                }}
              >
                <Bell />
              </button>
            </li>
          );
        })}
      </ul>
      <PlaceholderNote>your fixtures.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Schedule, cardStyles(css));
