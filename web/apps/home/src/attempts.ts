// SPDX-License-Identifier: Apache-2.0
//
// The ways to get a component of a remote onto the page: within it, or in a sandboxed frame.

import { COMPONENT_FAILED, CUE_COMPONENT, type CueActions, type CueModule, type CueProps } from "@matchcue/remote-kit/contract.ts";
import type { FrameProps, GuestMessage, MountMessage } from "@matchcue/remote-kit/frame.ts";

import { words, type Attempt } from "./sustain.ts";

/** Runs `mount`, and gives the focus back where a component took it. */
export function withoutFocus<Result>(mount: () => Result): Result {
  const focused = document.activeElement;
  try {
    return mount();
  } finally {
    if (document.activeElement !== focused && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}

/** Mounts into `place`, which holds nothing else. It counts as shown once something is drawn. */
export function inPage(load: () => Promise<CueModule>, place: HTMLElement, props: CueProps): Attempt {
  return ({ shown, failed }) => {
    const ends = new AbortController();
    let unmount: (() => void) | null = null;
    const drawn = new MutationObserver(() => {
      if (place.childElementCount > 0) finish();
    });
    const finish = () => {
      drawn.disconnect();
      shown();
    };
    const mount = (module: CueModule) => {
      if (ends.signal.aborted) return;
      place.addEventListener(COMPONENT_FAILED, (event) => failed(words((event as CustomEvent<unknown>).detail)), { signal: ends.signal });
      unmount = withoutFocus(() => module.mount(place, props));
      if (place.childElementCount > 0) finish();
      else drawn.observe(place, { childList: true });
    };
    load()
      .then(mount)
      .catch((error: unknown) => failed(words(error)));
    return () => {
      ends.abort();
      drawn.disconnect();
      try {
        unmount?.();
      } catch (error) {
        console.warn("a component failed to unmount", error);
      }
      place.replaceChildren();
    };
  };
}

function guestMessage(data: unknown): GuestMessage | null {
  const message = data as Partial<GuestMessage> | null;
  return typeof message === "object" && message?.mq === CUE_COMPONENT && typeof message.type === "string" ? (message as GuestMessage) : null;
}

/** What a guest may say that something is worth, either way: a stranger's number must not outweigh everybody else's. */
const worthMax = 1_000;

function worthOf(message: Extract<GuestMessage, { type: "action" }>): number | undefined {
  const value: unknown = "value" in message ? message.value : undefined;
  return typeof value === "number" && Math.abs(value) <= worthMax ? value : undefined;
}

function act(actions: CueActions, message: Extract<GuestMessage, { type: "action" }>): void {
  const value = worthOf(message);
  if (message.action === "click") actions.click();
  else if (message.action === "dismiss") actions.dismiss();
  else if (message.action === "answer" && value !== undefined && Number.isInteger(value)) actions.answer(value);
  else if (message.action === "convert") actions.convert(value);
}

/** Whether any of it is in the window. Browsers let frames outside of it draw nothing. */
function isInView(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

/** Gives the focus back when a frame takes it that the viewer has neither pointed at nor stepped into. */
function guardFocus(frame: HTMLIFrameElement, signal: AbortSignal): void {
  let before: Element | null = document.activeElement;
  let stepped = false;
  document.addEventListener("focusin", () => (before = document.activeElement), { signal });
  document.addEventListener("keydown", ({ key }) => (stepped = key === "Tab"), { signal });
  document.addEventListener("keyup", () => (stepped = false), { signal });
  const onBlur = () => {
    if (document.activeElement !== frame || stepped || frame.matches(":hover")) return;
    if (before instanceof HTMLElement && before !== frame) before.focus({ preventScroll: true });
    else frame.blur();
  };
  window.addEventListener("blur", onBlur, { signal });
}

/** Shows frame.html of a remote that is not trusted. It counts as shown once the guest says how high what it drew is. */
export function inFrame(base: string, module: string, title: string, place: HTMLElement, props: FrameProps, actions: CueActions): Attempt {
  return ({ shown, failed }) => {
    const frame = document.createElement("iframe");
    const ends = new AbortController();
    frame.title = title;
    frame.setAttribute("sandbox", "allow-scripts");
    frame.referrerPolicy = "no-referrer";
    frame.src = new URL("frame.html", base).href;
    const hear = (event: MessageEvent<unknown>) => {
      // A sandboxed page has no origin: who speaks is told by the window.
      if (event.source !== frame.contentWindow) return;
      const message = guestMessage(event.data);
      if (message?.type === "ready") {
        const mount: MountMessage = { mq: CUE_COMPONENT, type: "mount", module, props };
        frame.contentWindow?.postMessage(mount, "*");
        if (!isInView(frame)) shown();
      } else if (message?.type === "size") {
        if (!(message.height > 0)) return;
        frame.style.minHeight = `${message.height}px`;
        shown();
      } else if (message?.type === "action") {
        // A guest can make acts up. After a tap or a Tab into the frame the focus is there; without it nobody has done anything.
        if (document.activeElement === frame) act(actions, message);
      } else if (message?.type === "failed") {
        failed(String(message.message));
      }
    };
    window.addEventListener("message", hear, { signal: ends.signal });
    guardFocus(frame, ends.signal);
    place.append(frame);
    return () => {
      ends.abort();
      frame.remove();
    };
  };
}
