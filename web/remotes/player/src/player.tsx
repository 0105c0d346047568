// SPDX-License-Identifier: Apache-2.0
//
// A player's profile, all of it from the item's metadata. What is missing is left out.

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { isYes, numberOf, readable, textOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { Flag } from "@matchcue/ui/flag.tsx";
import { Badge, Meter, Stat } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";
import { useState } from "react";

import css from "./player.css?inline";
import { Ring } from "./ring.tsx";

/** Ratings are of 99, and seven skills of a field player add up to no more than this. */
const SKILLS_MAX = 2500;

function Followers({ cue, locale }: CueProps) {
  const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 0 });
  const places = [
    { name: "Twitter", count: numberOf(cue.data, "TWITTER_FOLLOWER_COUNT") },
    { name: "Instagram", count: numberOf(cue.data, "INSTA_FOLLOWER_COUNT") },
  ];
  return places.map(({ name, count }) => count !== null && <Stat key={name} value={short.format(count)} label={`on ${name}`} />);
}

function Player(props: CueProps) {
  const { cue, actions, locale } = props;
  const [followed, setFollowed] = useState(false);
  const name = readable(cue.label.replace(/_PROFILE$/, "")) || "A player";
  const country = textOf(cue.data, "COUNTRY");
  const rating = numberOf(cue.data, "FIFA_OVR_RATE");
  const potential = numberOf(cue.data, "FIFA_POT_RATE");
  const skills = numberOf(cue.data, "FIFA_STATS");
  const bare = rating === null && skills === null;
  const words = name.split(" ");
  return (
    <Card
      slot={cue.slot}
      kicker="In the picture"
      title={name}
      look="player"
      aside={isYes(cue.data, "IS_CELEB") && <Badge>Celebrity</Badge>}
      art={
        <span className="player__initials" aria-hidden="true">
          {words[0]?.charAt(0)}
          {words.length > 1 && words.at(-1)?.charAt(0)}
        </span>
      }
      foot={
        <>
          <div className="player__followers">
            <Followers {...props} />
          </div>
          <Button
            tone="quiet"
            done={followed}
            label={followed ? `Following ${name}` : `Follow ${name}`}
            onPress={() => {
              setFollowed(true);
              actions.click();
            }}
          >
            {followed ? "Following" : "Follow"}
          </Button>
        </>
      }
    >
      {country && (
        <p className="player__country">
          <Flag country={country} /> {readable(country)}
        </p>
      )}
      {bare ? (
        <p className="mq-quiet">Nothing more is known of this player yet.</p>
      ) : (
        <div className="player__numbers">
          {rating !== null && <Ring rating={rating} potential={potential} />}
          <div className="player__skills">
            {skills !== null && (
              <Meter label="Skills" value={skills} max={SKILLS_MAX} text={new Intl.NumberFormat(locale).format(skills)} />
            )}
            {potential !== null && rating !== null && (
              <p className="mq-quiet">
                {potential > rating ? `May rise by ${String(potential - rating)} to ${String(potential)}` : `At the peak: ${String(potential)}`}
              </p>
            )}
          </div>
        </div>
      )}
    </Card>
  );
}

export const { contract, mount } = cueModule(Player, cardStyles(css));
