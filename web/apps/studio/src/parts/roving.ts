// SPDX-License-Identifier: Apache-2.0
//
// A list with one tab stop: arrows, Home and End move among the elements that carry data-row, a key of their own. The focus
// stays with its row, or goes to the row that took its place, while the list changes under it.

import { useLayoutEffect, useRef, type FocusEvent, type KeyboardEvent, type RefObject } from "react";

export interface Roving {
  readonly ref: RefObject<HTMLDivElement | null>;
  onKeyDown(event: KeyboardEvent): void;
  onFocus(event: FocusEvent): void;
  onBlur(event: FocusEvent): void;
}

const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[data-row]")];

function stepOf(key: string, at: number, length: number): number | null {
  if (key === "ArrowDown") return Math.min(at + 1, length - 1);
  if (key === "ArrowUp") return Math.max(at - 1, 0);
  if (key === "Home") return 0;
  return key === "End" ? length - 1 : null;
}

export function useRoving(): Roving {
  const ref = useRef<HTMLDivElement | null>(null);
  const current = useRef({ key: "", index: 0, hasFocus: false });

  useLayoutEffect(() => {
    if (!ref.current) return;
    const rows = rowsOf(ref.current);
    const found = rows.findIndex((row) => row.dataset["row"] === current.current.key);
    const index = found >= 0 ? found : Math.min(current.current.index, rows.length - 1);
    rows.forEach((row, at) => (row.tabIndex = at === index ? 0 : -1));
    if (current.current.hasFocus && document.activeElement === document.body) rows[index]?.focus();
  });

  return {
    ref,
    onKeyDown(event) {
      if (!ref.current || !(event.target instanceof HTMLElement) || !event.target.matches("[data-row]")) return;
      const rows = rowsOf(ref.current);
      const next = stepOf(event.key, rows.indexOf(event.target), rows.length);
      if (next === null) return;
      event.preventDefault();
      rows[next]?.focus();
    },
    onFocus(event) {
      if (!ref.current || !(event.target instanceof HTMLElement)) return;
      const row = event.target.closest<HTMLElement>("[data-row]");
      if (!row) return;
      const rows = rowsOf(ref.current);
      for (const one of rows) one.tabIndex = one === row ? 0 : -1;
      current.current = { key: row.dataset["row"] ?? "", index: rows.indexOf(row), hasFocus: true };
    },
    onBlur(event) {
      // An element that React takes away blurs too; then the list keeps the focus.
      if (event.target.isConnected) current.current.hasFocus = false;
    },
  };
}
