// SPDX-License-Identifier: Apache-2.0
//
// A server and a clock for tests: answers are queued, frames are said by hand, and time passes when the test says so.

import type { Change, LiveEvent } from "../api/events.ts";
import type { Surroundings } from "./watch.ts";

export interface FakeConnection {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  say(event: string, data: unknown, id?: number): Promise<void>;
  end(): Promise<void>;
}

export interface FakeWorld extends Surroundings {
  readonly connections: FakeConnection[];
  /** The next requests are answered so instead of with a stream. */
  readonly refusals: (Response | Error)[];
  isTokenGiven: boolean;
  pass(ms: number): Promise<void>;
}

/** Lets everything that waits for a promise go on. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

export function makeFakeWorld(): FakeWorld {
  let now = Date.parse("2026-06-11T19:00:00Z");
  let nextTimer = 1;
  const timers = new Map<number, { readonly at: number; readonly work: () => void }>();
  const connections: FakeConnection[] = [];
  const refusals: (Response | Error)[] = [];

  function connect(path: string, headers: Record<string, string>, signal: AbortSignal): Response {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (made) => void (controller = made) });
    signal.addEventListener("abort", () => {
      try {
        controller?.error(new Error("aborted"));
      } catch {
        // It had ended already.
      }
    });
    const say = async (text: string): Promise<void> => {
      controller?.enqueue(new TextEncoder().encode(text));
      await settle();
    };
    connections.push({
      path,
      headers,
      signal,
      say: (event, data, id) => say(`event: ${event}\n${id === undefined ? "" : `id: ${String(id)}\n`}data: ${JSON.stringify(data)}\n\n`),
      async end() {
        controller?.close();
        await settle();
      },
    });
    return new Response(body, { status: 200 });
  }

  const world: FakeWorld = {
    connections,
    refusals,
    isTokenGiven: false,
    fetch(path, { headers, signal }) {
      const refusal = refusals.shift();
      if (refusal instanceof Error) return Promise.reject(refusal);
      return Promise.resolve(refusal ?? connect(path, headers, signal));
    },
    authorization: () => (world.isTokenGiven ? { authorization: "Bearer t" } : {}),
    askForToken: () => Promise.resolve((world.isTokenGiven = true)),
    now: () => now,
    random: () => 1,
    setTimer(work, ms) {
      timers.set(nextTimer, { at: now + ms, work });
      return nextTimer++;
    },
    clearTimer: (timer) => void timers.delete(timer),
    async pass(ms) {
      const until = now + ms;
      await settle();
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].work();
        await settle();
      }
      now = until;
    },
  };
  return world;
}

export const someState = { MATCH_EVENT: "GOAL", MATCH_TIMING: "FIRST-HALF-1", MATCH_TYPE: "FINAL", MATCH_VENUE: "France", SCORE_DIFFERENCE: "1" };

export const someEvent = (part: Partial<LiveEvent> = {}): LiveEvent => ({
  id: "1",
  sequence: 4,
  moment: 4,
  state: someState,
  overrides: [],
  filters: [],
  contents: ["c1"],
  ...part,
});

export const someChange = (part: Partial<Change> = {}): Change => ({
  event: "1",
  sequence: 4,
  kind: "moment",
  at: "2026-06-11T19:00:00Z",
  media_time: null,
  subject: null,
  corrects: null,
  reason: "",
  override: null,
  filter: null,
  before: { ...someState, MATCH_EVENT: "THROW" },
  after: someState,
  ...part,
});

const rate = { value: 0.03, low: 0.02, high: 0.04 };

/** A view as the server says it. */
export const someView = (part: { readonly at?: string; readonly event?: LiveEvent } = {}): object => ({
  at: "2026-06-11T19:00:02Z",
  event: someEvent(),
  audience: {
    connections: 3,
    sessions: 3,
    on_screen: [
      { slot: "GENERAL", item: "bet", sessions: 2 },
      { slot: "GENERAL", item: "quiz", sessions: 1 },
    ],
    slates: 9,
    last_sequence: 4,
    exploration_share: 0.2,
    last_push_ms: 8,
    slates_per_second: 3,
    pushes: [{ sequence: 4, at: "2026-06-11T19:00:00Z", ms: 8, viewers: 3 }],
  },
  learner: {
    state: "learning",
    trouble: "",
    solution_version: "live-bandit-1",
    lag_s: 0.1,
    fallback_until: null,
    reward_ratio_random: 1.4,
    reward_ratio_popularity: 1.1,
    recent_minutes: 10,
    slots: [{ slot: "GENERAL", trials: 900, recent_trials: 900, shown: rate, random: rate, popularity: rate }],
    items: [
      { item: "bet", slot: "GENERAL", trials: 2_000, recent_trials: 900, reward_rate: 0.1, share: 0.5, appeal: 0.4, appeal_sd: 0.1, is_new: false },
    ],
  },
  ...part,
});
