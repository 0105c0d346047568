// SPDX-License-Identifier: Apache-2.0
//
// A friend's messages about the moment, and answers that need one press.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Avatar, PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./chat.css?inline";
import { talkAbout } from "./voices.ts";

const FRIEND = "Sam";

function Chat({ cue, context, actions }: CueProps) {
  const [sent, setSent] = useState<string | null>(null);
  const [{ friend, replies }] = useState(() => talkAbout(momentOf(context)));
  return (
    <Card slot={cue.slot} kicker="Chat" title={`${FRIEND} is watching too`} aside={<Avatar name={FRIEND} />} look="chat">
      <ul className="chat__thread" aria-live="polite">
        {friend.map((words) => (
          <li key={words} className="chat__bubble">
            <span className="mq-hidden">{FRIEND}: </span>
            {words}
          </li>
        ))}
        {sent !== null && (
          <li className="chat__bubble" data-mine="true">
            <span className="mq-hidden">You: </span>
            {sent}
          </li>
        )}
      </ul>
      <div className="chat__replies" role="group" aria-label={`Answer ${FRIEND}`}>
        {replies.map((words) => (
          <button
            key={words}
            type="button"
            className="chat__reply"
            aria-pressed={sent === words}
            onClick={() => {
              setSent(words);
              actions.click();
            }}
          >
            {words}
          </button>
        ))}
      </div>
      <PlaceholderNote>your chat service. Nothing is sent.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Chat, cardStyles(css));
