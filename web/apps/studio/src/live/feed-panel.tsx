// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import type { Change } from "../api/events.ts";
import { useItems } from "../parts/items.tsx";
import { Panel } from "../parts/panel.tsx";
import { useRoving } from "../parts/roving.ts";
import { Empty } from "../parts/states.tsx";
import { clock } from "../parts/words.ts";
import { detailOf, groupFeed, isCorrectable, titleOf } from "./feed.ts";

interface FeedPanelProps {
  readonly changes: readonly Change[];
  readonly isReadOnly: boolean;
  onCorrect(change: Change): void;
}

export function FeedPanel({ changes, isReadOnly, onCorrect }: FeedPanelProps): ReactNode {
  const { ref, ...handlers } = useRoving();
  const groups = groupFeed(changes);
  return (
    <Panel title="Moments" className="feed-panel" aside={<span className="quiet small">newest first</span>}>
      <div ref={ref} className="feed scroll" {...handlers}>
        {groups.length === 0 ? <Empty title="Nothing has happened yet.">Fire a moment, and every viewer gets a new slate.</Empty> : null}
        <ol>
          {groups.map(({ chain }) => (
            <li key={chain[0]?.sequence} className={chain.length > 1 ? "feed-chain" : undefined}>
              {chain.map((change, depth) => (
                <FeedRow key={change.sequence} change={change} takenBackBy={chain[depth - 1] ?? null} isReadOnly={isReadOnly} onCorrect={onCorrect} />
              ))}
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}

interface FeedRowProps extends Omit<FeedPanelProps, "changes"> {
  readonly change: Change;
  readonly takenBackBy: Change | null;
}

function FeedRow({ change, takenBackBy, isReadOnly, onCorrect }: FeedRowProps): ReactNode {
  const { labelOf } = useItems();
  const title = titleOf(change, labelOf);
  const detail = detailOf(change, labelOf);
  const mayCorrect = isCorrectable(change) && !takenBackBy;
  const content = (
    <>
      <span className="feed-title">
        <span className={takenBackBy ? "struck" : undefined}>{title}</span>
        <span className="feed-number">#{change.sequence}</span>
      </span>
      {detail ? <span className="feed-detail">{detail}</span> : null}
      <span className="feed-meta">
        <time dateTime={change.at}>{clock(change.at)}</time>
        {takenBackBy ? <span className="feed-joined">taken back by #{takenBackBy.sequence}</span> : null}
        {change.corrects !== null ? <span className="feed-joined">corrects #{change.corrects}</span> : null}
        {mayCorrect ? (
          <span className="feed-hint" aria-hidden="true">
            correct
          </span>
        ) : null}
      </span>
    </>
  );
  const className = `feed-row ${takenBackBy ? "taken-back" : change.kind}`;
  if (!mayCorrect) {
    return (
      <div className={className} data-row={String(change.sequence)} role="group" aria-label={`${title}, ${String(change.sequence)}`}>
        {content}
      </div>
    );
  }
  return (
    <button type="button" className={className} data-row={String(change.sequence)} aria-disabled={isReadOnly} title="Correct this moment" onClick={() => (isReadOnly ? undefined : onCorrect(change))}>
      {content}
    </button>
  );
}
