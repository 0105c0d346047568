// SPDX-License-Identifier: Apache-2.0
//
// A remote's page of its own: its modules with sample cues, in a moment, theme and text size of one's choice, and what they
// call. Goes through mount(), as every page does.

import type { Cue, Values } from "@matchcue/protocol/frames.ts";

import type { CueActions, Unmount } from "./contract.ts";
import type { Modules } from "./frame.ts";
import { sampleMoments } from "./samples.ts";

export interface Example {
  /** "./Bet" */
  readonly module: string;
  readonly cue: Cue;
  /** Above the card; the module's name otherwise. */
  readonly title?: string;
}

export interface Showcase {
  readonly title: string;
  readonly lead: string;
  readonly modules: Modules;
  readonly examples: readonly Example[];
}

type Child = Node | string;

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, className: string, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function chooser(name: string, options: readonly string[], onChange: (option: string) => void): HTMLLabelElement {
  const select = make("select", "", ...options.map((option) => make("option", "", option)));
  select.addEventListener("change", () => { onChange(select.value); });
  return make("label", "", name, select);
}

function recorder(output: HTMLOutputElement): CueActions {
  const say = (what: string) => { output.textContent = what; };
  return {
    click: () => { say("click()"); },
    answer: (option) => { say(`answer(${String(option)})`); },
    convert: (value) => { say(`convert(${value === undefined ? "" : String(value)})`); },
    dismiss: () => { say("dismiss()"); },
  };
}

interface Settings {
  theme: "dark" | "light";
  context: Values;
}

interface Exhibit {
  readonly element: HTMLElement;
  show(settings: Settings): Promise<void>;
}

function exhibit({ module, cue, title = module.replace("./", "") }: Example, modules: Modules): Exhibit {
  const place = make("div", "showcase__place");
  const output = make("output", "");
  let unmount: Unmount = () => undefined;
  return {
    element: make("section", "", make("h2", "", title, make("code", "", `${module} ${cue.label}`)), place, output),
    async show({ theme, context }) {
      const loaded = await modules[module]?.();
      if (!loaded) throw new Error(`no module "${module}"`);
      unmount();
      output.textContent = "";
      const base = new URL(".", location.href).href;
      unmount = loaded.mount(place, { cue, context, actions: recorder(output), theme, locale: navigator.language, base });
    },
  };
}

export function showcase({ title, lead, modules, examples }: Showcase): void {
  const settings: Settings = {
    theme: matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark",
    context: Object.values(sampleMoments)[0] ?? {},
  };
  const exhibits = examples.map((example) => exhibit(example, modules));
  const showAll = () => {
    document.documentElement.dataset["theme"] = settings.theme;
    for (const { show } of exhibits) void show(settings);
  };
  const themes = settings.theme === "dark" ? ["Dark", "Light"] : ["Light", "Dark"];
  const controls = make(
    "div",
    "showcase__controls",
    chooser("Moment", Object.keys(sampleMoments), (name) => { settings.context = sampleMoments[name] ?? {}; showAll(); }),
    chooser("Theme", themes, (theme) => { settings.theme = theme === "Light" ? "light" : "dark"; showAll(); }),
    chooser("Text", ["As on a desk", "As on a TV"], (size) => { document.documentElement.style.fontSize = size === "As on a TV" ? "150%" : ""; }),
  );
  const head = make("header", "showcase__head", make("div", "showcase__lead", make("h1", "", title), make("p", "", lead)), controls);
  document.body.append(make("main", "showcase", head, make("div", "showcase__cards", ...exhibits.map(({ element }) => element))));
  showAll();
}
