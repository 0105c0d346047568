// SPDX-License-Identifier: Apache-2.0
//
// Cues as the sample catalogue would have them, for standalone pages and tests.

import type { Cue, Values } from "@matchcue/protocol/frames.ts";

let made = 0;

export function sampleCue(label: string, slot: string, data: Values = {}): Cue {
  made += 1;
  return { id: `c_sample_${String(made)}`, slot, item: `ITEM_SAMPLE_${String(made)}`, label, remote: null, data };
}

const LEAGUE = { MATCH_TYPE: "LEAGUE", MATCH_VENUE: "Amsterdam" };
const FINAL = { MATCH_TYPE: "FINAL", MATCH_VENUE: "France" };

/** Moments that cards are looked at in, by what they are called. */
export const sampleMoments: Readonly<Record<string, Values>> = {
  Goal: { MATCH_EVENT: "GOAL", MATCH_TIMING: "SECOND-HALF-2", SCORE_DIFFERENCE: "1", ...FINAL },
  Penalty: { MATCH_EVENT: "PENALTY", MATCH_TIMING: "SECOND-HALF-3", SCORE_DIFFERENCE: "0", ...FINAL },
  "Yellow card": { MATCH_EVENT: "YELLOW-CARD", MATCH_TIMING: "FIRST-HALF-2", SCORE_DIFFERENCE: "0", ...LEAGUE },
  Substitution: { MATCH_EVENT: "SUBSTITUTION", MATCH_TIMING: "SECOND-HALF-1", SCORE_DIFFERENCE: "2", ...LEAGUE },
  Injury: { MATCH_EVENT: "INJURY", MATCH_TIMING: "FIRST-HALF-3", SCORE_DIFFERENCE: "1", ...LEAGUE },
  "Before kick-off": { MATCH_EVENT: "PRE-MATCH", MATCH_TIMING: "PRE-MATCH", SCORE_DIFFERENCE: "0", ...FINAL },
  "Half-time": { MATCH_EVENT: "INTERVAL", MATCH_TIMING: "INTERVAL", SCORE_DIFFERENCE: "1", ...LEAGUE },
  "Full time": {
    MATCH_EVENT: "POST-MATCH",
    MATCH_TIMING: "POST-MATCH",
    SCORE_DIFFERENCE: "2",
    MATCH_TYPE: "SEMI-FINAL",
    MATCH_VENUE: "Argentina",
  },
  "Nothing known": {},
};
