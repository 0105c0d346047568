// SPDX-License-Identifier: Apache-2.0
//
// Pictures to leaf through. They never turn by themselves.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./gallery.css?inline";
import { SCENES } from "./scenes.tsx";

function Turn({ by, onTurn }: { readonly by: 1 | -1; readonly onTurn: (by: number) => void }) {
  return (
    <button
      type="button"
      className="gallery__turn"
      aria-label={by > 0 ? "Next picture" : "Previous picture"}
      onClick={() => {
        onTurn(by);
      }}
    >
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={by > 0 ? "M6 3 L11 8 L6 13" : "M10 3 L5 8 L10 13"} />
      </svg>
    </button>
  );
}

function Gallery({ cue, context, actions }: CueProps) {
  const moment = momentOf(context);
  const [at, setAt] = useState(moment.event === "PENALTY" ? 1 : 0);
  const { name, Scene } = SCENES[at] ?? SCENES[0];
  const turn = (by: number) => {
    setAt((at + by + SCENES.length) % SCENES.length);
    actions.click();
  };
  return (
    <Card
      slot={cue.slot}
      kicker={moment.venue ? `Pictures from ${moment.venue}` : "Pictures"}
      title={name}
      look="gallery"
      aside={
        <span className="gallery__count mq-number" role="status">
          <span className="mq-hidden">{name}, </span>
          {at + 1} / {SCENES.length}
        </span>
      }
      art={
        <svg className="gallery__scene" viewBox="0 0 400 220" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
          <Scene />
        </svg>
      }
      foot={
        <>
          <PlaceholderNote>your photographer&rsquo;s pictures.</PlaceholderNote>
          <div className="gallery__turns" role="group" aria-label="Pictures">
            <Turn by={-1} onTurn={turn} />
            <Turn by={1} onTurn={turn} />
          </div>
        </>
      }
    />
  );
}

export const { contract, mount } = cueModule(Gallery, cardStyles(css));
