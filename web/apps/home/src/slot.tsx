// SPDX-License-Identifier: Apache-2.0
//
// A place beside the picture. Its size is the page's, never its cue's: nothing moves when a cue comes or goes.

import { useEffect, useId, useRef, useState, type KeyboardEvent, type RefObject } from "react";

import type { RevealedCue } from "@matchcue/client/client.ts";
import type { Cue } from "@matchcue/protocol/frames.ts";

import { CuePlace } from "./cue-place.tsx";
import { cueName, slotName, slotPromise } from "./moment-words.ts";

/** Whether `content` is larger than the `scroller` that it is in, so that keys must be able to scroll it. */
function useOverflow(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>): boolean {
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const outer = scroller.current;
    const inner = content.current;
    if (!outer || !inner || typeof ResizeObserver === "undefined") return;
    // Not its scrollHeight: that has the few pixels, too, by which a cue that arrives is moved, and nothing tells when they are gone.
    const sizes = new ResizeObserver(() => setOverflows(inner.offsetHeight > outer.clientHeight + 1));
    sizes.observe(outer);
    sizes.observe(inner);
    return () => sizes.disconnect();
  }, [scroller, content]);
  return overflows;
}

export interface SlotProps {
  readonly slot: string;
  readonly revealed: RevealedCue | undefined;
  readonly onDismiss: (cue: Cue) => void;
}

export function Slot({ slot, revealed, onDismiss }: SlotProps) {
  const heading = useId();
  const section = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const overflows = useOverflow(scroller, content);
  const dismiss = () => {
    if (!revealed) return;
    // The button goes away under the viewer's hand: keep them where they are.
    section.current?.focus({ preventScroll: true });
    onDismiss(revealed.cue);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && revealed && !event.defaultPrevented) dismiss();
  };
  return (
    <section className="slot" data-slot={slot} ref={section} tabIndex={-1} aria-labelledby={heading} onKeyDown={onKeyDown}>
      <div className="slot-head">
        <h2 id={heading}>{slotName(slot)}</h2>
        {revealed && (
          <button type="button" className="icon-button" aria-label={`Dismiss ${cueName(revealed.cue)}`} title="Dismiss (Escape)" onClick={dismiss}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M6 6l12 12M18 6L6 18" />
            </svg>
          </button>
        )}
      </div>
      <div className="slot-body">
        <div
          className="slot-scroll"
          ref={scroller}
          {...(overflows && { tabIndex: 0, role: "group", "aria-label": `${slotName(slot)}, scrolls` })}
        >
          <div className="slot-content" ref={content}>
            {revealed ? <CuePlace key={revealed.cue.id} revealed={revealed} /> : <p className="slot-empty">{slotPromise(slot)}</p>}
          </div>
        </div>
      </div>
    </section>
  );
}
