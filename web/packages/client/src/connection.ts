// SPDX-License-Identifier: Apache-2.0
//
// Stays connected: hello, resume, acknowledgements, waiting and trying again as the server advises. Frames come out in
// order, each once.

import type { ClientFrame, HelloFrame, ResumePoint, ServerFrame, WelcomeFrame } from "@matchcue/protocol/frames.ts";

import { BROKEN, RESTART, stopAfter, type Trouble } from "./close-codes.ts";
import { openEventStream } from "./event-stream.ts";
import { type Link, type LinkEvents, openWebSocket } from "./link.ts";
import type { Platform } from "./platform.ts";
import { TicketRenewal } from "./tickets.ts";

export type Status =
  | "connecting"
  /** Welcomed: slates arrive. */
  | "connected"
  /** Between two tries. */
  | "waiting"
  /** By close(), or because the server said that trying again is of no use. */
  | "stopped";

export interface ConnectionOptions {
  readonly url: string;
  /** Without ticket and resume. */
  readonly hello: HelloFrame;
  readonly ticket: (() => Promise<string>) | undefined;
  /** Where a page before this one left off. */
  readonly resume: ResumePoint | undefined;
}

export interface ConnectionEvents {
  /** A new connection: what is unacknowledged can be sent. */
  welcomed(welcome: WelcomeFrame): void;
  /** Each slate and retraction once. */
  frame(frame: ServerFrame): void;
  lost(): void;
  /** status or trouble */
  changed(): void;
}

const WELCOME_MS = 10_000;
const ACK_MS = 250;
/** After so many tries in a row that were not welcomed, an event stream is tried once. */
const SOCKET_TRIES = 2;
/** A connection over which nothing came for so many of the server's pings is dead. */
const PINGS_MISSED = 2.5;
const RESTARTING: Trouble = { code: "restart", message: "The server is restarting." };
const NO_TICKET: Trouble = { code: "ticket_unavailable", message: "No ticket came." };
const UNREACHABLE: Trouble = { code: "unreachable", message: "The server cannot be reached." };

export class Connection {
  readonly #platform: Platform;
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #renewal: TicketRenewal | null;
  status: Status = "connecting";
  trouble: Trouble | null = null;
  #resume: ResumePoint | undefined;
  #link: Link | null = null;
  #ping_s = 20;
  #retry = { min_ms: 500, max_ms: 15_000 };
  #welcomedAt: number | null = null;
  #fatal: Trouble | null = null;
  #tries = 0;
  #unwelcomed = 0;
  #socketsWork = false;
  #identified = false;
  /** Counts tries: what an older one says late is not heard. */
  #attempt = 0;
  #cancelTry: (() => void) | null = null;
  #stopListening = () => {};
  #cancelSilence = () => {};
  #cancelAck: (() => void) | null = null;

  constructor(platform: Platform, options: ConnectionOptions, events: ConnectionEvents) {
    this.#platform = platform;
    this.#options = options;
    this.#events = events;
    this.#resume = options.resume;
    this.#renewal = options.ticket ? new TicketRenewal(platform, options.ticket, (ticket) => this.send({ t: "ticket", ticket })) : null;
  }

  /** Of the last frame that arrived. */
  position(): ResumePoint | undefined {
    return this.#resume;
  }

  open(): void {
    const stopOnline = this.#platform.onOnline(() => {
      if (this.status === "waiting") this.#wait(this.#platform.random() * this.#retry.min_ms);
      // Over another network: the old one's sockets are dead, and nobody says so.
      if (this.status === "connected") this.suspect();
    });
    // Browsers freeze pages that are hidden, and the server gives up who does not answer its pings.
    const stopShown = this.#platform.onShown((hiddenMs) => {
      if (this.status === "connected" && hiddenMs > this.#silenceMs()) this.suspect();
    });
    this.#stopListening = () => {
      stopOnline();
      stopShown();
    };
    void this.#try();
  }

  /** Is lost when there is no connection. */
  send(frame: ClientFrame): void {
    this.#link?.send(frame);
  }

  /** Gives the present connection up and tries again: it is only half open. */
  suspect(): void {
    this.#link?.close();
    this.#ended(BROKEN);
  }

  close(): void {
    this.#stop(null);
  }

  #set(status: Status, trouble: Trouble | null): void {
    this.status = status;
    this.trouble = trouble;
    this.#events.changed();
  }

  #drop(): void {
    this.#attempt += 1;
    this.#link?.close();
    this.#link = null;
    this.#renewal?.stop();
    this.#cancelSilence();
    this.#cancelAck?.();
    this.#cancelAck = null;
    this.#events.lost();
  }

  #stop(trouble: Trouble | null): void {
    this.#stopListening();
    this.#cancelTry?.();
    this.#drop();
    this.#set("stopped", trouble);
  }

  async #try(): Promise<void> {
    this.#cancelTry = null;
    this.#drop();
    const attempt = this.#attempt;
    this.#welcomedAt = null;
    this.#fatal = null;
    this.#set("connecting", this.trouble);
    this.#watchSilence(WELCOME_MS, () => this.#tryLater(NO_TICKET));
    let ticket: string | undefined;
    try {
      ticket = await this.#options.ticket?.();
    } catch (problem) {
      if (attempt === this.#attempt) this.#tryLater({ code: "ticket_unavailable", message: `No ticket could be had: ${String(problem)}` });
      return;
    }
    if (attempt !== this.#attempt) return;
    this.#watchSilence(WELCOME_MS);
    const openLink = this.#usesSockets() ? openWebSocket : openEventStream;
    this.#link = openLink(this.#platform, this.#options.url, this.#hello(ticket), this.#linkEvents(attempt));
  }

  #usesSockets(): boolean {
    return this.#socketsWork || this.#unwelcomed % (SOCKET_TRIES + 1) < SOCKET_TRIES;
  }

  #hello(ticket: string | undefined): HelloFrame {
    const { previously, ...hello } = this.#options.hello;
    const resume = this.#resume;
    return { ...hello, ...(ticket && { ticket }), ...(resume && { resume }), ...(previously && !this.#identified && { previously }) };
  }

  #linkEvents(attempt: number): LinkEvents {
    const ifCurrent = <A extends unknown[]>(handle: (...heard: A) => void) => {
      return (...heard: A) => {
        if (attempt === this.#attempt) handle(...heard);
      };
    };
    return {
      heard: ifCurrent(() => this.#welcomedAt !== null && this.#watchSilence(this.#silenceMs())),
      frame: ifCurrent((frame: ServerFrame) => this.#heard(frame)),
      ended: ifCurrent((code: number) => this.#ended(code)),
    };
  }

  #silenceMs(): number {
    return PINGS_MISSED * 1_000 * this.#ping_s;
  }

  #watchSilence(ms: number, silent = () => this.suspect()): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#platform.after(ms, silent);
  }

  #heard(frame: ServerFrame): void {
    if (frame.t === "welcome") this.#welcome(frame);
    else if (frame.t === "slate" || frame.t === "retract") this.#take(frame);
    else if (frame.t === "goaway") this.#wait(frame.reconnect_in_ms);
    else if (frame.t === "ticket_expiring") this.#renewal?.start();
    else if (frame.t === "error" && frame.fatal) this.#fatal = { code: frame.code, message: frame.message };
    else this.#events.frame(frame);
  }

  #welcome(welcome: WelcomeFrame): void {
    this.#resume = { epoch: welcome.epoch, seq: welcome.seq };
    this.#retry = welcome.retry;
    this.#ping_s = welcome.ping_s;
    this.#unwelcomed = 0;
    this.#welcomedAt ??= this.#platform.now();
    this.#identified = true;
    this.#cancelSilence();
    if (this.#link?.hearsPings) this.#watchSilence(this.#silenceMs());
    else this.#socketsWork = true;
    this.#events.welcomed(welcome);
    this.#set("connected", null);
  }

  #take(frame: ServerFrame & { readonly seq: number }): void {
    if (!this.#resume || frame.seq <= this.#resume.seq) return;
    this.#resume = { epoch: this.#resume.epoch, seq: frame.seq };
    this.#cancelAck ??= this.#platform.after(ACK_MS, () => {
      this.#cancelAck = null;
      if (this.#resume) this.send({ t: "ack", seq: this.#resume.seq });
    });
    this.#events.frame(frame);
  }

  #ended(code: number): void {
    const stop = stopAfter(code);
    if (stop) return this.#stop(this.#fatal ?? stop);
    if (this.#welcomedAt === null) this.#unwelcomed += 1;
    this.#tryLater(this.#fatal ?? (code === RESTART ? RESTARTING : UNREACHABLE));
  }

  #tryLater(trouble: Trouble): void {
    const wasUp = this.#welcomedAt === null ? 0 : this.#platform.now() - this.#welcomedAt;
    this.#tries = wasUp >= this.#retry.max_ms ? 1 : this.#tries + 1;
    this.#drop();
    this.#set("waiting", trouble);
    if (!this.#cancelTry) this.#wait(this.#backOff());
  }

  /** At random, so that not everybody comes back at once. */
  #backOff(): number {
    const { min_ms, max_ms } = this.#retry;
    const most = Math.min(max_ms, min_ms * 2 ** (this.#tries + 1));
    return min_ms + this.#platform.random() * Math.max(0, most - min_ms);
  }

  #wait(ms: number): void {
    this.#cancelTry?.();
    this.#cancelTry = this.#platform.after(ms, () => void this.#try());
  }
}
