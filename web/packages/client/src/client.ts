// SPDX-License-Identifier: Apache-2.0
//
// The viewer SDK's public face.

import type { Cue, InteractionKind, Values } from "@matchcue/protocol/frames.ts";

export type Status =
  | "connecting"
  /** Welcomed: slates arrive. */
  | "connected"
  /** Between two tries. */
  | "waiting"
  /** By close(), or because the server said that trying again is of no use. */
  | "stopped";

/** Where the picture is; null while that is not known. The hls.js one is in hls-clock.ts. */
export interface PictureClock {
  now(): { readonly programmeTime: number; readonly rate: number } | null;
}

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

/** Everything that a page shows. Immutable; replaced as a whole when anything changes. */
export interface Snapshot {
  readonly status: Status;
  /** Why it stopped or waits; null when all is well. */
  readonly trouble: { readonly code: string; readonly message: string } | null;
  /** By slot. */
  readonly cues: ReadonlyMap<string, RevealedCue>;
  /** The context of the newest moment that the picture has reached. */
  readonly context: Values;
  /** Slates that wait for the picture. */
  readonly held: number;
  /** Interactions that are not known to be durable yet. */
  readonly unsent: number;
  /** Of the last welcome; null before it. */
  readonly continuity: "kept" | "lost" | null;
}

export interface ConnectOptions {
  /** ws: or wss: address of /v1/ws; /v1/sse and /v1/interactions beside it are used where WebSockets do not get through. */
  readonly url: string;
  /** What is watched. */
  readonly content: string;
  /** Who watches; or `ticket`. */
  readonly viewer?: string;
  /** Gets a signed ticket; called again before it expires. */
  readonly ticket?: () => Promise<string>;
  readonly device?: string;
  /** Whom they watched as before they signed in. */
  readonly previously?: string;
  readonly clock?: PictureClock;
  /** Keeps the queue of interactions, dismissals and the resume point over reloads. Default: localStorage where there is one; null: none. */
  readonly storage?: Pick<Storage, "getItem" | "setItem" | "removeItem"> | null;
}

export interface Client {
  /** Calls back after each change; returns what ends that. The pair fits React's useSyncExternalStore. */
  subscribe(listener: () => void): () => void;
  snapshot(): Snapshot;
  /** Records what the viewer did. Kept and sent again until it is durable, over reconnects and reloads. */
  interact(cue: Cue, kind: InteractionKind, value?: number): void;
  /** Takes a cue off the screen for good, also after a reload, and records it. */
  dismiss(cue: Cue): void;
  /** Records one impression once at least half of `element` was visible for one second. Returns what ends watching. */
  observe(element: Element, cue: Cue): () => void;
  /** Says where the picture is, at once: call it on seek, pause and stall. Otherwise it is said every 10 s. */
  clockChanged(): void;
  close(): void;
}
