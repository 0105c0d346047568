// SPDX-License-Identifier: Apache-2.0
//
// The small things that cards are made of.

import type { ReactNode } from "react";

export function Badge({ children }: { readonly children: ReactNode }) {
  return <span className="mq-badge">{children}</span>;
}

/** Says what a partner would supply here: `Placeholder: your sponsor's artwork`. */
export function PlaceholderNote({ children }: { readonly children: ReactNode }) {
  return <p className="mq-placeholder">Placeholder: {children}</p>;
}

/** A number and what it counts. */
export function Stat({ value, label }: { readonly value: ReactNode; readonly label: string }) {
  return (
    <div className="mq-stat">
      <span className="mq-stat__value">{value}</span>
      <span className="mq-stat__label">{label}</span>
    </div>
  );
}

export interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** How the value is written; the number itself otherwise. */
  readonly text?: string;
}

export function Meter({ label, value, max, text = String(value) }: MeterProps) {
  const share = Math.min(Math.max(value / max, 0), 1);
  return (
    <div className="mq-meter">
      <div className="mq-meter__text" aria-hidden="true">
        <span>{label}</span>
        <span className="mq-number mq-strong">{text}</span>
      </div>
      <div
        className="mq-meter__track"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        aria-valuenow={Math.min(Math.max(value, 0), max)}
        aria-valuetext={text}
      >
        <div className="mq-meter__bar" style={{ inlineSize: `${String(share * 100)}%` }} />
      </div>
    </div>
  );
}

/** Up to two initials in a circle; decoration beside a name that is written. */
export function Avatar({ name }: { readonly name: string }) {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.charAt(0) ?? "").join("");
  return (
    <span className="mq-avatar" aria-hidden="true">
      {initials.toUpperCase()}
    </span>
  );
}

/** Keeps a place while something loads. */
export function Skeleton({ height, width = "100%" }: { readonly height: string; readonly width?: string }) {
  return <span className="mq-skeleton" aria-hidden="true" style={{ blockSize: height, inlineSize: width }} />;
}
