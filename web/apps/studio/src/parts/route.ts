// SPDX-License-Identifier: Apache-2.0
//
// Where one is: #/page/argument/argument. The hash keeps working under any path that the studio is served at.

import { useSyncExternalStore } from "react";

export const PAGES = ["live", "viewer", "campaigns", "catalogue", "system"] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  readonly page: Page;
  readonly arguments: readonly string[];
}

function unescape(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function parseRoute(hash: string): Route {
  const [name, ...rest] = hash.replace(/^#\/?/, "").split("/").map(unescape);
  return { page: PAGES.find((page) => page === name) ?? "live", arguments: rest.filter(Boolean) };
}

export const linkTo = (page: Page, ...parts: readonly string[]): string => `#/${[page, ...parts].map(encodeURIComponent).join("/")}`;

export function go(page: Page, ...parts: readonly string[]): void {
  location.hash = linkTo(page, ...parts);
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
