// SPDX-License-Identifier: Apache-2.0
//
// What the picture has just shown, and how far behind live it is.

import { useId, type CSSProperties } from "react";

import type { Values } from "@matchcue/protocol/frames.ts";

import { delayRange } from "./address.ts";
import { sceneOf } from "./moment-words.ts";

export interface MomentPanelProps {
  readonly context: Values;
  readonly delaySeconds: number;
  readonly onDelay: (seconds: number) => void;
}

export function MomentPanel({ context, delaySeconds, onDelay }: MomentPanelProps) {
  const [heading, slider] = [useId(), useId()];
  const { event, timing, score, place } = sceneOf(context);
  const fill = { "--fill": `${(100 * (delaySeconds - delayRange.min)) / (delayRange.max - delayRange.min)}%` } as CSSProperties;
  const details = [[timing, score].filter(Boolean).join(" · "), place].filter(Boolean);
  return (
    <section className="moment" aria-labelledby={heading}>
      <div className="slot-head">
        <h2 id={heading}>In your picture</h2>
      </div>
      <div className="moment-panel">
        <div className="moment-scene">
          <p className="moment-event">{event || timing || "The match"}</p>
          {details.length > 0 ? (
            <ul>
              {details.map((detail) => (
                <li key={detail}>{detail}</li>
              ))}
            </ul>
          ) : (
            <p className="quiet">The first moment has yet to come.</p>
          )}
        </div>
        <div className="delay">
          <label htmlFor={slider}>Behind live</label>
          <input
            id={slider}
            type="range"
            style={fill}
            min={delayRange.min}
            max={delayRange.max}
            step={1}
            value={delaySeconds}
            aria-valuetext={`${delaySeconds} seconds behind live`}
            onChange={(change) => onDelay(change.target.valueAsNumber)}
          />
          <output htmlFor={slider}>{delaySeconds} s</output>
        </div>
      </div>
    </section>
  );
}
