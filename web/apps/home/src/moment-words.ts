// SPDX-License-Identifier: Apache-2.0
//
// What the page says of moments, slots and items.

import type { Cue, Values } from "@matchcue/protocol/frames.ts";
import { momentOf, readable, scoreWords } from "@matchcue/remote-kit/moment.ts";

/** The slots that are always on the page: below the picture, and beside it. Others come after them. */
export const slotBelow = "SOCIAL";
export const slotsBeside = ["GENERAL", "PLAYER", "MONETIZE"] as const;

const names: Readonly<Record<string, string>> = { GENERAL: "Match", PLAYER: "Player", SOCIAL: "Together", MONETIZE: "Offers" };
const promises: Readonly<Record<string, string>> = {
  GENERAL: "Predictions, bets and what is around the match",
  PLAYER: "Who it is all about right now",
  SOCIAL: "Polls, quizzes and your friends",
  MONETIZE: "Tickets, shirts and what partners offer",
};

export const slotName = (slot: string): string => names[slot] ?? readable(slot);

/** What may come here, for while nothing is. */
export const slotPromise = (slot: string): string => promises[slot] ?? "What belongs to the moment appears here";

/** "Lionel Messi Profile"; the item's id where it has no label. */
export const cueName = (cue: Cue): string => readable(cue.label) || cue.item;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export interface Scene {
  /** "Goal"; "" when nothing in particular is happening. */
  readonly event: string;
  /** "Mid second half" */
  readonly timing: string;
  /** "One goal in it" */
  readonly score: string;
  /** "Final · France" */
  readonly place: string;
}

/** Whatever of it is known. */
export function sceneOf(context: Values): Scene {
  const moment = momentOf(context);
  return {
    event: capital(moment.event.toLowerCase().replaceAll("-", " ")),
    timing: capital(moment.timing),
    score: capital(scoreWords(moment)),
    place: [moment.type, moment.venue].filter(Boolean).join(" · "),
  };
}
