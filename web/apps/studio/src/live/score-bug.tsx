// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import type { LiveEvent } from "../api/events.ts";
import type { Audience } from "../api/view.ts";
import { count, duration, rate, readable, shown } from "../parts/words.ts";

/** The state of the match as a broadcast would caption it: the moment first, then every other field. */
export function ScoreBug({ event, age }: { readonly event: LiveEvent; readonly age: number | null }): ReactNode {
  const { MATCH_EVENT: happening, ...others } = event.state;
  return (
    <section className="score-bug" aria-label="The match now">
      <div className="bug-moment">
        <span className="bug-label">{age === null ? `Moment ${count(event.moment)}` : `${duration(age)} old`}</span>
        <strong>{shown(happening)}</strong>
      </div>
      <dl>
        {Object.entries(others).map(([name, value]) => (
          <div key={name}>
            <dt>{readable(name)}</dt>
            <dd>{shown(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What a match director looks at all the time. */
export function Numbers({ audience }: { readonly audience: Audience }): ReactNode {
  const last = audience.last_push_ms;
  const numbers: readonly (readonly [string, string])[] = [
    ["Viewers", count(audience.connections)],
    ["Moment to last push", last === null ? "–" : duration(last)],
    ["Slates a second", rate(audience.slates_per_second)],
  ];
  return (
    <dl className="numbers">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
