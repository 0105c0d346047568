// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import type { Learner } from "../api/view.ts";
import { Chip, Panel } from "../parts/panel.tsx";
import { clock, count, duration, percent, times } from "../parts/words.ts";

const STATES = {
  learning: ["good", "Learning"],
  rebuilding: ["info", "Rebuilding"],
  fallback: ["warn", "Fallback"],
  trouble: ["bad", "Trouble"],
} as const;

function wordsOf(learner: Learner): string | null {
  if (learner.state === "fallback") {
    const until = learner.fallback_until ? ` until ${clock(learner.fallback_until)}` : "";
    return `Popularity decides${until}: the learner did significantly worse.`;
  }
  if (learner.state === "trouble") return learner.trouble;
  return learner.state === "rebuilding" ? "Rebuilding from what is stored; what viewers do is kept meanwhile." : null;
}

/** How sure the learner is, what it gains, and whether it decides at all. */
export function LearnerPanel({ learner, exploration }: { readonly learner: Learner; readonly exploration: number | null }): ReactNode {
  const [tone, state] = STATES[learner.state];
  const words = wordsOf(learner);
  const trials = learner.slots.reduce((sum, slot) => sum + slot.trials, 0);
  const gain = (ratio: number): string => (trials > 0 && ratio > 0 ? times(ratio) : "–");
  return (
    <Panel title="Learner" className="learner-panel" aside={<Chip tone={tone}>{state}</Chip>}>
      {words ? <p className={`learner-words ${tone}`}>{words}</p> : null}
      <div className="meter-line">
        <span id="exploring">Exploring</span>
        <meter aria-labelledby="exploring" min={0} max={1} value={exploration ?? 0} />
        <b>{exploration === null ? "–" : percent(exploration)}</b>
      </div>
      <dl className="learner-facts">
        <div>
          <dt>Reward vs random</dt>
          <dd>{gain(learner.reward_ratio_random)}</dd>
        </div>
        <div>
          <dt>vs popularity</dt>
          <dd>{gain(learner.reward_ratio_popularity)}</dd>
        </div>
        <div>
          <dt>Trials</dt>
          <dd>{count(trials)}</dd>
        </div>
        <div>
          <dt>Behind by</dt>
          <dd>{duration(learner.lag_s * 1_000)}</dd>
        </div>
      </dl>
      <p className="quiet small ellipsis">{learner.solution_version}</p>
    </Panel>
  );
}
