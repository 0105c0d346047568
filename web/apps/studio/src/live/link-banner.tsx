// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import { duration } from "../parts/words.ts";
import type { Live } from "../stream/live-store.ts";
import { useNow, useStaleness } from "../stream/use-live.ts";

interface LinkBannerProps {
  readonly live: Live;
  onRetry(): void;
}

/** Says when what is shown may not be how it is. Its words change rarely, its countdown is not announced. */
export function LinkBanner({ live, onRetry }: LinkBannerProps): ReactNode {
  const now = useNow();
  const stale = useStaleness(live);
  const { link } = live;
  if (link.status === "waiting") {
    return (
      <div className="banner bad">
        <p role="status">Disconnected: read only. What you see is how it was.</p>
        <span>Trying again in {duration(Math.max(0, link.until - now))}</span>
        <button type="button" className="button" onClick={onRetry}>
          Try now
        </button>
      </div>
    );
  }
  if (link.status === "refused" && live.event) {
    return (
      <div className="banner bad">
        <p role="status">Not watching any more: {link.problem.message}</p>
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  if (stale === null || link.status !== "live") return null;
  return (
    <div className="banner warn">
      <p role="status">Nothing new has come for a while.</p>
      <span>{duration(stale)} old</span>
    </div>
  );
}
