// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import type { Change } from "../api/events.ts";
import { Panel } from "../parts/panel.tsx";
import { QUICK_MOMENTS, type QuickMoment } from "./draft.ts";

interface FirePanelProps {
  readonly isReadOnly: boolean;
  readonly last: Change | null;
  onQuick(moment: QuickMoment): void;
  onWrite(): void;
  onCorrect(change: Change): void;
}

/** One press fires; what is fired can be taken back. */
export function FirePanel({ isReadOnly, last, onQuick, onWrite, onCorrect }: FirePanelProps): ReactNode {
  return (
    <Panel title="Fire a moment" className="fire-panel">
      <div className="fire-grid">
        {QUICK_MOMENTS.map((moment) => (
          <button
            key={moment.name}
            type="button"
            className={moment.name === "GOAL" ? "fire main" : "fire"}
            disabled={isReadOnly}
            aria-keyshortcuts={moment.key}
            onClick={() => onQuick(moment)}
          >
            {moment.name.replace("-", " ")} <kbd aria-hidden="true">{moment.key}</kbd>
          </button>
        ))}
      </div>
      <div className="fire-acts">
        <button type="button" className="button" disabled={isReadOnly} aria-keyshortcuts="n" onClick={onWrite}>
          All fields… <kbd aria-hidden="true">n</kbd>
        </button>
        <button type="button" className="button" disabled={isReadOnly || !last} aria-keyshortcuts="c" onClick={() => (last ? onCorrect(last) : undefined)}>
          Correct{last ? ` #${String(last.sequence)}` : ""}… <kbd aria-hidden="true">c</kbd>
        </button>
      </div>
    </Panel>
  );
}
