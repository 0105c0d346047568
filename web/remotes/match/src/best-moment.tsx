// SPDX-License-Identifier: Apache-2.0
//
// What has just happened, drawn on the pitch.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf, scoreWords, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./best-moment.css?inline";
import pitch from "./pitch.css?inline";
import { Pitch, wayOf } from "./pitch.tsx";

function BestMoment({ cue, context, actions }: CueProps) {
  const [shown, setShown] = useState(0);
  const moment = momentOf(context);
  const what = theEvent(moment);
  const when = [moment.timing, scoreWords(moment)].filter(Boolean).join(", ");
  return (
    <Card
      slot={cue.slot}
      kicker={moment.phase === "after" ? "Moment of the match" : "Best moment"}
      title={what.charAt(0).toUpperCase() + what.slice(1)}
      look="best"
      art={<Pitch key={shown} way={wayOf(moment.event)} look="best__pitch" />}
    >
      {when && <p className="best__when">{when.charAt(0).toUpperCase() + when.slice(1)}</p>}
      <div className="best__foot">
        <Button
          onPress={() => {
            setShown(shown + 1);
            actions.click();
          }}
        >
          Show it again
        </Button>
      </div>
      <PlaceholderNote>your tracking data.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(BestMoment, cardStyles(pitch + css));
