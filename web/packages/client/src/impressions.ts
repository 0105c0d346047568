// SPDX-License-Identifier: Apache-2.0
//
// When a cue has really been seen: at least half of its element was in view for one second, on a page that was visible.

import type { Platform } from "./platform.ts";

const SHARE = 0.5;
const SEEN_MS = 1_000;

/** Calls back once. Returns what ends watching. Where elements cannot be watched nothing is said to be seen. */
export function watchVisibility(platform: Platform, element: Element, seen: () => void): () => void {
  if (typeof IntersectionObserver === "undefined") return () => {};
  let inView = false;
  let cancel: (() => void) | null = null;
  const look = () => {
    if (!inView || document.visibilityState !== "visible") {
      cancel?.();
      cancel = null;
      return;
    }
    cancel ??= platform.after(SEEN_MS, () => {
      stop();
      seen();
    });
  };
  const observer = new IntersectionObserver(
    (entries) => {
      inView = (entries.at(-1)?.intersectionRatio ?? 0) >= SHARE;
      look();
    },
    { threshold: SHARE },
  );
  const stop = () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", look);
    cancel?.();
  };
  observer.observe(element);
  document.addEventListener("visibilitychange", look);
  return stop;
}
