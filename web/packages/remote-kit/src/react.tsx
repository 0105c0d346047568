// SPDX-License-Identifier: Apache-2.0
//
// Makes a micro-frontend's module of a React component. The component is drawn in a shadow root with its own style sheets, so
// that a page and a card cannot spoil each other's look. What breaks while it is mounted is thrown by mount(); what breaks
// later takes the card away and is told by the event COMPONENT_FAILED.

import type { ComponentType } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import { COMPONENT_FAILED, CUE_COMPONENT, type CueModule, type CueProps } from "./contract.ts";

export interface CardStyles {
  readonly sheets: readonly string[];
  /** Adopted where the page sets no tokens (--mq-ink). */
  readonly tokens: string;
}

const constructed = new Map<string, CSSStyleSheet>();

function sheetOf(text: string): CSSStyleSheet {
  let sheet = constructed.get(text);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    constructed.set(text, sheet);
  }
  return sheet;
}

function makeHost(element: HTMLElement, props: CueProps, styles: CardStyles): [HTMLElement, ShadowRoot] {
  const host = document.createElement("div");
  host.dataset["theme"] = props.theme;
  host.lang = props.locale;
  const shadow = host.attachShadow({ mode: "open" });
  // An element that is not in the page yet has no style of its own to ask for.
  const pageHasTokens = getComputedStyle(element.isConnected ? element : document.documentElement).getPropertyValue("--mq-ink") !== "";
  shadow.adoptedStyleSheets = [...(pageHasTokens ? [] : [styles.tokens]), ...styles.sheets].map(sheetOf);
  element.append(host);
  return [host, shadow];
}

/** Call mount() outside of React's own effects (after an await): within one it cannot render at once, and so cannot throw. */
export function cueModule(Component: ComponentType<CueProps>, styles: CardStyles): CueModule {
  const mount: CueModule["mount"] = (element, props) => {
    const [host, shadow] = makeHost(element, props, styles);
    let mounting = true;
    let failure: { readonly error: unknown } | null = null;
    const root = createRoot(shadow, {
      onUncaughtError(error) {
        if (mounting) failure ??= { error };
        else host.dispatchEvent(new CustomEvent(COMPONENT_FAILED, { bubbles: true, detail: error }));
      },
    });
    const unmount = () => {
      host.remove();
      // Later, because a page may call this while the same React renders.
      queueMicrotask(() => {
        root.unmount();
      });
    };
    flushSync(() => {
      root.render(<Component {...props} />);
    });
    mounting = false;
    if (failure) {
      unmount();
      throw (failure as { readonly error: unknown }).error;
    }
    return unmount;
  };
  return { contract: CUE_COMPONENT, mount };
}
