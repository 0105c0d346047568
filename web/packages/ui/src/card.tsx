// SPDX-License-Identifier: Apache-2.0
//
// The frame that every card has: a tab in its slot's colour, a title, what it holds, and a foot.

import { useId, type ReactNode } from "react";

export interface CardProps {
  /** SOCIAL, MONETIZE, GENERAL, PLAYER: the accent. Others have the page's. */
  readonly slot: string;
  /** What kind of card it is, in a word or two. */
  readonly kicker: string;
  /** At the far end of the tab. */
  readonly aside?: ReactNode;
  readonly title: string;
  /** For the card's own style sheet: joined to "mq-card". */
  readonly look?: string;
  /** Behind everything. */
  readonly art?: ReactNode;
  readonly foot?: ReactNode;
  readonly children?: ReactNode;
}

export function Card({ slot, kicker, aside, title, look, art, foot, children }: CardProps) {
  const heading = useId();
  return (
    <article className={look ? `mq-card ${look}` : "mq-card"} data-slot={slot} aria-labelledby={heading}>
      {art}
      <div className="mq-card__head">
        <span>{kicker}</span>
        {aside}
      </div>
      <h3 className="mq-card__title" id={heading}>
        {title}
      </h3>
      {children}
      {foot && <div className="mq-card__foot">{foot}</div>}
    </article>
  );
}
