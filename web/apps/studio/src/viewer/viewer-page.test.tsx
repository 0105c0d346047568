// SPDX-License-Identifier: Apache-2.0
import { act, cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { settle } from "../stream/fake-world.ts";
import { ViewerPage } from "./viewer-page.tsx";

const cue = { cue: "cue", slot: "SOCIAL", item: "5", label: "FAN_POLL", propensity: 0.25, acts: [] as string[] };
const slateAt = (sequence: number, ...cues: object[]): object => ({
  decision: `d_1.${String(sequence)}.ann`,
  event: "1",
  sequence,
  moment: sequence,
  at: "2026-06-11T19:00:00Z",
  cues,
});
const ann = { id: "ann", known: true, connected: true, identified_as: null, earlier_ids: [], fields: {} };
const slates = [
  slateAt(3, { ...cue, acts: ["impression", "dismiss"] }),
  slateAt(4, { ...cue, acts: ["impression", "click"] }, { ...cue, cue: "second", slot: "PLAYER", item: "7", label: "KARIM_BENZEMA_PROFILE", propensity: 1 }),
];
let found: object;
let decision: object | null;
const asked: string[] = [];

beforeEach(() => {
  found = { ...ann, slates };
  decision = null;
  asked.length = 0;
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    if (path.startsWith("/v1/viewers/")) return Promise.resolve(Response.json(found));
    if (path.startsWith("/v1/interactions")) return Promise.resolve(Response.json({ interactions: [] }));
    return Promise.resolve(decision ? Response.json(decision) : Response.json({ detail: "no such decision" }, { status: 404 }));
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open(decision: string | null = null): Promise<HTMLElement> {
  render(<ViewerPage viewer="ann" decision={decision} />);
  await act(settle);
  return screen.findByRole("region", { name: "Last slates" });
}

test("slates show their items' labels, propensities and what was done with them, the newest first", async () => {
  const rows = within(await open()).getAllByRole("link");
  const said = rows.map((row) => row.textContent.replaceAll(/\s+/g, " "));
  expect(said[0]).toMatch(/event 1, moment 4 newest.*SOCIAL: Fan poll seen clicked 25%.*PLAYER: Karim Benzema 100%/);
  expect(said[1]).toMatch(/event 1, moment 3 .*SOCIAL: Fan poll seen dismissed 25%/);
});

test("the newest slate is explained, or the one that is chosen", async () => {
  expect(within(await open()).getByRole("link", { current: true }).textContent).toContain("moment 4");
  expect(asked).toContain("/v1/decisions/d_1.4.ann");
  cleanup();
  expect(within(await open("d_1.3.ann")).getByRole("link", { current: true }).textContent).toContain("moment 3");
  expect(asked).toContain("/v1/decisions/d_1.3.ann");
});

test("the list is one tab stop, and arrows move in it", async () => {
  const [newest, older] = within(await open()).getAllByRole("link");
  expect([newest?.tabIndex, older?.tabIndex]).toEqual([0, -1]);
  act(() => newest?.focus());
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(older);
});

test("why a slate was decided: every candidate, and what its score adds up, the largest first", async () => {
  const candidate = { item: "5", score: -1.5, parts: { appeal: -2, in_common: 0.001, taste: 0.5 }, propensity: 0.75, excluded: null };
  const slot = { slot: "SOCIAL", chosen: "5", candidates: [candidate, { ...candidate, item: "6", propensity: 0, excluded: "min_age" }] };
  const made = { id: "d_1.4.ann", event: "1", sequence: 4, moment: 4, at: "2026-06-11T19:00:00Z", seed: "1", context: { MATCH_EVENT: "GOAL" } };
  decision = { ...made, solution_version: "live-bandit-9", campaign: null, catalogue_version: 1, identical: true, choices: [], slots: [slot] };
  await open();
  const rows = within(await screen.findByRole("table", { name: /SOCIAL/ })).getAllByRole("row");
  expect(rows.map((row) => row.textContent)).toEqual(["ItemScorePropensity", "✓chosen: 5-1.5075%", "appeal −2.00taste +0.50", "6left out: min age"]);
});

test("a viewer without slates, in words", async () => {
  found = ann;
  expect(within(await open()).getByText("None yet.")).toBeTruthy();
  expect(screen.getByText("Nothing was decided for this viewer yet.")).toBeTruthy();
});
