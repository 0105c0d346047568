// SPDX-License-Identifier: Apache-2.0
//
// Keeps a picture a chosen time behind the live edge: what to do about being too near or too far. Pure: no player, no clock.

/** Nearer than this is on time. */
const tolerance = 0.35;
/** Farther than this is a jump; nearer is made up for by playing a little faster or slower, which nobody hears. */
const jump = 4;
const haste = (late: number): number => Math.sign(late) * (Math.abs(late) > 1.5 ? 0.12 : 0.05);

export interface Step {
  readonly rate: number;
  /** Go to where the delay is right. */
  readonly seek: boolean;
}

export const steady: Step = { rate: 1, seek: false };

/** What a picture does that is `latency` seconds behind live and should be `delay` behind. Not finite: not known yet. */
export function follow(latency: number, delay: number): Step {
  const late = latency - delay;
  if (!Number.isFinite(late) || Math.abs(late) <= tolerance) return steady;
  if (Math.abs(late) > jump) return { rate: 1, seek: true };
  return { rate: 1 + haste(late), seek: false };
}

/** How long to wait before try number `attempt`, counted from 0: 1 s doubling to 8 s, and up to a fifth more by chance. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.min(8_000, 1_000 * 2 ** attempt) * (1 + 0.2 * random());
}
