// SPDX-License-Identifier: Apache-2.0
import { useEffect, useEffectEvent } from "react";

/** Does something again and again while it matters and the page is seen: for work in progress that no stream tells of. */
export function useEvery(ms: number, matters: boolean, work: () => void): void {
  const run = useEffectEvent(() => {
    if (document.visibilityState === "visible") work();
  });
  useEffect(() => {
    if (!matters) return;
    const timer = window.setInterval(() => run(), ms);
    return () => window.clearInterval(timer);
  }, [ms, matters]);
}
