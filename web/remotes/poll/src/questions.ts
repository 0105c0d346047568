// SPDX-License-Identifier: Apache-2.0
//
// What is asked after what. The shares are placeholders: an operator's poll service would count them.

import type { Moment } from "@matchcue/remote-kit/moment.ts";

export interface Question {
  readonly text: string;
  readonly options: readonly { readonly text: string; readonly share: number }[];
}

function ask(text: string, ...options: [text: string, share: number][]): Question {
  return { text, options: options.map(([option, share]) => ({ text: option, share })) };
}

const BY_EVENT: Readonly<Record<string, Question>> = {
  GOAL: ask("How good was that goal?", ["World class", 0.47], ["Well taken", 0.38], ["Lucky", 0.15]),
  PENALTY: ask("Was that a penalty?", ["Clear penalty", 0.54], ["Never", 0.29], ["Ask the video referee", 0.17]),
  "FREE-KICK": ask("What should they do with this free kick?", ["Shoot", 0.51], ["Cross it", 0.34], ["Play it short", 0.15]),
  "YELLOW-CARD": ask("Was yellow the right colour?", ["Yes", 0.58], ["Should be red", 0.16], ["No card at all", 0.26]),
  INJURY: ask("Should he play on?", ["Give him a minute", 0.41], ["Take him off", 0.59]),
  SUBSTITUTION: ask("Is this the right change?", ["Yes, just in time", 0.44], ["Too late", 0.33], ["The wrong man goes", 0.23]),
  SHOT: ask("Should that have gone in?", ["Yes", 0.36], ["Great save", 0.42], ["Too far out", 0.22]),
  THROW: ask("Who wants it more just now?", ["The home side", 0.52], ["The visitors", 0.48]),
};

const BY_PHASE: Partial<Record<Moment["phase"], Question>> = {
  before: ask("Who scores first tonight?", ["The home side", 0.45], ["The visitors", 0.37], ["Nobody", 0.18]),
  break: ask("Who had the better first half?", ["The home side", 0.49], ["The visitors", 0.33], ["Nobody", 0.18]),
  after: ask("How was the match?", ["A classic", 0.4], ["Fine", 0.43], ["One to forget", 0.17]),
};

export function questionFor({ event, phase, difference }: Moment): Question {
  const known = BY_EVENT[event] ?? BY_PHASE[phase];
  if (known) return known;
  return difference
    ? ask("Can they still turn this round?", ["Yes", 0.43], ["It is over", 0.57])
    : ask("Who takes this one?", ["The home side", 0.41], ["The visitors", 0.35], ["It ends level", 0.24]);
}
