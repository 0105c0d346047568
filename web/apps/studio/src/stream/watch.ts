// SPDX-License-Identifier: Apache-2.0
//
// Keeps one watch stream open: reconnects with back-off, from where it was, until it is closed or trying again is of no use.

import { problemOf, type Problem } from "../api/problem.ts";
import { makeFrameReader, type StreamedFrame } from "./event-stream.ts";

export type Link =
  | { readonly status: "connecting" }
  | { readonly status: "live" }
  /** Between two tries; `since` when it was lost, `until` the next try, in ms since 1970. */
  | { readonly status: "waiting"; readonly since: number; readonly until: number }
  /** Trying again is of no use. */
  | { readonly status: "refused"; readonly problem: Problem };

/** What a watch needs of the world; tests give their own. */
export interface Surroundings {
  fetch(path: string, init: { headers: Record<string, string>; signal: AbortSignal }): Promise<Response>;
  authorization(): Record<string, string>;
  /** Asks the operator for a token; false when they would rather not. */
  askForToken(): Promise<boolean>;
  now(): number;
  random(): number;
  setTimer(work: () => void, ms: number): number;
  clearTimer(timer: number): void;
}

const BACK_OFF_MIN_MS = 500;
const BACK_OFF_MAX_MS = 15_000;
/** The server says something at least every 5 s. */
const SILENCE_MAX_MS = 10_000;

export interface Watch {
  close(): void;
  /** Tries at once instead of waiting. */
  retryNow(): void;
}

export interface WatchCallbacks {
  onLink(link: Link): void;
  /** A throw ends the connection, and the next one begins without a resume point. */
  onFrame(frame: StreamedFrame): void;
}

/** Reads until the end, or until nothing was heard for too long; then the request is aborted. */
async function readFrames(body: ReadableStream<Uint8Array>, take: (frame: StreamedFrame) => void, request: AbortController, world: Surroundings): Promise<void> {
  const reader = body.getReader();
  const feed = makeFrameReader(take);
  let silence: number | undefined;
  try {
    for (;;) {
      silence = world.setTimer(() => request.abort(), SILENCE_MAX_MS);
      const { done, value } = await reader.read();
      world.clearTimer(silence);
      if (done || request.signal.aborted) return;
      feed(value);
    }
  } finally {
    if (silence !== undefined) world.clearTimer(silence);
    request.abort();
  }
}

/** A server that accepts and never answers is as good as none. */
async function ask(path: string, lastId: string, request: AbortController, world: Surroundings): Promise<Response> {
  const silence = world.setTimer(() => request.abort(), SILENCE_MAX_MS);
  try {
    const headers = { accept: "text/event-stream", ...world.authorization(), ...(lastId ? { "last-event-id": lastId } : {}) };
    return await world.fetch(path, { headers, signal: request.signal });
  } finally {
    world.clearTimer(silence);
  }
}

/** The request itself is wrong: it would be so again. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 429;

export function watchStream(path: string, callbacks: WatchCallbacks, world: Surroundings): Watch {
  let isClosed = false;
  let tries = 0;
  let lastId = "";
  let lostAt: number | null = null;
  let timer: number | undefined;
  let running = new AbortController();

  function wait(): void {
    const ceiling = Math.min(BACK_OFF_MAX_MS, BACK_OFF_MIN_MS * 2 ** tries);
    const ms = ceiling * (0.5 + world.random() / 2);
    tries += 1;
    lostAt ??= world.now();
    callbacks.onLink({ status: "waiting", since: lostAt, until: world.now() + ms });
    timer = world.setTimer(() => void run(), ms);
  }

  function take(frame: StreamedFrame): void {
    try {
      callbacks.onFrame(frame);
      lastId = frame.id;
    } catch (error) {
      lastId = "";
      throw error;
    }
    tries = 0;
    lostAt = null;
  }

  async function handleRefusal(answer: Response): Promise<void> {
    const problem = problemOf(answer.status, await answer.text());
    const isAdmitted = answer.status === 401 && (await world.askForToken());
    if (isClosed) return;
    if (isAdmitted) void run();
    else if (isFinal(answer.status)) callbacks.onLink({ status: "refused", problem });
    else wait();
  }

  async function run(): Promise<void> {
    const mine = new AbortController();
    running = mine;
    if (lostAt === null) callbacks.onLink({ status: "connecting" });
    try {
      const answer = await ask(path, lastId, mine, world);
      if (isClosed) return;
      if (!answer.ok || !answer.body) return await handleRefusal(answer);
      callbacks.onLink({ status: "live" });
      await readFrames(answer.body, take, mine, world);
    } catch {
      // Lost, or it said what cannot be read: the same remedy.
    }
    if (!isClosed && running === mine) wait();
  }

  void run();
  return {
    close() {
      isClosed = true;
      if (timer !== undefined) world.clearTimer(timer);
      running.abort();
    },
    retryNow() {
      if (timer !== undefined) world.clearTimer(timer);
      tries = 0;
      running.abort();
      void run();
    },
  };
}
