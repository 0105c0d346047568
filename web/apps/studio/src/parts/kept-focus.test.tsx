// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test } from "vitest";

import { settle } from "../stream/fake-world.ts";
import { keepFocus } from "./kept-focus.ts";

let end: () => void;
const byId = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`)!;
const focusedId = (): string => document.activeElement?.id ?? "";

beforeEach(() => {
  document.body.innerHTML = `<main id="main" tabindex="-1"><section id="panel"><div id="form"><button id="act"></button></div><button id="other"></button></section></main>`;
  end = keepFocus();
  byId("act").focus();
});
afterEach(() => end());

test.each([
  ["act", "panel"],
  ["form", "panel"],
  ["panel", "main"],
])("when #%s is taken away, #%s gets the focus", async (gone, next) => {
  byId(gone).remove();
  await settle();
  expect(focusedId()).toBe(next);
});

test("a panel can be tabbed past again afterwards", async () => {
  byId("act").remove();
  await settle();
  byId("other").focus();
  expect(byId("panel").hasAttribute("tabindex")).toBe(false);
});

test("what is moved keeps the focus", async () => {
  byId("panel").append(byId("form"));
  await settle();
  expect(focusedId()).toBe("act");
});

test("what is disabled hands the focus to its panel", async () => {
  byId("act").setAttribute("disabled", "");
  await settle();
  expect(focusedId()).toBe("panel");
});

test("who went away themselves is left alone", async () => {
  document.dispatchEvent(new Event("pointerdown"));
  byId("act").blur();
  byId("act").remove();
  await settle();
  expect(document.activeElement).toBe(document.body);
});
