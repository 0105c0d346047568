// SPDX-License-Identifier: Apache-2.0
import { act, cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { LiveEvent } from "../api/events.ts";
import { AnnouncerProvider } from "../parts/announcer.tsx";
import { ItemsContext, makeItems } from "../parts/items.tsx";
import { pressKey, turnShortcuts } from "../parts/keys.ts";
import { makeFakeWorld, someChange, someEvent, someView, type FakeWorld } from "../stream/fake-world.ts";
import { makeLiveStore } from "../stream/live-store.ts";
import { LiveContext } from "../stream/use-live.ts";
import { LivePage } from "./live-page.tsx";

let world: FakeWorld;
let event: LiveEvent;
const sent = vi.fn<(method: string, path: string, body: unknown) => void>();

const items = makeItems(
  ["bet", "quiz"].map((id) => ({ id, slot: "GENERAL", label: id.toUpperCase(), min_age: null, countries: [], fields: {} })),
  { problem: null, isLoading: false, reload: () => undefined },
);

beforeEach(async () => {
  world = makeFakeWorld();
  event = someEvent();
  sent.mockReset();
  turnShortcuts(true);
  vi.stubGlobal("fetch", (path: string, init: { method: string; body?: string }) => {
    sent(init.method, path, init.body === undefined ? undefined : JSON.parse(init.body));
    event = { ...event, sequence: event.sequence + 1 };
    return Promise.resolve(Response.json({ changed: true, event }));
  });
  addEventListener("keydown", pressKey);
  render(
    <AnnouncerProvider>
      <ItemsContext value={items}>
        <LiveContext value={makeLiveStore("1", world)}>
          <LivePage />
        </LiveContext>
      </ItemsContext>
    </AnnouncerProvider>,
  );
  await act(async () => {
    await world.connections[0]!.say("change", someChange(), 4);
    await world.connections[0]!.say("view", someView(), 4);
  });
});

afterEach(() => {
  cleanup();
  removeEventListener("keydown", pressKey);
  vi.unstubAllGlobals();
});

const row = (name: RegExp): HTMLElement => screen.getByRole("group", { name });

test("the state, the numbers and what is on screens are shown", () => {
  expect(within(screen.getByRole("region", { name: "The match now" })).getByText("GOAL")).toBeTruthy();
  expect(row(/^Bet: 2 screens, 67%; CTR 10%.*better than random/)).toBeTruthy();
  expect(row(/^Quiz: 1 screens, 33%; not seen yet/)).toBeTruthy();
});

test("one key fires, another takes it back", async () => {
  await userEvent.keyboard("p");
  expect(sent).toHaveBeenLastCalledWith("POST", "/v1/events/1/moments", expect.objectContaining({ state: { MATCH_EVENT: "PENALTY" } }));
  expect((await screen.findByText("PENALTY is moment 5.")).getAttribute("role")).toBe("status");
  await userEvent.keyboard("u");
  expect(sent).toHaveBeenLastCalledWith("POST", "/v1/events/1/moments/5/corrections", expect.objectContaining({ reason: "taken back at once" }));
});

test("keys that are turned off do nothing", async () => {
  act(() => turnShortcuts(false));
  await userEvent.keyboard("g");
  expect(sent).not.toHaveBeenCalled();
});

test("an item is pinned, blocked and released where the focus is", async () => {
  act(() => row(/^Bet/).focus());
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(row(/^Quiz/));
  await userEvent.keyboard("x");
  expect(sent).toHaveBeenLastCalledWith("PUT", "/v1/events/1/overrides/quiz", { action: "block", reason: "studio" });
  await userEvent.keyboard("{ArrowUp}+");
  expect(sent).toHaveBeenLastCalledWith("PUT", "/v1/events/1/overrides/bet", { action: "pin", reason: "studio" });
});

test("while the stream is lost the page is read only, says so, and keeps what it knew", async () => {
  await act(() => world.connections[0]!.end());
  expect(screen.getByText(/Disconnected: read only/)).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "GOAL" }).disabled).toBe(true);
  await userEvent.keyboard("g");
  expect(sent).not.toHaveBeenCalled();
  expect(row(/^Bet: 2 screens/)).toBeTruthy();
});

test("a list is one tab stop", () => {
  const rows = screen.getByRole("region", { name: "GENERAL on screens now" }).querySelectorAll<HTMLElement>("[data-row]");
  expect([...rows].map(({ tabIndex }) => tabIndex)).toEqual([0, -1]);
});
