// SPDX-License-Identifier: Apache-2.0
//
// Questions with one right answer: about the law behind what happened, else about the venue's country.

import type { Moment } from "@matchcue/remote-kit/moment.ts";

export interface Question {
  readonly text: string;
  readonly options: readonly string[];
  readonly right: number;
  readonly why: string;
}

const BY_EVENT: Readonly<Record<string, Question>> = {
  PENALTY: {
    text: "Where must the goalkeeper be when a penalty is kicked?",
    options: ["Anywhere in goal", "A foot on the line", "A metre out", "Off the pitch"],
    right: 1,
    why: "At least part of one foot on or over the line.",
  },
  "YELLOW-CARD": {
    text: "What do two yellow cards in one match make?",
    options: ["A warning", "Ten minutes off", "A red card", "A penalty"],
    right: 2,
    why: "The second is followed by red at once.",
  },
  SUBSTITUTION: {
    text: "With how few players may a team go on?",
    options: ["Six", "Seven", "Eight", "Nine"],
    right: 1,
    why: "With fewer than seven the match is not continued.",
  },
};

const BY_COUNTRY: Readonly<Record<string, Question>> = {
  France: {
    text: "In which years was France world champion?",
    options: ["1984, 2000", "1998, 2018", "1998, 2006", "2018, 2022"],
    right: 1,
    why: "At home against Brazil, and in Moscow against Croatia.",
  },
  Argentina: {
    text: "Who led Argentina to the title in 1986?",
    options: ["Kempes", "Batistuta", "Messi", "Maradona"],
    right: 3,
    why: "Diego Maradona was the captain in Mexico.",
  },
  Netherlands: {
    text: "Whose name does Amsterdam's arena bear?",
    options: ["Van Basten", "Cruijff", "Gullit", "Bergkamp"],
    right: 1,
    why: "Johan Cruijff's, since 2018.",
  },
};

const ALWAYS: Question = {
  text: "Which country has won most World Cups of men?",
  options: ["Germany", "Italy", "Brazil", "Argentina"],
  right: 2,
  why: "Five, from 1958 to 2002.",
};

export function questionFor({ event, country }: Moment): Question {
  return BY_EVENT[event] ?? BY_COUNTRY[country] ?? ALWAYS;
}
