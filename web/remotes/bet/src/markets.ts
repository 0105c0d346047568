// SPDX-License-Identifier: Apache-2.0
//
// What can be bet on after a moment. The odds are placeholders: a bookmaker's service would say them.

import { type Moment, scoreWords } from "@matchcue/remote-kit/moment.ts";

export interface Market {
  readonly question: string;
  readonly options: readonly { readonly text: string; readonly odds: number }[];
}

const options = (...pairs: [text: string, odds: number][]) => pairs.map(([text, odds]) => ({ text, odds }));

export function marketAfter(moment: Moment): Market {
  if (moment.phase === "after") return { question: "The next match", options: options(["Home", 2.1], ["Draw", 3.3], ["Away", 3.4]) };
  switch (moment.event) {
    case "PENALTY":
      return { question: "The penalty", options: options(["Scored", 1.28], ["Saved", 4.75], ["Missed", 9]) };
    case "GOAL":
      return { question: "The next goal", options: options(["Same team", 2.2], ["The others", 2.6], ["None", 3.1]) };
    case "YELLOW-CARD":
      return { question: "Cards from here on", options: options(["None", 4.2], ["1 or 2", 2.05], ["3 or more", 2.3]) };
    case "FREE-KICK":
      return { question: "This free kick", options: options(["Goal", 8.5], ["Shot", 2.9], ["Neither", 1.4]) };
    default: {
      const score = scoreWords(moment);
      const level = moment.difference === null || moment.difference === 0;
      return {
        question: score ? `The result, ${score}` : "The result",
        options: level ? options(["Home", 2.45], ["Draw", 2.7], ["Away", 3]) : options(["Leaders", 1.35], ["Draw", 4.6], ["Turned", 8]),
      };
    }
  }
}
