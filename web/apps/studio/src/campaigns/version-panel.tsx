// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import { findVersion, type Campaign } from "../api/campaigns.ts";
import { ActButton } from "../parts/act-button.tsx";
import { Facts, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { Loaded } from "../parts/states.tsx";
import { count, readable } from "../parts/words.ts";

interface VersionProps {
  readonly id: string;
  readonly campaign: Campaign | null;
  onDeploy(): void;
  onShadow(): void;
}

type Fact = readonly [string, string];

function wordOf(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? count(value) : value.toFixed(4);
  return typeof value === "string" ? value || "–" : JSON.stringify(value);
}

/** Numbers and texts, also one level down; lists have a place of their own. */
function factsOf(found: Readonly<Record<string, unknown>> | null, prefix = ""): readonly Fact[] {
  return Object.entries(found ?? {}).flatMap(([name, value]): readonly Fact[] => {
    const label = prefix + readable(name.toUpperCase());
    if (Array.isArray(value)) return [];
    if (typeof value === "object" && value !== null) return factsOf({ ...value }, `${label}: `);
    return [[label, wordOf(value)]];
  });
}

/** How a version was made and what was measured, with what can be done with it. */
export function VersionPanel({ id, campaign, onDeploy, onShadow }: VersionProps): ReactNode {
  const version = useResource(`version ${id}`, (signal) => findVersion(id, signal));
  const isServed = campaign?.solution_version === id;
  const isShadow = campaign?.shadow?.solution_version === id;
  return (
    <Panel title={id} className="version-panel">
      <div className="dialog-acts start">
        <ActButton isPrimary isOff={!campaign || isServed} onAct={onDeploy}>
          {isServed ? "Served" : "Deploy…"}
        </ActButton>
        <ActButton isOff={!campaign || isShadow} onAct={onShadow}>
          {isShadow ? "In the shadow" : "Put into the shadow"}
        </ActButton>
      </div>
      <Loaded resource={version} rows={6}>
        {(found) => (
          <div className="scroll version-details" tabIndex={0} role="region" aria-label="Details, scrollable">
            <h3>Measured in training</h3>
            <Facts facts={factsOf(found.metrics)} />
            <h3>Data</h3>
            <Facts facts={factsOf(found.data)} />
            <h3>Hyperparameters</h3>
            <Facts facts={factsOf(found.parameters)} />
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
