// SPDX-License-Identifier: Apache-2.0
//
// All that the client takes from the machine below it: time, chance, sockets, HTTP. Tests give it another one.

import { SUBPROTOCOL } from "@matchcue/protocol/frames.ts";

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  message(text: string): void;
  /** Once, and not after close(). 1006 when it just broke. */
  closed(code: number): void;
}

export interface Platform {
  /** ms since 1970 */
  now(): number;
  /** Calls back once, `ms` later; returns what prevents that. */
  after(ms: number, callback: () => void): () => void;
  /** 0..1, without 1 */
  random(): number;
  /** An id that nobody else makes. */
  newId(): string;
  openSocket(url: string, events: SocketEvents): Socket;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** Calls back when the machine has a network again; returns what ends that. */
  onOnline(callback: () => void): () => void;
  /** Calls back when the page is visible again, with how long it was hidden in ms; returns what ends that. */
  onShown(callback: (hiddenMs: number) => void): () => void;
}

const TIMER_MS_MAX = 2 ** 31 - 1;

function openSocket(url: string, events: SocketEvents): Socket {
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "string") events.message(data);
  };
  socket.onclose = ({ code }) => events.closed(code);
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    },
  };
}

function onShown(callback: (hiddenMs: number) => void): () => void {
  // Node has no document.
  const page = globalThis.document as Document | undefined;
  let hiddenAt = Date.now();
  const look = () => {
    if (page?.visibilityState === "visible") callback(Date.now() - hiddenAt);
    else hiddenAt = Date.now();
  };
  page?.addEventListener("visibilitychange", look);
  return () => page?.removeEventListener("visibilitychange", look);
}

export const browser: Platform = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, Math.min(ms, TIMER_MS_MAX));
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  // Not randomUUID(), which pages without TLS do not have.
  newId: () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  openSocket,
  fetch: (url, init) => fetch(url, init),
  onOnline: (callback) => {
    globalThis.addEventListener?.("online", callback);
    return () => globalThis.removeEventListener?.("online", callback);
  },
  onShown,
};
