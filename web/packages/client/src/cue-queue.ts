// SPDX-License-Identifier: Apache-2.0
//
// Decides which cues may be on screen, from the slates that came and where the picture is.
//
// What is shown is a function of the present: the slates here, the picture's position P, the wall clock. So a seek back
// takes away what the picture has not reached any more, and a seek forward shows what one who had watched would see.
//  1. A slate with a media time is reached once P >= media time. One without, and every one where there is no clock, at
//     once; its place in the picture is right after what had been reached when it came.
//  2. In a slot shows the reached slate that is furthest on in the picture; of two in the same place the newer by seq.
//     So a late entry about an earlier moment does not push away what came after it in the picture.
//  3. What was taken back, dismissed or has expired leaves its slot empty: what it had superseded does not return.
//  4. A slate with a media time expires by the picture, or some time later by the wall clock: the picture may have died. Any
//     other expires by the wall clock.

import type { Cue, SlateFrame, Values } from "@matchcue/protocol/frames.ts";

import type { PictureClock } from "./picture-clock.ts";
import type { Platform } from "./platform.ts";

/** A cue that may be on screen now. Immutable, and the same object as long as nothing about it changes. */
export interface RevealedCue {
  readonly cue: Cue;
  readonly event: string;
  readonly seq: number;
  readonly decision: string;
  readonly context: Values;
  /** ms since 1970, by the viewer's own clock, when it became visible */
  readonly revealedAt: number;
}

export interface CueView {
  /** By slot. */
  readonly cues: ReadonlyMap<string, RevealedCue>;
  readonly context: Values;
  readonly held: number;
}

interface Kept {
  readonly slate: SlateFrame;
  /** null: does not wait for the picture */
  readonly mediaTime: number | null;
  readonly expiresMediaTime: number | null;
  readonly expiresAt: number;
  readonly retracted: Set<string>;
  readonly place: number;
  /** From before continuity was lost. */
  stale: boolean;
}

const SLATES_MAX = 64;
/** The picture may jump without a word: it is looked at as often as this. */
const LOOK_MS = 1_000;
/** How long what was shown may stay for its successor to come, after continuity was lost: no flicker. */
const STALE_MS = 1_000;
/** Viewers are behind, by a minute at most as a rule: for so long after its time a slate may still wait for their picture. */
const BEHIND_MS = 120_000;
const NOTHING: Values = {};
const EMPTY: CueView = { cues: new Map(), context: NOTHING, held: 0 };

const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

export class CueQueue {
  readonly #platform: Platform;
  readonly #clock: PictureClock | undefined;
  readonly #isDismissed: (cue: string) => boolean;
  readonly #changed: () => void;
  #kept: Kept[] = [];
  #view = EMPTY;
  #oldest = Infinity;
  #position: number | null = null;
  #rate = 0;
  #stopped = false;
  #cancelLook = () => {};
  #cancelStale = () => {};

  constructor(platform: Platform, clock: PictureClock | undefined, isDismissed: (cue: string) => boolean, changed: () => void) {
    this.#platform = platform;
    this.#clock = clock;
    this.#isDismissed = isDismissed;
    this.#changed = changed;
  }

  view(): CueView {
    return this.#view;
  }

  /** The sequence of the oldest slate that is shown or waits; Infinity when none is. */
  oldest(): number {
    return this.#oldest;
  }

  add(slate: SlateFrame): void {
    const waits = this.#clock !== undefined && slate.media_time !== null;
    this.#lookAtPicture();
    this.#kept = this.#kept.filter(({ stale }) => !stale);
    const mediaTime = waits ? timeOf(slate.media_time) : null;
    const kept: Kept = {
      slate,
      mediaTime,
      expiresMediaTime: waits ? timeOf(slate.expires_media_time) : null,
      expiresAt: Date.parse(slate.expires_at),
      retracted: new Set(),
      place: mediaTime ?? Math.max(-Infinity, ...this.#kept.filter((each) => this.#isReached(each)).map(({ place }) => place)),
      stale: false,
    };
    this.#kept = [...this.#kept, kept].slice(-SLATES_MAX);
    this.refresh();
  }

  retract(cues: readonly string[]): void {
    for (const kept of this.#kept) {
      for (const { id } of kept.slate.cues) if (cues.includes(id)) kept.retracted.add(id);
    }
    this.refresh();
  }

  /** What follows is all there is. */
  forget(): void {
    for (const kept of this.#kept) kept.stale = true;
    this.#cancelStale();
    this.#cancelStale = this.#platform.after(STALE_MS, () => {
      this.#kept = this.#kept.filter(({ stale }) => !stale);
      this.refresh();
    });
    this.refresh();
  }

  /** Looks at the clocks again. */
  refresh(): void {
    this.#lookAtPicture();
    this.#reveal();
    this.#lookLater();
  }

  /** Does not look at the clocks by itself any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancelLook();
    this.#cancelStale();
  }

  #lookAtPicture(): void {
    const playhead = this.#clock?.now();
    if (playhead) this.#position = playhead.programmeTime;
    this.#rate = playhead?.rate ?? 0;
  }

  #isReached({ mediaTime }: Kept): boolean {
    return mediaTime === null || (this.#position !== null && mediaTime <= this.#position);
  }

  #isExpired({ expiresMediaTime, expiresAt }: Kept): boolean {
    if (expiresMediaTime === null) return this.#platform.now() >= expiresAt;
    const byPicture = this.#position !== null && this.#position >= expiresMediaTime;
    return byPicture || this.#platform.now() >= expiresAt + BEHIND_MS;
  }

  #isGone(kept: Kept, cue: Cue): boolean {
    return kept.retracted.has(cue.id) || this.#isDismissed(cue.id);
  }

  #reveal(): void {
    const reached = this.#kept.filter((kept) => this.#isReached(kept));
    reached.sort((a, b) => (a.place === b.place ? a.slate.seq - b.slate.seq : a.place - b.place));
    const winners = new Map<string, [Kept, Cue]>();
    for (const kept of reached) for (const cue of kept.slate.cues) winners.set(cue.slot, [kept, cue]);
    const cues = new Map<string, RevealedCue>();
    const needed = new Set<Kept>();
    for (const [slot, [kept, cue]] of winners) {
      if (this.#isExpired(kept) || this.#isGone(kept, cue)) continue;
      cues.set(slot, this.#revealed(slot, kept.slate, cue));
      needed.add(kept);
    }
    const held = this.#kept.filter((kept) => !this.#isReached(kept) && !this.#isExpired(kept) && kept.slate.cues.some((cue) => !this.#isGone(kept, cue)));
    for (const kept of held) needed.add(kept);
    const now = this.#platform.now();
    const newest = reached.at(-1);
    this.#kept = this.#kept.filter((kept) => kept === newest || needed.has(kept) || kept.expiresAt > now);
    this.#oldest = Math.min(...[...needed].filter(({ stale }) => !stale).map(({ slate }) => slate.seq));
    this.#publish({ cues, context: newest?.slate.context ?? NOTHING, held: held.length });
  }

  #revealed(slot: string, slate: SlateFrame, cue: Cue): RevealedCue {
    const before = this.#view.cues.get(slot);
    if (before?.cue.id === cue.id) return before;
    const { event, seq, decision, context } = slate;
    return { cue, event, seq, decision, context, revealedAt: this.#platform.now() };
  }

  #publish(view: CueView): void {
    const { cues, context, held } = this.#view;
    const same = cues.size === view.cues.size && [...view.cues].every(([slot, cue]) => cues.get(slot) === cue);
    if (same && context === view.context && held === view.held) return;
    this.#view = { ...view, cues: same ? cues : view.cues };
    this.#changed();
  }

  /** When the first of the slates is reached or expires; before that, whether the picture has jumped. */
  #lookLater(): void {
    this.#cancelLook();
    if (this.#stopped) return;
    const waits: number[] = [];
    for (const { mediaTime, expiresMediaTime, expiresAt } of this.#kept) {
      if (mediaTime === null) waits.push(expiresAt - this.#platform.now());
      else waits.push(LOOK_MS, this.#untilPicture(mediaTime), this.#untilPicture(expiresMediaTime ?? mediaTime));
    }
    const next = Math.min(...waits.filter((ms) => ms > 0), 3_600_000);
    if (waits.length > 0) this.#cancelLook = this.#platform.after(next, () => this.refresh());
  }

  #untilPicture(time: number): number {
    return this.#position === null || this.#rate <= 0 ? Infinity : (time - this.#position) / this.#rate;
  }
}
