// SPDX-License-Identifier: Apache-2.0
//
// The picture's elements: a screen, and a bar below it. Says the player's state in words.

import { hasFrame, type Phase, type PlayerState } from "./player.ts";
import css from "./video.css?inline";

export interface Presses {
  /** Play or pause. */
  play(): void;
  mute(): void;
  goToDelay(): void;
  fullScreen(): void;
}

export interface View {
  readonly video: HTMLVideoElement;
  show(state: PlayerState): void;
  showMuted(muted: boolean): void;
  remove(): void;
}

const icons = {
  play: "M7 5v14l12-7z",
  pause: "M8 5v14M16 5v14",
  muted: "M4 9v6h4l5 4V5L8 9zM17 9l5 6M22 9l-5 6",
  sound: "M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a9 9 0 0 1 0 12",
  full: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
};

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

function words(state: PlayerState): string {
  const byPhase: Record<Phase, string> = {
    waiting: "Waiting for the picture…",
    playing: "",
    paused: "Paused",
    stalled: "The picture has stalled. It goes on by itself.",
    blocked: "This browser starts nothing by itself: press play.",
    broken: state.why ? `No picture: ${state.why}. Trying again in ${state.retryInSeconds} s.` : "No picture. Trying again…",
    ended: "The broadcast is over.",
    unsupported: "This browser cannot play the picture.",
  };
  return byPhase[state.phase];
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string, parent: HTMLElement): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  parent.append(made);
  return made;
}

function setIcon(button: HTMLElement, icon: keyof typeof icons, label: string): void {
  if (button.getAttribute("aria-label") === label) return;
  button.setAttribute("aria-label", label);
  button.title = label;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", icons[icon]);
  svg.append(path);
  button.replaceChildren(svg);
}

function say(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Delay as the button says it, and what pressing it does. */
function showDelay(button: HTMLElement, { latency, following, phase }: PlayerState): void {
  const known = Number.isFinite(latency) && phase !== "broken";
  const behind = known ? `${Math.round(latency)} s behind live` : "Live";
  button.hidden = !known;
  button.dataset["onTime"] = String(following && phase === "playing");
  say(button, following ? behind : `${behind} · back to yours`);
  button.title = "Go to the delay that you chose";
}

function addButton(bar: HTMLElement, name: string, pressed: () => void): HTMLButtonElement {
  const button = element("button", `mq-video-${name}`, bar);
  button.type = "button";
  button.addEventListener("click", pressed);
  return button;
}

export function makeView(parent: HTMLElement, presses: Presses): View {
  // Not a style element: a page's content security policy may refuse those.
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
  const root = element("div", "mq-video", parent);
  const screen = element("div", "mq-video-screen", root);
  const video = element("video", "", screen);
  video.muted = true;
  video.playsInline = true;
  video.disableRemotePlayback = true;
  video.setAttribute("aria-label", "Live picture");
  const absent = element("div", "mq-video-absent", screen);
  absent.setAttribute("aria-hidden", "true");
  const bar = element("div", "mq-video-bar", root);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Picture controls");
  const play = addButton(bar, "play", presses.play);
  const mute = addButton(bar, "mute", presses.mute);
  const status = element("span", "mq-video-words", bar);
  const spoken = element("span", "mq-video-spoken", bar);
  spoken.setAttribute("role", "status");
  let lastPhase: Phase = "waiting";
  const delay = addButton(bar, "delay", presses.goToDelay);
  const full = addButton(bar, "full", presses.fullScreen);
  setIcon(full, "full", "Full screen");
  full.hidden = !document.fullscreenEnabled;
  return {
    video,
    show(state) {
      const running = state.phase === "playing" || state.phase === "stalled" || state.phase === "waiting";
      setIcon(play, running ? "pause" : "play", running ? "Pause" : "Play");
      // A frame that is there stays on screen, whatever is said below it.
      absent.hidden = hasFrame(video);
      say(absent, words(state));
      say(status, words(state));
      // The seconds that count down are for the eye.
      if (state.phase !== lastPhase) say(spoken, words(state));
      lastPhase = state.phase;
      showDelay(delay, state);
    },
    showMuted: (muted) => setIcon(mute, muted ? "muted" : "sound", muted ? "Unmute" : "Mute"),
    remove: () => root.remove(),
  };
}
