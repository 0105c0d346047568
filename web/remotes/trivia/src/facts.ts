// SPDX-License-Identifier: Apache-2.0
//
// Claims to believe or not, by what happened; else by when it is; else by where.

import type { Moment } from "@matchcue/remote-kit/moment.ts";

export interface Fact {
  readonly claim: string;
  readonly holds: boolean;
  /** What is revealed, large: a number with its unit, or a word. */
  readonly figure: string;
  readonly why: string;
}

const BY_EVENT: Readonly<Record<string, Fact>> = {
  GOAL: { claim: "A goal is three times as wide as it is high.", holds: true, figure: "3 : 1", why: "7.32 m between the posts, 2.44 m up to the bar." },
  PENALTY: { claim: "Penalties are taken from 12 metres.", holds: false, figure: "11 m", why: "Twelve yards, which is 11 metres." },
  "FREE-KICK": { claim: "The wall has to keep 9.15 metres away.", holds: true, figure: "9.15 m", why: "Ten yards, until the ball is in play." },
  "YELLOW-CARD": { claim: "Cards were first shown at the 1970 World Cup.", holds: true, figure: "1970", why: "In Mexico. Before that, referees had to say it." },
  SUBSTITUTION: { claim: "Whoever goes off can come back on later.", holds: false, figure: "Off", why: "Not in competitions like this one." },
  INJURY: { claim: "Time lost to injuries is added to the half.", holds: true, figure: "+ min", why: "How much is up to the referee." },
  THROW: { claim: "A throw-in straight into the goal counts.", holds: false, figure: "0", why: "Play goes on with a goal kick." },
  SHOT: { claim: "It is a goal once half the ball is over the line.", holds: false, figure: "100 %", why: "The whole of the ball has to be over the line." },
};

const BY_PHASE: Partial<Record<Moment["phase"], Fact>> = {
  before: { claim: "Who wins the toss may choose to kick off.", holds: true, figure: "Toss", why: "Or choose which goal to attack." },
  break: { claim: "Half-time may last twenty minutes.", holds: false, figure: "15 min", why: "The laws of the game allow fifteen at most." },
};

const BY_COUNTRY: Readonly<Record<string, Fact>> = {
  Argentina: { claim: "Argentina has been world champion three times.", holds: true, figure: "3", why: "In 1978, 1986 and 2022." },
  France: { claim: "France was first world champion in 2018.", holds: false, figure: "1998", why: "At home, and again twenty years later." },
  Netherlands: { claim: "The Netherlands have lost three World Cup finals.", holds: true, figure: "3", why: "In 1974, 1978 and 2010." },
};

const ALWAYS: Fact = { claim: "A match ball weighs about half a kilogram.", holds: true, figure: "430 g", why: "Between 410 and 450 grams at kick-off." };

export function factFor({ event, phase, country }: Moment): Fact {
  return BY_EVENT[event] ?? BY_PHASE[phase] ?? BY_COUNTRY[country] ?? ALWAYS;
}
