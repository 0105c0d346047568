// SPDX-License-Identifier: Apache-2.0
//
// One-key shortcuts. They hold while what registered them is on the page, not while one types or a dialog is open, and can be
// turned off (WCAG 2.1.4).

import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As KeyboardEvent.key, in lower case. */
  readonly key: string;
  readonly does: string;
  readonly group: string;
  run(): void;
}

const STORED = "matchcue shortcuts";
const registered = new Set<readonly Shortcut[]>();
const listeners = new Set<() => void>();
let all: readonly Shortcut[] = [];

function changed(): void {
  all = [...registered].flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const areShortcutsOn = (): boolean => localStorage.getItem(STORED) !== "off";

export function turnShortcuts(on: boolean): void {
  localStorage.setItem(STORED, on ? "on" : "off");
  changed();
}

/** "?" always works: it is how one finds the switch. */
function mayRun(event: KeyboardEvent, shortcut: Shortcut): boolean {
  if (event.repeat || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (document.querySelector("dialog[open]")) return false;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable]")) return false;
  return areShortcutsOn() || shortcut.key === "?";
}

export function pressKey(event: KeyboardEvent): void {
  const shortcut = all.findLast(({ key }) => key === event.key.toLowerCase());
  if (!shortcut || !mayRun(event, shortcut)) return;
  event.preventDefault();
  shortcut.run();
}

/** Registers the shortcuts as long as the component is there. `keys` tells when they are others. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((key: string) => shortcuts.find((one) => one.key === key)?.run());
  const identity = JSON.stringify(shortcuts.map(({ key, does, group }) => ({ key, does, group })));
  useEffect(() => {
    const described = JSON.parse(identity) as readonly Omit<Shortcut, "run">[];
    const mine = described.map((one) => ({ ...one, run: () => run(one.key) }));
    registered.add(mine);
    changed();
    return () => {
      registered.delete(mine);
      changed();
    };
  }, [identity]);
}

export const useAllShortcuts = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => all);
export const useShortcutsOn = (): boolean => useSyncExternalStore(subscribe, areShortcutsOn);
