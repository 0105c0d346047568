// SPDX-License-Identifier: Apache-2.0
//
// Who watches, and how: from the page's address (?viewer=7&delay=20&name=Ann), and from what this browser remembers.

export const delayRange = { min: 5, max: 40, usual: 12 } as const;

export type Theme = "dark" | "light";
type Memory = Pick<Storage, "getItem" | "setItem">;

export interface Visit {
  readonly viewer: string;
  /** What to call them; "" when nobody said. */
  readonly name: string;
  readonly delaySeconds: number;
}

const anonymousKey = "matchcue:anonymous-viewer";
const themeKey = "matchcue:theme";
const delayKey = (viewer: string) => `matchcue:delay:${viewer}`;

/** localStorage, or a memory that lasts as long as the page where there is none. */
export function memoryOf(page: Window): Memory {
  try {
    page.localStorage.getItem(themeKey);
    return page.localStorage;
  } catch {
    const kept = new Map<string, string>();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
  }
}

function remember(memory: Memory, key: string, value: string): void {
  try {
    memory.setItem(key, value);
  } catch {
    // Full, or not allowed: it is forgotten with the page.
  }
}

function anonymousViewer(memory: Memory, makeId: () => string): string {
  const known = memory.getItem(anonymousKey);
  if (known) return known;
  const made = `anonymous-${makeId()}`;
  remember(memory, anonymousKey, made);
  return made;
}

function delayFrom(text: string | null): number | null {
  const seconds = Number.parseFloat(text ?? "");
  return Number.isFinite(seconds) ? Math.round(Math.min(delayRange.max, Math.max(delayRange.min, seconds))) : null;
}

/** A random id of 32 hex digits; crypto.randomUUID is there on secure pages alone. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function readVisit(search: string, memory: Memory, makeId: () => string = randomId): Visit {
  const asked = new URLSearchParams(search);
  const viewer = asked.get("viewer")?.slice(0, 128) || anonymousViewer(memory, makeId);
  return {
    viewer,
    name: asked.get("name")?.slice(0, 40) ?? "",
    delaySeconds: delayFrom(asked.get("delay")) ?? delayFrom(memory.getItem(delayKey(viewer))) ?? delayRange.usual,
  };
}

/** Remembered for this viewer; and in the address where that names a delay, or a reload would go back to it. */
export function rememberDelay(memory: Memory, page: Window, viewer: string, seconds: number): void {
  remember(memory, delayKey(viewer), String(seconds));
  const address = new URL(page.location.href);
  if (!address.searchParams.has("delay")) return;
  address.searchParams.set("delay", String(seconds));
  page.history.replaceState(null, "", address);
}

/** What was chosen here; else light where the device asks for it, and dark otherwise. */
export function readTheme(memory: Memory, prefersLight: boolean): Theme {
  const chosen = memory.getItem(themeKey);
  if (chosen === "dark" || chosen === "light") return chosen;
  return prefersLight ? "light" : "dark";
}

export function rememberTheme(memory: Memory, theme: Theme): void {
  remember(memory, themeKey, theme);
}
