// SPDX-License-Identifier: Apache-2.0
//
// The style sheets of a card as text, for the shadow root that it is drawn in. See README.md.

import cards from "./cards.css?inline";
import tokens from "./tokens.css?inline";

/** The tokens as a shadow root has them, for a page that has none of its own. */
const tokensOfHost = tokens
  .replaceAll(/:root\[data-theme=("?)light\1\]/g, ":host([data-theme=light])")
  .replaceAll(":root", ":host");

/** What a card is drawn with: the look of all cards, its `own` sheet after it, and the tokens for where there are none. */
export function cardStyles(own = ""): { readonly sheets: readonly string[]; readonly tokens: string } {
  return { sheets: [cards, own], tokens: tokensOfHost };
}
