// SPDX-License-Identifier: Apache-2.0
//
// For authors of micro-frontends: mounts a module with a cue, and says in words what of the contract it breaks. Works with any
// test runner that has a DOM, and with any framework behind mount().

import type { Cue, Values } from "@matchcue/protocol/frames.ts";

import { CUE_COMPONENT, type CueModule, type Unmount } from "./contract.ts";

export interface Recorded {
  readonly action: "click" | "answer" | "convert" | "dismiss";
  readonly value?: number;
}

export interface MountedSample {
  readonly element: HTMLElement;
  /** What was called, oldest first. */
  readonly actions: Recorded[];
  /** Everything that can be read, without extra spaces. */
  text(): string;
  /** All buttons and links, in the order of the page. */
  buttons(): HTMLElement[];
  /** Presses the one whose name matches; resolves when what follows is drawn. */
  press(name: RegExp): Promise<void>;
  unmount: Unmount;
}

/** The element's content: that of a shadow root where there is one. */
function contentsOf(element: HTMLElement): (Element | ShadowRoot)[] {
  return [element, ...[...element.querySelectorAll("*")].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
}

const nameOf = (element: Element): string =>
  (element.getAttribute("aria-label") ?? element.textContent).replaceAll(/\s+/g, " ").trim();

async function drawn(): Promise<void> {
  // A framework draws in microtasks that its own microtasks queue.
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

export function mountSample(module: CueModule, cue: Cue, context: Values = {}): MountedSample {
  const element = document.createElement("div");
  document.body.append(element);
  const actions: Recorded[] = [];
  const unmount = module.mount(element, {
    cue,
    context,
    actions: {
      click: () => { actions.push({ action: "click" }); },
      answer: (value) => { actions.push({ action: "answer", value }); },
      convert: (value) => { actions.push({ action: "convert", ...(value !== undefined && { value }) }); },
      dismiss: () => { actions.push({ action: "dismiss" }); },
    },
    theme: "dark",
    locale: "en",
    base: "http://remote.test/",
  });
  const buttons = () => contentsOf(element).flatMap((part) => [...part.querySelectorAll<HTMLElement>("button, a[href], [role=button]")]);
  return {
    element,
    actions,
    buttons,
    text: () => contentsOf(element).map((part) => part.textContent ?? "").join(" ").replaceAll(/\s+/g, " ").trim(),
    async press(name) {
      const found = buttons().find((button) => name.test(nameOf(button)));
      if (!found) throw new Error(`no button ${String(name)} among: ${buttons().map(nameOf).join(", ") || "none"}`);
      found.click();
      await drawn();
    },
    unmount() {
      unmount();
      element.remove();
    },
  };
}

async function checkOne(module: CueModule, cue: Cue, context: Values): Promise<string[]> {
  const broken: string[] = [];
  const focused = document.activeElement;
  const sample = mountSample(module, cue, context);
  await drawn();
  if (sample.text() === "") broken.push("shows nothing that can be read");
  if (document.activeElement !== focused) broken.push("takes the focus");
  if (sample.actions.length > 0) broken.push("calls actions without a viewer");
  const buttons = sample.buttons();
  if (buttons.some((button) => nameOf(button) === "")) broken.push("has a button without a name");
  for (const button of buttons) {
    button.click();
    await drawn();
  }
  if (buttons.length > 0 && sample.actions.length === 0) broken.push("calls no action when its buttons are pressed");
  if (sample.actions.some(({ action }) => action === "dismiss")) broken.push("dismisses itself: that button is the page's");
  const parent = sample.element;
  sample.unmount();
  await drawn();
  if (parent.childNodes.length > 0) broken.push("leaves something behind when unmounted");
  return broken;
}

/** What the module breaks, in words; empty when all is well. Tries the cue as it is, without metadata, and with no moment. */
export async function checkContract(module: CueModule, cue: Cue, context: Values = {}): Promise<string[]> {
  if ((module.contract as string) !== CUE_COMPONENT) return [`states the contract ${String(module.contract)}, not ${CUE_COMPONENT}`];
  const cases: readonly [string, Cue, Values][] = [
    ["", cue, context],
    [" without metadata", { ...cue, label: "", slot: "ELSEWHERE", data: {} }, context],
    [" with metadata of null", { ...cue, data: Object.fromEntries(Object.keys(cue.data).map((key) => [key, null])) }, context],
    [" without a moment", cue, {}],
    [" with an unknown moment", cue, { MATCH_EVENT: "STREAKER", MATCH_TIMING: "LATER", SCORE_DIFFERENCE: "many" }],
  ];
  const broken: string[] = [];
  for (const [when, variant, moment] of cases) {
    try {
      broken.push(...(await checkOne(module, variant, moment)).map((what) => what + when));
    } catch (error) {
      broken.push(`throws${when}: ${String(error)}`);
    }
  }
  return broken;
}
