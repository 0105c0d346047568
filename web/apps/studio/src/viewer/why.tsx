// SPDX-License-Identifier: Apache-2.0
//
// Why a viewer got this slate: every candidate with its score, what adds up to it, and its propensity, what was left out and by which rule, and
// whether computing it again gives the same.

import type { ReactNode } from "react";

import { findDecision, type Candidate, type Decision, type SlotCandidates } from "../api/viewers.ts";
import { useItems } from "../parts/items.tsx";
import { Chip, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { Loaded } from "../parts/states.tsx";
import { clock, percent, readable, shown, signed } from "../parts/words.ts";

export function Why({ id }: { readonly id: string }): ReactNode {
  const decision = useResource(`decision ${id}`, (signal) => findDecision(id, signal));
  return (
    <Panel title="Why" className="why-panel" aside={decision.data ? <Same isIdentical={decision.data.identical} /> : null}>
      <Loaded resource={decision} rows={12}>
        {(found) => <Explained decision={found} />}
      </Loaded>
    </Panel>
  );
}

function Same({ isIdentical }: { readonly isIdentical: boolean }): ReactNode {
  return isIdentical ? <Chip tone="good">✓ Computed again: identical</Chip> : <Chip tone="bad">Computed again: different</Chip>;
}

function Explained({ decision }: { readonly decision: Decision }): ReactNode {
  const context = Object.entries(decision.context)
    .map(([name, value]) => `${readable(name)} ${shown(value)}`)
    .join(" · ");
  return (
    <>
      <p className="why-line">
        <b>{shown(decision.context["MATCH_EVENT"])}</b> <span className="quiet">moment {decision.sequence}, decided at {clock(decision.at)} by</span> {decision.solution_version}
        {decision.campaign ? <span className="quiet"> over {decision.campaign}</span> : null}
      </p>
      <p className="quiet small">{context}</p>
      <div className="scroll why-slots" tabIndex={0} role="region" aria-label="Candidates by slot, scrollable">
        {decision.slots.map((slot) => (
          <SlotTable key={slot.slot} slot={slot} />
        ))}
      </div>
      <p className="quiet small ellipsis">
        {decision.id} · seed {decision.seed} · catalogue {decision.catalogue_version}
      </p>
    </>
  );
}

function SlotTable({ slot }: { readonly slot: SlotCandidates }): ReactNode {
  const { labelOf } = useItems();
  const byPropensity = [...slot.candidates].sort((a, b) => Number(a.excluded !== null) - Number(b.excluded !== null) || b.propensity - a.propensity);
  const most = Math.max(...byPropensity.map(({ propensity }) => propensity), Number.MIN_VALUE);
  return (
    <table className="candidates" data-slot={slot.slot}>
      <caption>
        <span className="slot-name">{slot.slot}</span> <span className="quiet">{slot.candidates.length} candidates</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col" className="figure">
            Score
          </th>
          <th scope="col" className="figure">
            Propensity
          </th>
        </tr>
      </thead>
      {byPropensity.map((candidate) => {
        const isChosen = candidate.item === slot.chosen;
        return (
          <tbody key={candidate.item} className={candidate.excluded !== null ? "excluded" : isChosen ? "chosen" : undefined}>
            <tr>
              <th scope="row" title={`${labelOf(candidate.item)} (${candidate.item})`}>
                {isChosen ? <ChosenMark /> : null}
                {labelOf(candidate.item)}
              </th>
              {candidate.excluded === null ? (
                <>
                  <td className="figure">{candidate.score.toFixed(2)}</td>
                  <td className="figure propensity">
                    <span className="propensity-bar" style={{ inlineSize: `${String((52 * candidate.propensity) / most)}%` }} aria-hidden="true" />
                    <span>{percent(candidate.propensity)}</span>
                  </td>
                </>
              ) : (
                <td colSpan={2} className="figure">
                  left out: {candidate.excluded.replaceAll("_", " ")}
                </td>
              )}
            </tr>
            <Parts of={candidate} />
          </tbody>
        );
      })}
    </table>
  );
}

/** What the score adds up, the largest first; what would move it by less than a twentieth is left out. */
function Parts({ of: { excluded, parts } }: { readonly of: Candidate }): ReactNode {
  if (excluded !== null) return null;
  const seen = Object.entries(parts)
    .filter(([, value]) => Math.abs(value) >= 0.05)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  if (seen.length === 0) return null;
  return (
    <tr className="parts quiet">
      <td colSpan={3}>
        {seen.map(([name, value]) => (
          <span key={name}>
            {name.replaceAll("_", " ")} {signed(value)}
          </span>
        ))}
      </td>
    </tr>
  );
}

const ChosenMark = (): ReactNode => (
  <span className="chosen-mark">
    <span aria-hidden="true">✓</span>
    <span className="hidden">chosen: </span>
  </span>
);
