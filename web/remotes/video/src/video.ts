// SPDX-License-Identifier: Apache-2.0
//
// The micro-frontend "video": exposes ./Video, which plays an HLS stream a chosen time behind live.

import { PICTURE_COMPONENT, type MountedPicture, type PictureModule, type PictureProps } from "@matchcue/remote-kit/contract.ts";

import { startEngine as startRealEngine, type StartEngine } from "./engine.ts";
import { startPlayer, type Player, type PlayerState } from "./player.ts";
import { makeView } from "./view.ts";

export const contract = PICTURE_COMPONENT;

/** mount() with an engine of the caller's. */
export function mountWith(startEngine: StartEngine, element: HTMLElement, props: PictureProps): MountedPicture {
  let running = true;
  let player: Player | null = null;
  const view = makeView(element, {
    play: () => (running ? player?.pause() : player?.play()),
    mute() {
      view.video.muted = !view.video.muted;
    },
    goToDelay: () => player?.goToDelay(),
    fullScreen: () => void (document.fullscreenElement ? document.exitFullscreen() : view.video.requestFullscreen()).catch(() => undefined),
  });
  const showMuted = () => view.showMuted(view.video.muted);
  view.video.addEventListener("volumechange", showMuted);
  showMuted();
  const onState = (state: PlayerState) => {
    running = state.phase === "playing" || state.phase === "stalled" || state.phase === "waiting";
    view.show(state);
  };
  const { url, delaySeconds, onPlayhead } = props;
  player = startPlayer({ video: view.video, url, delaySeconds, startEngine, onPlayhead, onState, now: Date.now, random: Math.random });
  return {
    unmount() {
      player.destroy();
      view.remove();
    },
    setDelay: (seconds) => player.setDelay(seconds),
  };
}

export const mount: PictureModule["mount"] = (element, props) => mountWith(startRealEngine, element, props);
