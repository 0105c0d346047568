// SPDX-License-Identifier: Apache-2.0
//
// Options of which a viewer chooses one. They stay buttons that can be focused afterwards, so that nobody who uses
// the keyboard is thrown out of the card by choosing.

import type { ReactNode } from "react";

export interface Choice {
  readonly text: string;
  /** Before the text: A, B, or 1, X, 2. */
  readonly key?: ReactNode;
  /** After the text: odds, a share. */
  readonly end?: ReactNode;
  /** Share of the width that is filled, 0 to 1. */
  readonly fill?: number;
  /** Shown in words and colour. */
  readonly mark?: "right" | "wrong";
}

export interface ChoicesProps {
  /** What is asked: the group's name. */
  readonly legend: string;
  readonly options: readonly Choice[];
  /** Which was chosen; null before. */
  readonly chosen: number | null;
  readonly onChoose: (option: number) => void;
  /** No other can be chosen any more; once one is, unless said otherwise. */
  readonly locked?: boolean;
  readonly columns?: 1 | 2 | 3;
}

const MARKS = { right: "correct", wrong: "not correct" };

function Mark({ mark }: { readonly mark: "right" | "wrong" }) {
  return (
    <svg className="mq-choice__end" width="14" height="14" viewBox="0 0 14 14" role="img" aria-label={MARKS[mark]}>
      <path
        d={mark === "right" ? "M2 7.5 5.5 11 12 3.5" : "M3 3l8 8M11 3l-8 8"}
        fill="none"
        stroke={mark === "right" ? "var(--mq-accent)" : "var(--mq-bad)"}
        strokeWidth="2.4"
      />
    </svg>
  );
}

export function Choices({ legend, options, chosen, onChoose, locked = chosen !== null, columns = 1 }: ChoicesProps) {
  return (
    <div role="group" aria-label={legend} className="mq-choices" data-columns={columns}>
      {options.map(({ text, key, end, fill, mark }, index) => (
        <button
          key={text}
          type="button"
          className="mq-choice"
          aria-pressed={chosen === index}
          aria-disabled={locked || undefined}
          data-mark={mark}
          onClick={() => {
            if (!locked) onChoose(index);
          }}
        >
          {fill !== undefined && <span className="mq-choice__fill" style={{ inlineSize: `${String(fill * 100)}%` }} />}
          {key !== undefined && <span className="mq-choice__key">{key}</span>}
          <span>{text}</span>
          {end !== undefined && <span className="mq-choice__end mq-number">{end}</span>}
          {mark && <Mark mark={mark} />}
        </button>
      ))}
    </div>
  );
}
