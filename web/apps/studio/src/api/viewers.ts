// SPDX-License-Identifier: Apache-2.0
//
// One viewer: who they are, what was decided for them and why, what they did.

import { address, call } from "./call.ts";
import type { Decoded } from "./decode.ts";
import { dictionary, flag, list, listOrEmpty, nullable, number, object, oneOf, text, value } from "./decode.ts";

const act = oneOf("impression", "click", "dismiss", "answer", "convert");
export type Act = Decoded<typeof act>;

const slateCue = object({ cue: text, slot: text, item: text, label: text, propensity: number, acts: list(act) });
export type SlateCue = Decoded<typeof slateCue>;

const viewerSlate = object({ decision: text, event: text, sequence: number, moment: number, at: text, cues: list(slateCue) });
export type ViewerSlate = Decoded<typeof viewerSlate>;

export const viewer = object({
  id: text,
  known: flag,
  connected: flag,
  identified_as: nullable(text),
  earlier_ids: list(text),
  fields: dictionary(value),
  /** The newest last. */
  slates: listOrEmpty(viewerSlate),
});
export type Viewer = Decoded<typeof viewer>;

const candidate = object({ item: text, score: number, parts: dictionary(number), propensity: number, excluded: nullable(text) });
export type Candidate = Decoded<typeof candidate>;

const slotCandidates = object({ slot: text, chosen: nullable(text), candidates: list(candidate) });
export type SlotCandidates = Decoded<typeof slotCandidates>;

const decision = object({
  id: text,
  event: text,
  sequence: number,
  moment: number,
  at: text,
  solution_version: text,
  campaign: nullable(text),
  catalogue_version: number,
  seed: text,
  context: dictionary(value),
  identical: flag,
  choices: list(object({ slot: text, item: nullable(text), label: nullable(text), propensity: number })),
  slots: list(slotCandidates),
});
export type Decision = Decoded<typeof decision>;

const interaction = object({ id: text, cue: text, kind: text, value: number, at: text, attributed: flag, item: text, slot: text, propensity: number });
const interactionList = object({ interactions: list(interaction) });
export type Interaction = Decoded<typeof interaction>;

export const findViewer = (id: string, signal: AbortSignal): Promise<Viewer> => call(address("viewers", id), viewer, { signal });
export const findDecision = (id: string, signal: AbortSignal): Promise<Decision> => call(address("decisions", id), decision, { signal });
export const listFeedback = async (id: string, signal: AbortSignal): Promise<readonly Interaction[]> =>
  (await call(`/v1/interactions?viewer=${encodeURIComponent(id)}&limit=60`, interactionList, { signal })).interactions;
