// SPDX-License-Identifier: Apache-2.0
//
// One picture of a live event, as the watch stream sends it: the event, its audience, the learner.

import type { Decoded } from "./decode.ts";
import { flag, list, nullable, number, object, oneOf, text } from "./decode.ts";
import { liveEvent } from "./events.ts";

const rate = object({ value: number, low: number, high: number });
/** A reward rate with its 95 % interval. */
export type Rate = Decoded<typeof rate>;
export const rewardRate = rate;

const push = object({ sequence: number, at: text, ms: number, viewers: number });
export type Push = Decoded<typeof push>;

const audience = object({
  connections: number,
  sessions: number,
  on_screen: list(object({ slot: text, item: text, sessions: number })),
  slates: number,
  last_sequence: number,
  exploration_share: nullable(number),
  last_push_ms: nullable(number),
  slates_per_second: number,
  pushes: list(push),
});
export type Audience = Decoded<typeof audience>;

export const learner = object({
  state: oneOf("rebuilding", "learning", "fallback", "trouble"),
  trouble: text,
  solution_version: text,
  lag_s: number,
  fallback_until: nullable(text),
  reward_ratio_random: number,
  reward_ratio_popularity: number,
  recent_minutes: number,
  slots: list(object({ slot: text, trials: number, recent_trials: number, shown: rate, random: rate, popularity: rate })),
  items: list(
    object({
      item: text,
      slot: text,
      trials: number,
      recent_trials: number,
      reward_rate: number,
      share: number,
      appeal: number,
      appeal_sd: number,
      is_new: flag,
    }),
  ),
});
export type Learner = Decoded<typeof learner>;

export const view = object({ at: text, event: liveEvent, audience, learner });
export type View = Decoded<typeof view>;
