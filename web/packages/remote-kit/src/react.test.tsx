// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";

import { COMPONENT_FAILED, type CueProps } from "./contract.ts";
import { cueModule } from "./react.tsx";
import { sampleCue } from "./samples.ts";
import { checkContract, mountSample } from "./test-kit.ts";

const styles = { sheets: [".card { color: red }"], tokens: ":host { --mq-ink: black }" };

function Breakable({ cue, actions }: CueProps) {
  const [broken, setBroken] = useState(false);
  if (broken) throw new Error("broke later");
  return (
    <>
      <button type="button" onClick={actions.click}>
        {cue.label || "no label"}
      </button>
      <button type="button" onClick={() => { setBroken(true); }}>
        Break
      </button>
    </>
  );
}

afterEach(() => {
  vi.restoreAllMocks();
});

test("what throws while it is mounted is thrown by mount, and leaves nothing behind", () => {
  const module = cueModule(() => {
    throw new Error("no data");
  }, styles);
  const element = document.createElement("div");
  const props = { cue: sampleCue("BET", "GENERAL"), context: {}, theme: "dark", locale: "en", base: "" } as const;
  const actions = { click: vi.fn(), answer: vi.fn(), convert: vi.fn(), dismiss: vi.fn() };
  expect(() => module.mount(element, { ...props, actions })).toThrow("no data");
  expect(element.childNodes).toHaveLength(0);
});

test("what breaks later takes only this card away, and tells the page", async () => {
  const module = cueModule(Breakable, styles);
  const broken = mountSample(module, sampleCue("ONE", "GENERAL"));
  const other = mountSample(module, sampleCue("TWO", "GENERAL"));
  const told: unknown[] = [];
  document.body.addEventListener(COMPONENT_FAILED, (event) => told.push((event as CustomEvent<unknown>).detail), { once: true });
  await broken.press(/Break/);
  expect(told).toEqual([new Error("broke later")]);
  expect(broken.text()).toBe("");
  expect(other.text()).toContain("TWO");
  broken.unmount();
  other.unmount();
});

test("the same module shows two cues on one page, and again in the same element", () => {
  const module = cueModule(Breakable, styles);
  const cards = ["ONE", "TWO"].map((label) => mountSample(module, sampleCue(label, "GENERAL")));
  expect(cards.map((card) => card.text())).toEqual(["ONEBreak", "TWOBreak"]);
  for (const card of cards) card.unmount();
});

test("a page's own tokens are kept; a page without any gets ours", () => {
  const module = cueModule(Breakable, styles);
  const sheets = () => {
    const card = mountSample(module, sampleCue("BET", "GENERAL"));
    const count = card.element.firstElementChild?.shadowRoot?.adoptedStyleSheets.length;
    card.unmount();
    return count;
  };
  expect(sheets()).toBe(2);
  vi.spyOn(window, "getComputedStyle").mockReturnValue({ getPropertyValue: () => "white" } as unknown as CSSStyleDeclaration);
  expect(sheets()).toBe(1);
});

test("a React component keeps the contract", async () => {
  const Fine = ({ actions }: CueProps) => (
    <button type="button" onClick={actions.click}>
      Fine
    </button>
  );
  expect(await checkContract(cueModule(Fine, styles), sampleCue("BET", "GENERAL"))).toEqual([]);
});
