// SPDX-License-Identifier: Apache-2.0
//
// The picture, played by the remote "video". Nothing of the page is ever laid over it.

import { useEffect, useRef, useState } from "react";

import { PICTURE_COMPONENT, type MountedPicture, type Playhead } from "@matchcue/remote-kit/contract.ts";

import { withoutFocus } from "./attempts.ts";
import { usePage } from "./page-context.ts";
import { sustain, words, type Attempt, type Stage } from "./sustain.ts";

export interface PictureProps {
  readonly url: string;
  readonly delaySeconds: number;
  readonly onPlayhead: (playhead: Playhead) => void;
  /** There is a player (true), or will not be one for now. */
  readonly onPlayer: (there: boolean) => void;
}

const remote = "video";
const module = "./Video";

export function Picture({ url, delaySeconds, onPlayhead, onPlayer }: PictureProps) {
  const { remotes, locale } = usePage();
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<MountedPicture | null>(null);
  const delay = useRef(delaySeconds);
  const [stage, setStage] = useState<Stage>({ at: "loading" });

  useEffect(() => {
    delay.current = delaySeconds;
    mounted.current?.setDelay(delaySeconds);
  }, [delaySeconds]);

  useEffect(() => {
    const attempt: Attempt = ({ shown, failed }) => {
      let wanted = true;
      remotes
        .load(remote, module, PICTURE_COMPONENT)
        .then((player) => {
          const element = place.current;
          if (!wanted || !element) return;
          const props = { url, delaySeconds: delay.current, onPlayhead, locale };
          mounted.current = withoutFocus(() => player.mount(element, props));
          shown();
        })
        .catch((error: unknown) => failed(words(error)));
      return () => {
        wanted = false;
        mounted.current?.unmount();
        mounted.current = null;
      };
    };
    return sustain(attempt, remotes.breaker(remote), (next) => {
      setStage(next);
      if (next.at !== "loading") onPlayer(next.at === "shown");
    });
  }, [remotes, url, locale, onPlayhead, onPlayer]);

  return (
    <section className="picture" aria-label="Picture">
      <div className="picture-place" ref={place} />
      {stage.at !== "shown" && (
        <NoPicture words={stage.at === "loading" ? "Loading the player…" : "The player cannot be loaded. Trying again by itself."} why={stage.at === "failed" ? stage.why : ""} />
      )}
    </section>
  );
}

/** Keeps the picture's place, and says why it is dark. */
export function NoPicture({ words: text, why = "" }: { readonly words: string; readonly why?: string }) {
  return (
    <div className="no-picture">
      <p role="status">{text}</p>
      {why && <p className="no-picture-why">{why}</p>}
    </div>
  );
}
