// SPDX-License-Identifier: Apache-2.0
//
// What every part of the page needs of it.

import { createContext, useContext } from "react";

import type { Client } from "@matchcue/client/client.ts";

import type { Theme } from "./address.ts";
import type { Remotes } from "./remotes.ts";

export interface PageContext {
  readonly client: Client;
  readonly remotes: Remotes;
  readonly theme: Theme;
  /** BCP 47 */
  readonly locale: string;
}

export const Page = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(Page);
  if (!page) throw new Error("this is shown outside of a page");
  return page;
}
