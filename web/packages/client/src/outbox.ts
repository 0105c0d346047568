// SPDX-License-Identifier: Apache-2.0
//
// What the viewer did, until it is durable: kept over reloads, sent again over each new connection, and in the server's
// pace. The server counts an id once, so that sending twice does no harm.

import type { InteractionFrame, InteractionKind } from "@matchcue/protocol/frames.ts";

import type { Platform } from "./platform.ts";
import { type ListShape, type Store, StoredList } from "./stored-list.ts";

const ENTRIES_MAX = 200;
/** Of the server's 20 messages a second; the rest is for acknowledgements and the clock. */
const PER_SECOND = 8;
const BURST = 20;
/** No answer to what was sent so long ago: the connection is only half open. */
const SILENCE_MS = 15_000;
const REST_MIN_MS = 2_000;
const REST_MAX_MS = 120_000;
const ID_BYTES_MAX = 128;

/** With these the server says that an interaction will never be good. Any other refusal means: later. */
const INVALID = ["invalid_message", "invalid_json", "invalid_value", "not_your_cue", "unknown_cue"];
const KINDS: readonly unknown[] = ["impression", "click", "dismiss", "answer", "convert"] satisfies InteractionKind[];

function isInteraction(value: unknown): value is InteractionFrame {
  if (typeof value !== "object" || value === null) return false;
  const { t, id, cue, kind, value: worth } = value as Partial<Record<string, unknown>>;
  const isId = typeof id === "string" && id.length > 0 && id.length <= ID_BYTES_MAX;
  return t === "interaction" && isId && typeof cue === "string" && KINDS.includes(kind) && (worth === undefined || Number.isFinite(worth));
}

/** Impressions go first: there are many, and each says little. */
const shape = (key: string): ListShape<InteractionFrame> => ({
  key,
  max: ENTRIES_MAX,
  isEntry: isInteraction,
  idOf: ({ id }) => id,
  overflow: (entries) => Math.max(0, entries.findIndex(({ kind }) => kind === "impression")),
});

export interface OutboxEvents {
  changed(): void;
  /** Nothing was answered for too long. */
  silent(): void;
}

export class Outbox {
  readonly #platform: Platform;
  readonly #events: OutboxEvents;
  readonly #list: StoredList<InteractionFrame>;
  /** Of the present connection; null without one. */
  #send: ((frame: InteractionFrame) => void) | null = null;
  /** When each was sent; the oldest first. */
  #inFlight = new Map<string, number>();
  /** Refused for now: not sent before this time. */
  #restsUntil = new Map<string, number>();
  #rest = REST_MIN_MS;
  #allowance = BURST;
  #allowedAt = 0;
  #cancelPump = () => {};
  #cancelSilence = () => {};

  constructor(platform: Platform, store: Store | null, key: string, events: OutboxEvents) {
    this.#platform = platform;
    this.#events = events;
    this.#list = new StoredList(store, shape(key));
  }

  size(): number {
    return this.#list.entries().length;
  }

  add(cue: string, kind: InteractionKind, value?: number): void {
    const frame: InteractionFrame = { t: "interaction", id: this.#platform.newId(), cue, kind, ...(value !== undefined && { value }) };
    if (!isInteraction(frame)) throw new RangeError(`interaction: ${JSON.stringify({ kind })} with value ${value} is none`);
    this.#list.add(frame);
    this.#pump();
    this.#events.changed();
  }

  /** Sends everything, from the oldest on. */
  connected(send: (frame: InteractionFrame) => void): void {
    this.disconnected();
    this.#send = send;
    this.#restsUntil.clear();
    this.#pump();
  }

  disconnected(): void {
    this.#send = null;
    this.#inFlight.clear();
    this.#cancelPump();
    this.#cancelSilence();
  }

  /** It is durable. */
  acknowledged(id: string): void {
    this.#rest = REST_MIN_MS;
    this.#answered(id);
    this.#list.remove(id);
    this.#events.changed();
  }

  refused(id: string, code: string): void {
    this.#answered(id);
    if (INVALID.includes(code)) {
      this.#list.remove(id);
      this.#events.changed();
      return;
    }
    this.#restsUntil.set(id, this.#platform.now() + this.#rest * (1 + this.#platform.random()));
    this.#rest = Math.min(REST_MAX_MS, this.#rest * 2);
    this.#pump();
  }

  #answered(id: string): void {
    this.#inFlight.delete(id);
    this.#restsUntil.delete(id);
    this.#watchSilence();
  }

  #pump(): void {
    this.#cancelPump();
    if (!this.#send) return;
    const now = this.#platform.now();
    this.#allowance = Math.min(BURST, this.#allowance + ((now - this.#allowedAt) * PER_SECOND) / 1_000);
    this.#allowedAt = now;
    let next = Infinity;
    for (const frame of this.#list.entries()) {
      if (this.#inFlight.has(frame.id)) continue;
      const due = this.#restsUntil.get(frame.id) ?? now;
      const allowed = this.#allowance >= 1 ? due : Math.max(due, now + 1_000 / PER_SECOND);
      if (allowed > now) {
        next = Math.min(next, allowed);
        continue;
      }
      this.#allowance -= 1;
      this.#inFlight.set(frame.id, now);
      this.#send(frame);
    }
    this.#watchSilence();
    if (next < Infinity) this.#cancelPump = this.#platform.after(next - now, () => this.#pump());
  }

  #watchSilence(): void {
    this.#cancelSilence();
    const [oldest] = this.#inFlight.values();
    if (oldest !== undefined) this.#cancelSilence = this.#platform.after(oldest + SILENCE_MS - this.#platform.now(), () => this.#events.silent());
  }
}
