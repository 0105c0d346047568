// SPDX-License-Identifier: Apache-2.0
//
// A remote of somebody whom the page does not trust, in a sandboxed iframe of another origin: the messages, and the guest's
// side. The guest listens to nobody but the window that holds it, and its first word is "ready".

import { COMPONENT_FAILED, CUE_COMPONENT, type CueModule, type CueProps, type Unmount } from "./contract.ts";

/** What of the props can be sent. The guest knows its own base, and actions come back as messages. */
export type FrameProps = Omit<CueProps, "actions" | "base">;

/** Host to guest. A second one replaces what is shown: another theme, a changed cue. */
export interface MountMessage {
  readonly mq: typeof CUE_COMPONENT;
  readonly type: "mount";
  /** "./Bet" */
  readonly module: string;
  readonly props: FrameProps;
}

/** Guest to host. */
export type GuestMessage = { readonly mq: typeof CUE_COMPONENT } & (
  | { readonly type: "ready" }
  | { readonly type: "action"; readonly action: "click" | "dismiss" }
  | { readonly type: "action"; readonly action: "answer"; readonly value: number }
  | { readonly type: "action"; readonly action: "convert"; readonly value?: number }
  | { readonly type: "size"; readonly height: number }
  | { readonly type: "failed"; readonly message: string }
);

type Unsigned<Message> = Message extends unknown ? Omit<Message, "mq"> : never;

/** Loads a module by the name that the remote exposes it by. */
export type Modules = Readonly<Record<string, () => Promise<CueModule>>>;

function isMount(data: unknown): data is MountMessage {
  const message = data as Partial<MountMessage> | null;
  return (
    typeof message === "object" &&
    message?.mq === CUE_COMPONENT &&
    message.type === "mount" &&
    typeof message.module === "string" &&
    typeof message.props === "object"
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function followSize(element: HTMLElement, say: (message: Unsigned<GuestMessage>) => void): void {
  let told = -1;
  new ResizeObserver(() => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    say({ type: "size", height });
  }).observe(element);
}

/** Serves cues to the page around this one. `element` is empty, and is as high as what it shows. */
export function serveFrame(modules: Modules, element: HTMLElement, host: Window = window.parent): void {
  if (host === window) {
    element.textContent = "This page shows one card inside another page. Open the page beside it to look at the cards.";
    return;
  }
  // The host's origin is known once it has spoken; before, only "ready" is said, which is no secret.
  let origin = "*";
  let unmount: Unmount = () => undefined;
  let newest = 0;
  const say = (message: Unsigned<GuestMessage>) => {
    host.postMessage({ mq: CUE_COMPONENT, ...message }, origin);
  };
  const actions: CueProps["actions"] = {
    click: () => { say({ type: "action", action: "click" }); },
    answer: (value) => { say({ type: "action", action: "answer", value }); },
    convert: (value) => { say({ type: "action", action: "convert", ...(value !== undefined && { value }) }); },
    dismiss: () => { say({ type: "action", action: "dismiss" }); },
  };
  const show = async ({ module, props }: MountMessage) => {
    const turn = ++newest;
    const load = Object.hasOwn(modules, module) ? modules[module] : undefined;
    if (!load) throw new Error(`no module "${module}" here`);
    const { mount } = await load();
    if (turn !== newest) return;
    unmount();
    unmount = () => undefined;
    document.documentElement.dataset["theme"] = props.theme;
    document.documentElement.lang = props.locale;
    unmount = mount(element, { ...props, actions, base: new URL(".", location.href).href });
  };

  window.addEventListener("message", (event) => {
    if (event.source !== host || !isMount(event.data)) return;
    origin = event.origin === "null" ? "*" : event.origin;
    show(event.data).catch((error: unknown) => { say({ type: "failed", message: messageOf(error) }); });
  });
  element.addEventListener(COMPONENT_FAILED, (event) => {
    say({ type: "failed", message: messageOf((event as CustomEvent<unknown>).detail) });
  });
  followSize(element, say);
  say({ type: "ready" });
}
