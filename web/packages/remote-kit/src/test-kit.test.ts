// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { CUE_COMPONENT, type CueModule, type CueProps } from "./contract.ts";
import { sampleCue } from "./samples.ts";
import { checkContract } from "./test-kit.ts";

/** A module of plain DOM: a button that clicks, and what `also` does. */
function module(also: (element: HTMLElement, props: CueProps, button: HTMLButtonElement) => void = () => undefined): CueModule {
  return {
    contract: CUE_COMPONENT,
    mount(element, props) {
      const button = document.createElement("button");
      button.textContent = "Open";
      button.addEventListener("click", () => { props.actions.click(); });
      element.append(button);
      also(element, props, button);
      return () => { button.remove(); };
    },
  };
}

const check = (tried: CueModule) => checkContract(tried, sampleCue("BET", "GENERAL", { COUNTRY: "FRANCE" }));

test("a module without a framework can keep the contract", async () => {
  expect(await check(module())).toEqual([]);
});

test.each([
  ["shows nothing that can be read", module((_, __, button) => { button.textContent = ""; })],
  ["takes the focus", module((_, __, button) => { button.focus(); })],
  ["calls actions without a viewer", module((_, { actions }) => { actions.click(); })],
  ["has a button without a name", module((_, __, button) => { button.textContent = ""; })],
  ["dismisses itself: that button is the page's", module((_, { actions }, button) => { button.addEventListener("click", actions.dismiss); })],
  ["leaves something behind when unmounted", module((element) => { element.append("rest"); })],
  ["throws without metadata: Error: no country", module((_, { cue }) => { if (cue.data["COUNTRY"] === undefined) throw new Error("no country"); })],
  [`states the contract other/2, not ${CUE_COMPONENT}`, { ...module(), contract: "other/2" as never }],
])("a broken one is told in words: %s", async (words, broken) => {
  expect(await check(broken)).toContain(words);
});
