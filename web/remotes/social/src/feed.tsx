// SPDX-License-Identifier: Apache-2.0
//
// What the crowd says about the moment. It stands still: posts that move while one reads are for nobody.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf, theEvent } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Avatar, Badge, PlaceholderNote } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./feed.css?inline";
import { talkAbout } from "./voices.ts";

const AUTHORS = ["North Stand", "Away Days", "Radio Terrace"];

function Heart() {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 14C3 10.4 1.5 8.2 1.5 5.6 1.5 3.6 3 2.2 4.8 2.2 6.2 2.2 7.4 3 8 4.2 8.6 3 9.8 2.2 11.2 2.2 13 2.2 14.5 3.6 14.5 5.6 14.5 8.2 13 10.4 8 14Z" />
    </svg>
  );
}

function Feed({ cue, context, actions }: CueProps) {
  const [liked, setLiked] = useState<readonly string[]>([]);
  const moment = momentOf(context);
  const [{ crowd }] = useState(() => talkAbout(moment));
  const title = moment.phase === "play" || moment.event ? `On ${theEvent(moment)}` : "What they say";
  return (
    <Card slot={cue.slot} kicker="From the crowd" title={title} aside={<Badge>{AUTHORS.length} new</Badge>} look="feed">
      <ul className="feed__posts">
        {crowd.map((words, index) => {
          const author = AUTHORS[index % AUTHORS.length] ?? "";
          const mine = liked.includes(author);
          return (
            <li key={author} className="feed__post">
              <Avatar name={author} />
              <p className="mq-grow">
                <strong>{author}</strong> {words}
              </p>
              <button
                type="button"
                className="feed__like"
                aria-pressed={mine}
                aria-label={`Like what ${author} says`}
                onClick={() => {
                  setLiked(mine ? liked.filter((name) => name !== author) : [...liked, author]);
                  if (!mine) actions.click();
                }}
              >
                <Heart />
              </button>
            </li>
          );
        })}
      </ul>
      <PlaceholderNote>posts of your social partner.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(Feed, cardStyles(css));
