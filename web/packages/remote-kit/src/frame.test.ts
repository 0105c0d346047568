// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test, vi } from "vitest";

import { COMPONENT_FAILED, CUE_COMPONENT, type CueActions, type CueModule, type CueProps } from "./contract.ts";
import { type GuestMessage, type MountMessage, serveFrame } from "./frame.ts";
import { sampleCue } from "./samples.ts";

const HOST = "https://home.test";
const props = { cue: sampleCue("BET", "GENERAL"), context: { MATCH_EVENT: "GOAL" }, theme: "light", locale: "de" } as const;
const mount: MountMessage = { mq: CUE_COMPONENT, type: "mount", module: "./Bet", props };

let shown: CueProps[];
let unmounted: number;
const bet: CueModule = {
  contract: CUE_COMPONENT,
  mount(element, given) {
    shown.push(given);
    element.textContent = given.cue.label;
    return () => {
      unmounted += 1;
      element.textContent = "";
    };
  },
};

/** A guest in a window whose host is a stand-in. */
function guest() {
  const element = document.createElement("main");
  document.body.replaceChildren(element);
  const said: { message: GuestMessage; origin: string }[] = [];
  const host = { postMessage: (message: GuestMessage, origin: string) => said.push({ message, origin }) } as unknown as Window;
  serveFrame({ "./Bet": () => Promise.resolve(bet) }, element, host);
  const hear = (data: unknown, source: unknown = host) =>
    window.dispatchEvent(Object.assign(new MessageEvent("message", { data, origin: HOST }), { source }));
  const last = () => said.at(-1)?.message;
  return { element, said, hear, last };
}

beforeEach(() => {
  shown = [];
  unmounted = 0;
});

test("says ready first, to whoever holds it", () => {
  expect(guest().said).toEqual([{ message: { mq: CUE_COMPONENT, type: "ready" }, origin: "*" }]);
});

test("shows the cue that the host sends, in its theme and language", async () => {
  const { element, hear } = guest();
  hear(mount);
  await vi.waitFor(() => { expect(element.textContent).toBe("BET"); });
  expect(shown[0]).toMatchObject({ cue: { label: "BET" }, context: { MATCH_EVENT: "GOAL" } });
  expect(document.documentElement.dataset["theme"]).toBe("light");
  expect(document.documentElement.lang).toBe("de");
});

test("sends actions to the host's origin alone", async () => {
  const { hear, said } = guest();
  hear(mount);
  await vi.waitFor(() => { expect(shown).toHaveLength(1); });
  const actions = shown[0]?.actions as CueActions;
  actions.click();
  actions.answer(2);
  actions.convert(10);
  actions.convert();
  actions.dismiss();
  expect(said.slice(1)).toEqual([
    { message: { mq: CUE_COMPONENT, type: "action", action: "click" }, origin: HOST },
    { message: { mq: CUE_COMPONENT, type: "action", action: "answer", value: 2 }, origin: HOST },
    { message: { mq: CUE_COMPONENT, type: "action", action: "convert", value: 10 }, origin: HOST },
    { message: { mq: CUE_COMPONENT, type: "action", action: "convert" }, origin: HOST },
    { message: { mq: CUE_COMPONENT, type: "action", action: "dismiss" }, origin: HOST },
  ]);
});

test("another window is not listened to, nor what is no mount message", async () => {
  const { hear } = guest();
  hear(mount, {});
  for (const data of [null, "mount", {}, { ...mount, mq: "other/1" }, { ...mount, module: 1 }, { ...mount, props: null }]) hear(data);
  hear({ ...mount, props: { ...props, cue: sampleCue("LAST", "GENERAL") } });
  await vi.waitFor(() => { expect(shown.map(({ cue }) => cue.label)).toEqual(["LAST"]); });
});

test("a second cue replaces the first; of two that come at once only the later is shown", async () => {
  const { hear } = guest();
  hear(mount);
  await vi.waitFor(() => { expect(shown).toHaveLength(1); });
  hear(mount);
  hear({ ...mount, props: { ...props, cue: sampleCue("LAST", "GENERAL") } });
  await vi.waitFor(() => { expect(shown.map(({ cue }) => cue.label)).toEqual(["BET", "LAST"]); });
  expect(unmounted).toBe(1);
});

test("says what failed: a module that is not there, or one that breaks later", async () => {
  const { element, hear, last } = guest();
  hear({ ...mount, module: "./Constructor" });
  await vi.waitFor(() => { expect(last()).toEqual({ mq: CUE_COMPONENT, type: "failed", message: 'no module "./Constructor" here' }); });
  element.dispatchEvent(new CustomEvent(COMPONENT_FAILED, { detail: new Error("broke later") }));
  expect(last()).toEqual({ mq: CUE_COMPONENT, type: "failed", message: "broke later" });
});

test("a module that is called like a property of all objects is not there either", async () => {
  const { hear, last } = guest();
  hear({ ...mount, module: "constructor" });
  await vi.waitFor(() => { expect(last()).toMatchObject({ type: "failed" }); });
});
