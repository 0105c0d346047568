// SPDX-License-Identifier: Apache-2.0
//
// The built-in card: says what a cue is about when its component is not there. Needs nothing that could fail.

import type { Cue } from "@matchcue/protocol/frames.ts";

import { cueName } from "./moment-words.ts";

export interface FallbackCardProps {
  readonly cue: Cue;
  /** In words, for whoever looks after the page. */
  readonly why: string;
}

export function FallbackCard({ cue, why }: FallbackCardProps) {
  return (
    <div className="fallback">
      <h3>{cueName(cue)}</h3>
      <p>Chosen for this moment. It cannot be shown right now.</p>
      <p className="fallback-why">
        {cue.remote ? `${cue.remote.remote}: ` : ""}
        {why}
      </p>
    </div>
  );
}
