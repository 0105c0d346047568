// SPDX-License-Identifier: Apache-2.0
//
// What a friend and the crowd might say, by what happened. All of it is placeholder: an operator's own services would fill it.

import type { Moment } from "@matchcue/remote-kit/moment.ts";

export interface Talk {
  readonly friend: readonly string[];
  /** What the viewer may send with one press. */
  readonly replies: readonly string[];
  readonly crowd: readonly string[];
}

const BY_EVENT: Readonly<Record<string, Talk>> = {
  GOAL: {
    friend: ["Did you SEE that?", "Top corner, no chance"],
    replies: ["What a goal!", "Lucky, if you ask me"],
    crowd: ["The whole stand is on its feet. What a strike.", "He has been threatening that all night.", "My neighbours know the score now."],
  },
  PENALTY: {
    friend: ["Never a penalty. Never.", "I cannot look"],
    replies: ["Clear penalty!", "He will miss"],
    crowd: ["Hands over eyes in the whole family block.", "The keeper has studied him. Low left, surely.", "Longest minute of the season."],
  },
  INJURY: {
    friend: ["That looked nasty", "Hope he is all right"],
    replies: ["He is getting up", "They should change him"],
    crowd: ["Applause from both ends as he sits up.", "Get well. Bigger than any score.", "The bench is warming up already."],
  },
  "YELLOW-CARD": {
    friend: ["Yellow?! For that?", "He has to be careful now"],
    replies: ["Deserved", "Harsh"],
    crowd: ["Soft. Very soft.", "He was asking for it since kick-off.", "One more and they are ten."],
  },
  SUBSTITUTION: {
    friend: ["Finally a change", "Fresh legs, good"],
    replies: ["Too late", "About time"],
    crowd: ["Big hand for a tired pair of legs.", "Three at the back now, by the look of it.", "Brave change. We shall see."],
  },
};

const BY_PHASE: Partial<Record<Moment["phase"], Talk>> = {
  before: {
    friend: ["Ready?", "Got the snacks"],
    replies: ["Ready!", "Two minutes"],
    crowd: ["Flags out, lights on. Goose bumps.", "Line-ups are in, and I like them.", "Somebody save me a seat."],
  },
  break: {
    friend: ["Breathe", "What do you make of it?"],
    replies: ["Not bad at all", "They must press more"],
    crowd: ["Queue for tea reaches the car park.", "That half had everything but a plan.", "Same again, please."],
  },
  after: {
    friend: ["What a night", "Same time next week?"],
    replies: ["Count me in", "I need a rest"],
    crowd: ["Nobody here wants to go home.", "Voice gone, smile not.", "See you at the next one."],
  },
};

const ALWAYS: Talk = {
  friend: ["Are you watching?", "They are pushing now"],
  replies: ["Watching!", "Goal coming"],
  crowd: ["You can feel one coming.", "Midfield is a chess board tonight.", "Singing has not stopped since kick-off."],
};

export function talkAbout({ event, phase }: Moment): Talk {
  return BY_EVENT[event] ?? BY_PHASE[phase] ?? ALWAYS;
}
