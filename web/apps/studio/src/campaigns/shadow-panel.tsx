// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import type { Campaign, Shadow } from "../api/campaigns.ts";
import { Panel } from "../parts/panel.tsx";
import type { Resource } from "../parts/resource.ts";
import { count, percent } from "../parts/words.ts";

/** The version that scores without showing: how often it agrees, and what it would have brought. */
export function ShadowPanel({ campaign, onEnd }: { readonly campaign: Resource<Campaign>; onEnd(): void }): ReactNode {
  const shadow = campaign.data?.shadow ?? null;
  return (
    <Panel
      title="In the shadow"
      className="shadow-panel"
      aside={
        shadow ? (
          <span className="panel-acts">
            <button type="button" className="button plain" onClick={campaign.reload}>
              Refresh
            </button>
            <button type="button" className="button tiny" onClick={onEnd}>
              End it
            </button>
          </span>
        ) : null
      }
    >
      {shadow ? <Agreement shadow={shadow} /> : <p className="quiet">Nothing. Choose a version and put it into the shadow: it scores every decision, and viewers see none of it.</p>}
    </Panel>
  );
}

function Agreement({ shadow }: { readonly shadow: Shadow }): ReactNode {
  const parts = [{ ...shadow, slot: "All slots" }, ...shadow.slots];
  return (
    <>
      <p className="served-name">{shadow.solution_version}</p>
      <div className="scroll table-place" tabIndex={0} role="region" aria-label="The shadow by slot, scrollable">
        <table>
          <thead>
            <tr>
              <th scope="col">Slot</th>
              <th scope="col" className="figure">
                Trials
              </th>
              <th scope="col" className="figure">
                Agrees
              </th>
              <th scope="col" className="figure">
                Shown
              </th>
              <th scope="col" className="figure">
                Its own
              </th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={part.slot} data-slot={part.slot}>
                <th scope="row">
                  <span className="slot-name">{part.slot}</span>
                </th>
                <td className="figure">{count(part.trials)}</td>
                <td className="figure">{percent(part.agreement)}</td>
                <td className="figure">{percent(part.shown)}</td>
                <td className="figure" title={`95 % interval, from ${count(part.effective_trials)} effective trials`}>
                  {part.effective_trials > 0 ? `${percent(part.own.value)} (${(100 * Math.max(0, part.own.low)).toFixed(1)}–${(100 * part.own.high).toFixed(1)})` : "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
