// SPDX-License-Identifier: Apache-2.0
import type { Client, RevealedCue, Snapshot } from "@matchcue/client/client.ts";
import { CUE_COMPONENT, type CueModule } from "@matchcue/remote-kit/contract.ts";
import { sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { App } from "./app.tsx";
import { PageClock } from "./picture-clock.ts";
import { Remotes } from "./remotes.ts";
import type { Session, Started } from "./start.ts";
import { timeLimitMs } from "./sustain.ts";

const empty: Snapshot = { status: "connected", trouble: null, cues: new Map(), context: {}, held: 0, unsent: 0, continuity: "kept" };
const revealedCue = (slot: string, label: string, remote: string | null = "cards"): RevealedCue => ({
  cue: { id: `c_${label}`, slot, item: `ITEM_${label}`, label, remote: remote === null ? null : { remote, module: "./Card" }, data: {} },
  event: "1",
  seq: 1,
  decision: "d_1",
  context: sampleMoments["Goal"]!,
  revealedAt: 0,
});

/** A client whose snapshot the test sets. */
function fakeClient() {
  const listeners = new Set<() => void>();
  let snapshot = empty;
  const client = {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => snapshot,
    interact: vi.fn<Client["interact"]>(),
    dismiss: vi.fn<Client["dismiss"]>((cue) => change({ cues: new Map([...snapshot.cues].filter(([, { cue: shown }]) => shown !== cue)) })),
    observe: vi.fn<Client["observe"]>(() => () => undefined),
    clockChanged: vi.fn(),
    close: vi.fn(),
  } satisfies Client;
  function change(next: Partial<Snapshot>) {
    snapshot = { ...snapshot, ...next };
    act(() => listeners.forEach((listener) => listener()));
  }
  return { client, change, show: (...cues: RevealedCue[]) => change({ cues: new Map(cues.map((each) => [each.cue.slot, each])), context: sampleMoments["Goal"]! }) };
}

const card: CueModule = {
  contract: CUE_COMPONENT,
  mount(element, { cue, actions }) {
    const button = document.createElement("button");
    button.textContent = `Play ${cue.label}`;
    button.addEventListener("click", () => actions.click());
    element.append(button);
    return () => button.remove();
  },
};

let fake: ReturnType<typeof fakeClient>;
let load: (name: string) => Promise<unknown>;

function open(started: Partial<Started> = {}) {
  const remote = { manifest: "http://localhost:3001/mf-manifest.json", integrity: null, sandbox: false };
  const configured = new Map([["cards", remote], ["others", remote]]);
  const session: Session = {
    config: { viewers: "ws://localhost/v1/ws", content: "c1", picture: null, remotes: configured },
    client: fake.client,
    clock: new PageClock(Date.now, 12, false),
    remotes: new Remotes({
      configured,
      loadModule: (name) => load(name),
      checkIntegrity: () => Promise.resolve(),
      reconfigure: () => Promise.resolve(configured),
      now: Date.now,
      random: Math.random,
    }),
  };
  const snapshot = { session, trouble: "", ...started };
  const [onDelay, onTheme] = [vi.fn(), vi.fn()];
  const start = { subscribe: () => () => undefined, snapshot: () => snapshot };
  render(<App start={start} visit={{ viewer: "7", name: "Ann", delaySeconds: 12 }} firstTheme="dark" locale="en" onDelay={onDelay} onTheme={onTheme} />);
  return { onDelay, onTheme };
}
const slot = (name: string) => screen.getByRole("region", { name });
const passes = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  fake = fakeClient();
  load = () => Promise.resolve(card);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe("the page", () => {
  test("has its four slots before anything is chosen, and says what they are for", () => {
    open();
    for (const name of ["Match", "Player", "Together", "Offers"]) expect(slot(name).textContent).not.toBe(name);
    expect(screen.getByText("This match has no picture here.")).toBeTruthy();
  });

  test("shows a cue in its slot by its remote, and announces it politely once it is there", async () => {
    open();
    fake.show(revealedCue("GENERAL", "BET"));
    await passes(500);
    expect(within(slot("Match")).getByRole("button", { name: "Play BET" })).toBeTruthy();
    expect(screen.getByText("New: Bet in Match.").getAttribute("role")).toBe("status");
    expect(fake.client.observe).toHaveBeenCalledOnce();
  });

  test("says what has just happened in the picture", () => {
    open();
    fake.show();
    expect(within(slot("In your picture")).getByText("Goal")).toBeTruthy();
    expect(within(slot("In your picture")).getByText("Mid second half · One goal in it")).toBeTruthy();
  });

  test("makes room for a slot that it has never heard of, and keeps it", async () => {
    open();
    fake.show(revealedCue("HALF_TIME_SHOW", "BAND"));
    await passes(0);
    expect(within(slot("Half Time Show")).getByRole("button", { name: "Play BAND" })).toBeTruthy();
    fake.show();
    expect(slot("Half Time Show")).toBeTruthy();
  });

  test("records a click once, however often it is said", async () => {
    open();
    const bet = revealedCue("GENERAL", "BET");
    fake.show(bet);
    await passes(0);
    const button = screen.getByRole("button", { name: "Play BET" });
    fireEvent.click(button);
    fireEvent.click(button);
    expect(fake.client.interact.mock.calls).toEqual([[bet.cue, "click", undefined]]);
  });
});

describe("dismissing", () => {
  test("takes the cue away by its button, and the viewer stays where they were", async () => {
    open();
    const bet = revealedCue("GENERAL", "BET");
    fake.show(bet);
    await passes(0);
    fireEvent.click(screen.getByRole("button", { name: "Dismiss Bet" }));
    expect(fake.client.dismiss).toHaveBeenCalledWith(bet.cue);
    expect(screen.queryByRole("button", { name: "Play BET" })).toBeNull();
    expect(document.activeElement).toBe(slot("Match"));
  });

  test("works by Escape within the card, and nowhere else", async () => {
    open();
    fake.show(revealedCue("GENERAL", "BET"));
    await passes(0);
    fireEvent.keyDown(document.body, { key: "Escape" });
    expect(fake.client.dismiss).not.toHaveBeenCalled();
    fireEvent.keyDown(screen.getByRole("button", { name: "Play BET" }), { key: "Escape" });
    expect(fake.client.dismiss).toHaveBeenCalledOnce();
  });
});

describe("when a remote lets the page down", () => {
  test("a stand-in says what the cue is within two seconds, and the others are untouched", async () => {
    load = (name) => (name === "cards" ? new Promise(() => undefined) : Promise.resolve(card));
    open();
    fake.show(revealedCue("GENERAL", "BET"), revealedCue("SOCIAL", "POLL", "others"));
    await passes(timeLimitMs - 1);
    expect(within(slot("Match")).queryByRole("heading", { name: "Bet" })).toBeNull();
    await passes(1);
    expect(within(slot("Match")).getByRole("heading", { name: "Bet" })).toBeTruthy();
    expect(within(slot("Together")).getByRole("button", { name: "Play POLL" })).toBeTruthy();
    // Only what was really there may be an impression.
    expect(fake.client.observe.mock.calls.map(([, { label }]) => label)).toEqual(["POLL"]);
  });

  test("what comes late takes the stand-in's place, unless another cue has it", async () => {
    let come: (module: CueModule) => void = () => {};
    load = () => new Promise((done) => (come = done));
    open();
    fake.show(revealedCue("GENERAL", "BET"));
    await passes(2_500);
    come(card);
    await passes(0);
    expect(within(slot("Match")).getByRole("button", { name: "Play BET" })).toBeTruthy();
    expect(within(slot("Match")).queryByRole("heading", { name: "Bet" })).toBeNull();

    fake.show(revealedCue("GENERAL", "QUIZ"));
    const late = come;
    fake.show(revealedCue("GENERAL", "POLL"));
    late(card);
    await passes(0);
    expect(screen.queryByRole("button", { name: "Play QUIZ" })).toBeNull();
  });

  test("a cue that names no component, or one that nobody configured, says so", async () => {
    open();
    fake.show(revealedCue("GENERAL", "BET", null), revealedCue("SOCIAL", "POLL", "unheard"));
    await passes(0);
    expect(within(slot("Match")).getByText("no component is named for it")).toBeTruthy();
    expect(within(slot("Together")).getByText(/no remote "unheard" is configured/)).toBeTruthy();
  });
});

describe("quietly at the top", () => {
  test.each([
    [{ status: "connecting" as const }, "Connecting…"],
    [{ status: "waiting" as const, trouble: { code: "closed", message: "the server is restarting" } }, "Reconnecting by itself…"],
    [{ status: "stopped" as const, trouble: { code: "4003", message: "open elsewhere" } }, "Not connected: open elsewhere"],
  ])("the connection is said in words: %#", (state, words) => {
    open();
    fake.change(state as Partial<Snapshot>);
    expect(screen.getByText(words)).toBeTruthy();
  });

  test("whether moments were missed while the connection was away is said, for a while", async () => {
    open();
    const words = () => screen.getByText(/^Connected/).textContent;
    const again = (continuity: "kept" | "lost") => {
      fake.change({ status: "waiting" });
      fake.change({ status: "connecting", continuity });
      fake.change({ status: "connected" });
    };
    again("kept");
    expect(words()).toBe("Connected again; nothing was missed");
    await passes(10_000);
    expect(words()).toBe("Connected");
    again("lost");
    expect(words()).toBe("Connected again; some moments were missed");
    await passes(10_000);
    expect(words()).toBe("Connected");
  });

  test("a page that has only just come has missed nothing", () => {
    fake.change({ status: "connecting", continuity: null });
    open();
    fake.change({ status: "connected", continuity: "lost" });
    expect(screen.getByText("Connected")).toBeTruthy();
  });

  test("a page without a configuration says why, and that it tries again", () => {
    open({ session: null, trouble: "config.json cannot be reached" });
    expect(screen.getByText("This page is not ready yet. Trying again by itself.")).toBeTruthy();
    expect(screen.getByText("config.json cannot be reached")).toBeTruthy();
  });

  test("light and dark are a choice, and the delay is", () => {
    const { onDelay, onTheme } = open();
    fireEvent.click(screen.getByRole("button", { name: "Use the light look" }));
    expect([document.documentElement.dataset["theme"], onTheme.mock.calls]).toEqual(["light", [["light"]]]);
    fireEvent.change(screen.getByRole("slider", { name: "Behind live" }), { target: { value: "25" } });
    expect(onDelay).toHaveBeenCalledWith(25);
    expect(fake.client.clockChanged).toHaveBeenCalled();
  });
});
