// SPDX-License-Identifier: Apache-2.0
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Change } from "../api/events.ts";
import { someChange, someEvent, someState } from "../stream/fake-world.ts";
import { contextFields } from "./draft.ts";
import { MomentDialog } from "./moment-dialog.tsx";

const NOW = "2026-06-11T19:00:02.000Z";
const sent = vi.fn<(path: string, body: unknown) => Response>();
const onDone = vi.fn();

beforeEach(() => {
  sent.mockReset().mockImplementation(() => Response.json({ changed: true, event: someEvent({ sequence: 5 }) }, { status: 201 }));
  onDone.mockReset();
  vi.stubGlobal("fetch", (path: string, init: { body: string }) => Promise.resolve(sent(path, JSON.parse(init.body))));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(wrong: Change | null = null): void {
  const fields = contextFields(null, someState, []);
  render(<MomentDialog event={someEvent()} fields={fields} wrong={wrong} serverNow={() => NOW} onDone={onDone} onClose={() => undefined} />);
}

const problem = (status: number, code: string, detail: string, pointer?: string): Response =>
  Response.json({ title: "No", detail, code, errors: pointer ? [{ pointer, message: detail }] : [], request_id: "r1" }, { status });

test("all five context fields are there, and only what changed is fired, at this place in the picture", async () => {
  open();
  for (const name of ["Match event", "Match timing", "Match type", "Match venue", "Score difference"]) screen.getByLabelText(name);
  await userEvent.clear(screen.getByLabelText("Score difference"));
  await userEvent.type(screen.getByLabelText("Score difference"), "2{Enter}");
  expect(sent).toHaveBeenCalledWith("/v1/events/1/moments", { state: { SCORE_DIFFERENCE: "2" }, subject: null, media_time: NOW });
  expect(onDone).toHaveBeenCalledWith(expect.objectContaining({ sequence: 5 }));
});

test("a correction begins with what was before, and says why", async () => {
  open(someChange());
  expect(screen.getByLabelText<HTMLInputElement>("Match event").value).toBe("THROW");
  await userEvent.type(screen.getByLabelText("Reason (optional)"), "offside");
  await userEvent.click(screen.getByRole("button", { name: /Correct it/ }));
  expect(sent).toHaveBeenCalledWith("/v1/events/1/moments/4/corrections", { state: { MATCH_EVENT: "THROW" }, subject: null, media_time: NOW, reason: "offside" });
});

test("a problem stands at the field that it names", async () => {
  sent.mockImplementation(() => problem(404, "unknown_item", 'unknown item "p99"', "/subject"));
  open();
  await userEvent.type(screen.getByLabelText("About (item, optional)"), "p99{Enter}");
  const field = await screen.findByRole("combobox", { name: "About (item, optional)", description: 'unknown item "p99"' });
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(onDone).not.toHaveBeenCalled();
});

test("a conflict is said in words, and what was typed stays", async () => {
  sent.mockImplementation(() => problem(409, "already_corrected", "moment 4 is corrected already"));
  open(someChange());
  await userEvent.click(screen.getByRole("button", { name: /Correct it/ }));
  expect((await screen.findByRole("alert")).textContent).toBe("moment 4 is corrected already");
  expect(screen.getByLabelText<HTMLInputElement>("Match event").value).toBe("THROW");
});

test("viewers may see it at once", async () => {
  open();
  await userEvent.click(screen.getByLabelText("At once, whatever the picture shows"));
  await userEvent.click(screen.getByRole("button", { name: /Fire/ }));
  expect(sent).toHaveBeenCalledWith("/v1/events/1/moments", { state: {}, subject: null, media_time: null });
});
