// SPDX-License-Identifier: Apache-2.0
//
// The viewer SDK's public face: connect() puts the parts together.

import type { Cue, InteractionKind, ResumePoint, ServerFrame, Values } from "@matchcue/protocol/frames.ts";

import type { Trouble } from "./close-codes.ts";
import { Connection, type Status } from "./connection.ts";
import { CueQueue, type RevealedCue } from "./cue-queue.ts";
import { watchVisibility } from "./impressions.ts";
import { Outbox } from "./outbox.ts";
import type { PictureClock } from "./picture-clock.ts";
import { browser, type Platform } from "./platform.ts";
import { idList, type Store, StoredList } from "./stored-list.ts";

export type { PictureClock, RevealedCue, Status };

/** Everything that a page shows. Immutable; replaced as a whole when anything changes. */
export interface Snapshot {
  readonly status: Status;
  /** Why it stopped or waits; null when all is well. */
  readonly trouble: Trouble | null;
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
  /** Who watches; or `ticket`. With both, it keeps apart what different people leave in one browser's storage. */
  readonly viewer?: string;
  /** Gets a signed ticket; called again before it expires. */
  readonly ticket?: () => Promise<string>;
  readonly device?: string;
  /** Whom they watched as before they signed in. */
  readonly previously?: string;
  /** Where the picture is. Without one, every slate is shown when it comes: for pages that have no picture. */
  readonly clock?: PictureClock;
  /** Keeps the queue of interactions, dismissals and the resume point over reloads. Default: localStorage where there is one; null: none. */
  readonly storage?: Store | null;
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

const CLOCK_MS = 10_000;
/** A scrubbing viewer moves the picture a hundred times a second; the server need not hear of each. */
const CLOCK_PACE_MS = 500;
const CUES_REMEMBERED = 200;
const RATE_MAX = 16;

function defaultStore(): Store | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Connects at once, and stays connected until close(). */
export function connect(options: ConnectOptions): Client {
  return connectOn(browser, options);
}

/** connect() for tests: on another machine than the browser. */
export function connectOn(platform: Platform, options: ConnectOptions): Client {
  return new ViewerClient(platform, options);
}

class ViewerClient implements Client {
  readonly #platform: Platform;
  readonly #clock: PictureClock | undefined;
  readonly #store: Store | null;
  readonly #resumeKey: string;
  readonly #dismissed: StoredList<string>;
  readonly #seen: StoredList<string>;
  readonly #queue: CueQueue;
  readonly #outbox: Outbox;
  readonly #connection: Connection;
  readonly #listeners = new Set<() => void>();
  #continuity: "kept" | "lost" | null = null;
  #snapshot: Snapshot;
  #saved = "";
  #clockSaidAt = -Infinity;
  #cancelClock = () => {};

  constructor(platform: Platform, options: ConnectOptions) {
    const { url, content, viewer, ticket, device, previously, clock } = options;
    const store = options.storage === undefined ? defaultStore() : options.storage;
    const key = `matchcue:${JSON.stringify([content, viewer, device])}:`;
    this.#platform = platform;
    this.#clock = clock;
    this.#store = store;
    this.#resumeKey = `${key}resume`;
    this.#dismissed = new StoredList(store, idList(`${key}dismissed`, CUES_REMEMBERED));
    this.#seen = new StoredList(store, idList(`${key}seen`, CUES_REMEMBERED));
    const changed = () => this.#publish();
    this.#queue = new CueQueue(platform, clock, (cue) => this.#dismissed.has(cue), () => {
      this.#save();
      changed();
    });
    this.#outbox = new Outbox(platform, store, `${key}outbox`, { changed, silent: () => this.#connection.suspect() });
    const hello = { t: "hello", content, ...(viewer && { viewer }), ...(device && { device }), ...(previously && { previously }) } as const;
    this.#connection = new Connection(
      platform,
      { url, hello, ticket, resume: this.#load() },
      {
        welcomed: ({ continuity }) => this.#welcomed(continuity),
        frame: (frame) => this.#take(frame),
        lost: () => this.#disconnected(),
        changed,
      },
    );
    this.#snapshot = this.#look();
    this.#connection.open();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly snapshot = () => this.#snapshot;

  readonly interact = (cue: Cue, kind: InteractionKind, value?: number) => this.#outbox.add(cue.id, kind, value);

  readonly dismiss = (cue: Cue) => {
    if (this.#dismissed.has(cue.id)) return;
    this.#dismissed.add(cue.id);
    this.#queue.refresh();
    this.interact(cue, "dismiss");
  };

  readonly observe = (element: Element, cue: Cue) => {
    if (this.#seen.has(cue.id)) return () => {};
    return watchVisibility(this.#platform, element, () => {
      if (this.#seen.has(cue.id)) return;
      this.#seen.add(cue.id);
      this.interact(cue, "impression");
    });
  };

  readonly clockChanged = () => {
    this.#queue.refresh();
    if (this.#connection.status !== "connected") return;
    const wait = this.#clockSaidAt + CLOCK_PACE_MS - this.#platform.now();
    if (wait <= 0) return this.#sayClock();
    this.#cancelClock();
    this.#cancelClock = this.#platform.after(wait, () => this.#sayClock());
  };

  readonly close = () => {
    this.#queue.stop();
    this.#connection.close();
  };

  #welcomed(continuity: "kept" | "lost"): void {
    this.#continuity = continuity;
    if (continuity === "lost") this.#queue.forget();
    this.#outbox.connected((frame) => this.#connection.send(frame));
    this.#sayClock();
    this.#save();
  }

  #disconnected(): void {
    this.#outbox.disconnected();
    this.#cancelClock();
  }

  #take(frame: ServerFrame): void {
    if (frame.t === "slate") this.#queue.add(frame);
    if (frame.t === "retract") this.#queue.retract(frame.cues);
    if (frame.t === "slate" || frame.t === "retract") this.#save();
    if (frame.t === "ack") this.#outbox.acknowledged(frame.id);
    if (frame.t === "error" && frame.id !== undefined) this.#outbox.refused(frame.id, frame.code);
  }

  #sayClock(): void {
    const playhead = this.#clock?.now();
    this.#cancelClock();
    if (!this.#clock) return;
    this.#cancelClock = this.#platform.after(CLOCK_MS, () => this.#sayClock());
    if (!playhead) return;
    this.#clockSaidAt = this.#platform.now();
    const rate = Math.max(-RATE_MAX, Math.min(RATE_MAX, playhead.rate));
    this.#connection.send({ t: "clock", pdt: new Date(playhead.programmeTime).toISOString(), rate });
  }

  /** A page that is loaded again has nothing: it resumes before the oldest slate that is shown or waits here. */
  #save(): void {
    const position = this.#connection.position();
    if (!this.#store || !position) return;
    const saved = JSON.stringify({ epoch: position.epoch, seq: Math.min(position.seq, this.#queue.oldest() - 1) });
    if (saved === this.#saved) return;
    this.#saved = saved;
    try {
      this.#store.setItem(this.#resumeKey, saved);
    } catch {
      // Without it the next page is shown the current slate.
    }
  }

  #load(): ResumePoint | undefined {
    try {
      const { epoch, seq } = JSON.parse(this.#store?.getItem(this.#resumeKey) ?? "{}") as Partial<Record<string, unknown>>;
      return typeof epoch === "string" && typeof seq === "number" ? { epoch, seq } : undefined;
    } catch {
      return undefined;
    }
  }

  #look(): Snapshot {
    const { status, trouble } = this.#connection;
    return { status, trouble, ...this.#queue.view(), unsent: this.#outbox.size(), continuity: this.#continuity };
  }

  #publish(): void {
    const before = this.#snapshot;
    const after = this.#look();
    if ((Object.keys(after) as (keyof Snapshot)[]).every((key) => before[key] === after[key])) return;
    this.#snapshot = after;
    for (const listener of this.#listeners) listener();
  }
}
