// SPDX-License-Identifier: Apache-2.0
//
// The catalogue's names, for every page. Read once, and again when an item turns up that is not in it.

import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";

import { listItems, type Item } from "../api/catalogue.ts";
import { useResource, type Resource } from "./resource.ts";
import { itemName } from "./words.ts";

export interface Items {
  readonly all: readonly Item[];
  /** Its label for people; the id of an item that is not known. */
  labelOf(id: string): string;
  slotOf(id: string): string | null;
  readonly resource: Pick<Resource<unknown>, "problem" | "isLoading" | "reload">;
}

const none: Items = {
  all: [],
  labelOf: (id) => id,
  slotOf: () => null,
  resource: { problem: null, isLoading: false, reload: () => undefined },
};
export const ItemsContext = createContext<Items>(none);
export const useItems = (): Items => useContext(ItemsContext);

export function makeItems(all: readonly Item[], resource: Items["resource"]): Items {
  const byId = new Map(all.map((item) => [item.id, item]));
  return {
    all,
    labelOf(id) {
      const item = byId.get(id);
      return item?.label ? itemName(item.label, item.slot) : id;
    },
    slotOf: (id) => byId.get(id)?.slot ?? null,
    resource,
  };
}

export function ItemsProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const { data, problem, isLoading, reload } = useResource("items", listItems);
  const items = useMemo(() => makeItems(data?.items ?? [], { problem, isLoading, reload }), [data, problem, isLoading, reload]);
  return <ItemsContext value={items}>{children}</ItemsContext>;
}

/** Reads the catalogue again when one of these is not in it; once for each set of strangers. */
export function useKnownItems(ids: readonly string[]): void {
  const { all, slotOf, resource } = useItems();
  const strangers = all.length ? [...new Set(ids.filter((id) => slotOf(id) === null))].sort().join("\n") : "";
  const { reload } = resource;
  useEffect(() => {
    if (strangers) reload();
  }, [strangers, reload]);
}
