// SPDX-License-Identifier: Apache-2.0
import { act, cleanup, render, screen } from "@testing-library/react";
import { StrictMode, useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Client, RevealedCue, Snapshot } from "@matchcue/client/client.ts";

import { CueSlot } from "./cue-slot.tsx";
import { useCue, useSnapshot } from "./use-client.ts";

const revealed = (id: string, slot = "GENERAL"): RevealedCue => ({
  cue: { id, slot, item: "bet", label: "", remote: null, data: {} },
  event: "1",
  seq: 1,
  decision: "d",
  context: {},
  revealedAt: 0,
});
const nothing: Snapshot = { status: "connected", trouble: null, cues: new Map(), context: {}, held: 0, unsent: 0, continuity: "kept" };

/** A client whose snapshot the test sets. */
function makeClient() {
  let snapshot = nothing;
  const listeners = new Set<() => void>();
  const unobserve = vi.fn();
  return {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => snapshot,
    interact: vi.fn(),
    dismiss: vi.fn(),
    observe: vi.fn(() => unobserve),
    clockChanged: vi.fn(),
    close: vi.fn(),
    unobserve,
    listeners,
    show(...cues: RevealedCue[]) {
      act(() => {
        snapshot = { ...snapshot, cues: new Map(cues.map((each) => [each.cue.slot, each])) };
        for (const listener of listeners) listener();
      });
    },
  } satisfies Client & Record<string, unknown>;
}

let client: ReturnType<typeof makeClient>;
beforeEach(() => (client = makeClient()));
afterEach(cleanup);

test("a slot is empty until its cue is revealed, and after", () => {
  const { container } = render(<CueSlot client={client} slot="GENERAL">{({ cue }) => <p>{cue.id}</p>}</CueSlot>);
  expect(container.innerHTML).toBe("");
  client.show(revealed("other", "PLAYER"));
  expect(container.innerHTML).toBe("");
  client.show(revealed("c1"));
  expect(screen.getByText("c1").parentElement?.dataset.slot).toBe("GENERAL");
  client.show();
  expect(container.innerHTML).toBe("");
});

test("what the component says goes to the client, about this cue", () => {
  render(
    <CueSlot client={client} slot="GENERAL">
      {(_, actions) => (
        <>
          <button onClick={actions.click}>click</button>
          <button onClick={() => actions.answer(2)}>answer</button>
          <button onClick={() => actions.convert(5)}>convert</button>
          <button onClick={actions.dismiss}>dismiss</button>
        </>
      )}
    </CueSlot>,
  );
  const shown = revealed("c1");
  client.show(shown);
  for (const name of ["click", "answer", "convert", "dismiss"]) screen.getByRole("button", { name }).click();
  expect(client.interact.mock.calls).toEqual([[shown.cue, "click"], [shown.cue, "answer", 2], [shown.cue, "convert", 5]]);
  expect(client.dismiss).toHaveBeenCalledExactlyOnceWith(shown.cue);
});

test("the impression is the client's business: it is given the element, and told when that goes", () => {
  const { unmount } = render(<CueSlot client={client} slot="GENERAL">{() => <p />}</CueSlot>);
  const shown = revealed("c1");
  client.show(shown);
  expect(client.observe).toHaveBeenCalledExactlyOnceWith(document.querySelector('[data-slot="GENERAL"]'), shown.cue);
  client.show(revealed("c2"));
  expect([client.observe.mock.calls.length, client.unobserve.mock.calls.length]).toEqual([2, 1]);
  unmount();
  expect(client.unobserve).toHaveBeenCalledTimes(2);
});

test("each cue has fresh state, and a change elsewhere touches none of it", () => {
  let renders = 0;
  function Counter({ name }: { name: string }) {
    const [count, setCount] = useState(0);
    renders += 1;
    return <button onClick={() => setCount(count + 1)}>{`${name} ${count}`}</button>;
  }
  render(<CueSlot client={client} slot="GENERAL">{({ cue }) => <Counter name={cue.id} />}</CueSlot>);
  const shown = revealed("c1");
  client.show(shown);
  act(() => screen.getByRole("button", { name: "c1 0" }).click());
  const before = renders;
  client.show(shown, revealed("p", "PLAYER"));
  expect(screen.getByRole("button", { name: "c1 1" })).toBeTruthy();
  expect(renders).toBe(before);
  client.show(revealed("c2"));
  expect(screen.getByRole("button", { name: "c2 0" })).toBeTruthy();
});

test("the hooks follow the client, and let go of it", () => {
  function Page() {
    const { cues } = useSnapshot(client);
    const cue = useCue(client, "PLAYER");
    return <p>{`${cues.size} ${cue?.cue.id ?? "none"}`}</p>;
  }
  const { unmount } = render(<StrictMode><Page /></StrictMode>);
  expect(screen.getByText("0 none")).toBeTruthy();
  client.show(revealed("c1"), revealed("p", "PLAYER"));
  expect(screen.getByText("2 p")).toBeTruthy();
  unmount();
  expect(client.listeners.size).toBe(0);
});
