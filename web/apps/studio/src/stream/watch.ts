// SPDX-License-Identifier: Apache-2.0
//
// Keeps one watch stream open: reconnects with back-off, from where it was, until it is closed or trying again is of no use.

import { Problem, problemOf } from "../api/problem.ts";
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
const SILENCE_MAX_MS = 15_000;

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

  function refuse(problem: Problem): void {
    callbacks.onLink({ status: "refused", problem });
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

  async function read(body: ReadableStream<Uint8Array>, mine: AbortController): Promise<void> {
    const reader = body.getReader();
    const feed = makeFrameReader(take);
    let silence: number | undefined;
    try {
      for (;;) {
        silence = world.setTimer(() => mine.abort(), SILENCE_MAX_MS);
        const { done, value } = await reader.read();
        world.clearTimer(silence);
        if (done || mine.signal.aborted) return;
        feed(value);
      }
    } finally {
      if (silence !== undefined) world.clearTimer(silence);
      mine.abort();
    }
  }

  async function answerRefusal(answer: Response): Promise<void> {
    const problem = problemOf(answer.status, await answer.text());
    if (answer.status === 401) {
      if (!(await world.askForToken())) refuse(problem);
      else if (!isClosed) void run();
    } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) refuse(problem);
    else wait();
  }

  async function run(): Promise<void> {
    const mine = new AbortController();
    running = mine;
    if (lostAt === null) callbacks.onLink({ status: "connecting" });
    // A server that accepts and never answers is as good as none.
    const silence = world.setTimer(() => mine.abort(), SILENCE_MAX_MS);
    try {
      const headers = { accept: "text/event-stream", ...world.authorization(), ...(lastId ? { "last-event-id": lastId } : {}) };
      const answer = await world.fetch(path, { headers, signal: mine.signal });
      world.clearTimer(silence);
      if (isClosed) return;
      if (!answer.ok || !answer.body) {
        await answerRefusal(answer);
        return;
      }
      callbacks.onLink({ status: "live" });
      await read(answer.body, mine);
    } catch {
      // Lost, or it said what cannot be read: the same remedy.
    }
    world.clearTimer(silence);
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
