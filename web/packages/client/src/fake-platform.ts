// SPDX-License-Identifier: Apache-2.0
//
// For tests: a machine whose time moves when it is told to, with sockets whose other end is the test.

import type { ClientFrame, ServerFrame, SlateFrame, WelcomeFrame } from "@matchcue/protocol/frames.ts";

import type { PictureClock } from "./picture-clock.ts";
import type { Platform, Socket, SocketEvents } from "./platform.ts";
import type { Store } from "./stored-list.ts";

/** The server's end of one WebSocket. */
export class FakeSocket implements Socket {
  readonly url: string;
  readonly sent: ClientFrame[] = [];
  closedByUs = false;
  readonly #events: SocketEvents;

  constructor(url: string, events: SocketEvents) {
    this.url = url;
    this.#events = events;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.closedByUs = true;
  }
  open(): this {
    this.#events.opened();
    return this;
  }
  say(frame: ServerFrame | string): void {
    if (!this.closedByUs) this.#events.message(typeof frame === "string" ? frame : JSON.stringify(frame));
  }
  end(code = 1006): void {
    if (!this.closedByUs) this.#events.closed(code);
  }
  /** What was sent of one type. */
  of<T extends ClientFrame["t"]>(type: T): Extract<ClientFrame, { t: T }>[] {
    return this.sent.filter((frame): frame is Extract<ClientFrame, { t: T }> => frame.t === type);
  }
}

export class FakePlatform implements Platform {
  readonly sockets: FakeSocket[] = [];
  /** How requests are answered; unreachable by default. */
  answer: (url: URL, init: RequestInit | undefined) => Promise<Response> = () => Promise.reject(new TypeError("unreachable"));
  chance = 0;
  readonly #online = new Set<() => void>();
  readonly #shown = new Set<(hiddenMs: number) => void>();
  #now = Date.parse("2026-06-11T19:00:00Z");
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  #ids = 0;

  now(): number {
    return this.#now;
  }
  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  random(): number {
    return this.chance;
  }
  newId(): string {
    return `i-${++this.#ids}`;
  }
  openSocket(url: string, events: SocketEvents): Socket {
    const socket = new FakeSocket(url, events);
    this.sockets.push(socket);
    return socket;
  }
  fetch(url: string, init?: RequestInit): Promise<Response> {
    return this.answer(new URL(url), init);
  }
  onOnline(callback: () => void): () => void {
    this.#online.add(callback);
    return () => this.#online.delete(callback);
  }
  onShown(callback: (hiddenMs: number) => void): () => void {
    this.#shown.add(callback);
    return () => this.#shown.delete(callback);
  }

  /** The network is there again. */
  goOnline(): void {
    for (const callback of this.#online) callback();
  }
  /** The page is visible again, after it was hidden for so long. */
  show(hiddenMs: number): void {
    for (const callback of this.#shown) callback(hiddenMs);
  }
  /** The newest connection. */
  socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no connection was tried");
    return socket;
  }
  /** How many callbacks wait for their time. */
  timers(): number {
    return this.#timers.length;
  }
  /** Moves time on; what is due happens in order, and promises settle in between. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settle();
    }
    this.#now = until;
  }
}

/** Lets promises that are already decided be heard of. */
export const settle = () => new Promise<void>((done) => setImmediate(done));

/** A picture that plays with the platform's time, from where it is put. */
export class FakePicture implements PictureClock {
  readonly #platform: Platform;
  #from: { programmeTime: number; at: number; rate: number } | null = null;

  constructor(platform: Platform) {
    this.#platform = platform;
  }
  play(from: string, rate = 1): void {
    this.#from = { programmeTime: Date.parse(from), at: this.#platform.now(), rate };
  }
  now(): { programmeTime: number; rate: number } | null {
    if (!this.#from) return null;
    const { programmeTime, at, rate } = this.#from;
    return { programmeTime: programmeTime + (this.#platform.now() - at) * rate, rate };
  }
}

export class FakeStore implements Store {
  readonly map = new Map<string, string>();
  getItem(key: string): string | null {
    return this.map.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.map.set(key, value);
  }
  removeItem(key: string): void {
    this.map.delete(key);
  }
}

export const welcome = (more: Partial<WelcomeFrame> = {}): WelcomeFrame => ({
  t: "welcome",
  session: "7",
  epoch: "k3",
  seq: 0,
  continuity: "kept",
  ping_s: 20,
  retry: { min_ms: 500, max_ms: 15_000 },
  ...more,
});

/** A slate of number `seq` whose cues are called "<slot><seq>". It expires ten minutes after it was made. */
export function slate(seq: number, slots: readonly string[] = ["GENERAL"], more: Partial<SlateFrame> = {}): SlateFrame {
  const media = more.media_time ?? null;
  return {
    t: "slate",
    seq,
    event: "1",
    moment: seq,
    decision: `d_${seq}`,
    context: { MATCH_EVENT: `M${seq}` },
    media_time: media,
    expires_media_time: media && new Date(Date.parse(media) + 600_000).toISOString(),
    expires_at: "2026-06-11T19:10:00Z",
    cues: slots.map((slot) => ({ id: `${slot}${seq}`, slot, item: `item-${slot}`, label: "", remote: null, data: {} })),
    ...more,
  };
}
