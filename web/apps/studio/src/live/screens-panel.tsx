// SPDX-License-Identifier: Apache-2.0
import { useState, type KeyboardEvent, type ReactNode } from "react";

import type { OverrideAction } from "../api/events.ts";
import type { Rate } from "../api/view.ts";
import { useItems } from "../parts/items.tsx";
import { useRoving } from "../parts/roving.ts";
import { count, percent } from "../parts/words.ts";
import { orderOf, type ScreenRow, type SlotScreens } from "./screens.ts";

interface SlotPanelProps {
  readonly screens: SlotScreens;
  /** Of the last change that was pushed: then rows are ordered anew, and stay in place in between. */
  readonly sequence: number;
  readonly isReadOnly: boolean;
  onOverride(item: string, action: OverrideAction): void;
}

const KEYS: Readonly<Record<string, OverrideAction>> = { "+": "pin", x: "block", r: "release" };

/** The first views after a change show it on some screens only. */
const VIEWS_TO_SETTLE = 3;

/** Positions while the numbers change: rows move only when something new was pushed. */
function useSteadyOrder(rows: readonly ScreenRow[], sequence: number): readonly ScreenRow[] {
  const [steady, setSteady] = useState({ sequence, rows, views: 1, order: orderOf(rows) });
  if (steady.sequence !== sequence) setSteady({ sequence, rows, views: 1, order: orderOf(rows) });
  else if (steady.rows !== rows && steady.views < VIEWS_TO_SETTLE) setSteady({ sequence, rows, views: steady.views + 1, order: orderOf(rows) });
  const place = new Map(steady.order.map((item, index) => [item, index]));
  return [...rows].sort((a, b) => (place.get(a.item) ?? Infinity) - (place.get(b.item) ?? Infinity) || a.item.localeCompare(b.item));
}

/** One slot: its items with how many screens show each, how often it is acted upon, and whether that beats chance. */
export function SlotPanel({ screens, sequence, isReadOnly, onOverride }: SlotPanelProps): ReactNode {
  const { labelOf } = useItems();
  const { ref, onKeyDown, ...handlers } = useRoving();
  const rows = useSteadyOrder(screens.rows, sequence);
  const most = scaleOf(screens);
  const press = (event: KeyboardEvent): void => {
    const action = KEYS[event.key];
    const item = event.target instanceof HTMLElement ? event.target.dataset["row"] : undefined;
    if (action && item && !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      onOverride(item, action);
    } else onKeyDown(event);
  };
  return (
    <section className="slot" data-slot={screens.slot} aria-label={`${screens.slot} on screens now`}>
      <header className="slot-head">
        <h3>{screens.slot}</h3>
        <span>{count(screens.sessions)} screens</span>
        <span className="slot-rates" title="Acted upon, of those that were seen: what was shown, and what random choice would have had, with its 95 % interval">
          {screens.shown && screens.random ? (
            <>
              CTR <b>{percent(screens.shown.value)}</b> · random {interval(screens.random)}
            </>
          ) : (
            "CTR: not enough yet"
          )}
        </span>
      </header>
      <div ref={ref} className="slot-rows scroll" onKeyDown={press} {...handlers}>
        <ul>
          {rows.map((row) => (
            <li key={row.item}>
              <ItemRow row={row} label={labelOf(row.item)} random={screens.random} most={most} isReadOnly={isReadOnly} onOverride={onOverride} />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

const interval = (rate: Rate): string => `${(100 * Math.max(0, rate.low)).toFixed(1)}–${percent(rate.high)}`;

/** The rate at the right end of every strip of a slot: what matters fits, and one wide interval does not squeeze the rest. */
function scaleOf({ rows, random }: SlotScreens): number {
  const values = rows.flatMap(({ rate }) => (rate ? [rate.value] : []));
  return Math.max(1.4 * Math.max(0, ...values), 1.4 * (random?.high ?? 0), 0.01);
}

const VERDICTS = { above: "better than random", below: "worse than random", unclear: "no telling from random yet" };

interface ItemRowProps {
  readonly row: ScreenRow;
  readonly label: string;
  readonly random: Rate | null;
  readonly most: number;
  readonly isReadOnly: boolean;
  onOverride(item: string, action: OverrideAction): void;
}

function ItemRow({ row, label, random, most, isReadOnly, onOverride }: ItemRowProps): ReactNode {
  const rate = row.rate ? `CTR ${percent(row.rate.value)} (${interval(row.rate)}), ${VERDICTS[row.verdict]}` : "not seen yet";
  const toggle = (action: "pin" | "block"): void => onOverride(row.item, row.override === action ? "release" : action);
  const held = row.override ? `, ${row.override === "pin" ? "pinned" : "blocked"}` : "";
  return (
    <div className={`item-row ${row.override ?? ""} ${row.sessions === 0 ? "off-screen" : ""}`}>
      <div className="item-main" data-row={row.item} role="group" aria-keyshortcuts="+ x r" aria-label={`${label}${held}: ${count(row.sessions)} screens, ${percent(row.share)}; ${rate}`}>
        <span className="item-name" title={`${label} (${row.item}), ${count(row.trials)} seen`}>
          <span className="share" style={{ inlineSize: `${String(100 * row.share)}%` }} />
          <span className="item-label">{label}</span>
        </span>
        <span className="item-count">{count(row.sessions)}</span>
        <RateStrip rate={row.rate} random={random} most={most} verdict={row.verdict} />
        <span className={`item-rate ${row.verdict}`}>{row.rate ? percent(row.rate.value) : "–"}</span>
      </div>
      <button type="button" className="mini" tabIndex={-1} aria-pressed={row.override === "pin"} aria-label={`Pin ${label}`} title="Pin (+)" disabled={isReadOnly} onClick={() => toggle("pin")}>
        <PinIcon />
      </button>
      <button type="button" className="mini bad" tabIndex={-1} aria-pressed={row.override === "block"} aria-label={`Block ${label}`} title="Block (x)" disabled={isReadOnly} onClick={() => toggle("block")}>
        <BlockIcon />
      </button>
    </div>
  );
}

/** The item's rate with its interval, over the band where random choice would be. */
function RateStrip({ rate, random, most, verdict }: { readonly rate: Rate | null; readonly random: Rate | null; readonly most: number; readonly verdict: string }): ReactNode {
  const share = (value: number): number => 100 * Math.min(1, Math.max(0, value / most));
  const x = (value: number): string => `${share(value).toFixed(1)}%`;
  return (
    <svg className={`strip ${verdict}`} aria-hidden="true">
      {random ? <rect className="band" x={x(random.low)} width={`${Math.max(1, share(random.high) - share(random.low)).toFixed(1)}%`} y="1" height="12" rx="2" /> : null}
      <line className="axis" x1="0" x2="100%" y1="13.5" y2="13.5" />
      {rate ? (
        <>
          <line className="whisker" x1={x(rate.low)} x2={x(rate.high)} y1="7" y2="7" />
          <circle className="dot" cx={x(rate.value)} cy="7" r="2.6" />
        </>
      ) : null}
    </svg>
  );
}

const PinIcon = (): ReactNode => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <path d="M6 2h4l-.6 4.2L12 8.6V10H8.7L8 14.5 7.3 10H4V8.6l2.6-2.4z" fill="currentColor" />
  </svg>
);
const BlockIcon = (): ReactNode => (
  <svg viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
    <path d="M4.2 11.8 11.8 4.2" stroke="currentColor" strokeWidth="1.6" />
  </svg>
);
