// SPDX-License-Identifier: Apache-2.0
//
// What a page and a micro-frontend agree on. A remote exposes modules; each module states a contract and has a mount().
// Nothing here knows React: a component may be made with anything.

import type { Cue, Values } from "@matchcue/protocol/frames.ts";

/** A module that renders cues. */
export const CUE_COMPONENT = "cue-component/1";
/** A module that plays the picture. */
export const PICTURE_COMPONENT = "picture-component/1";

export type Unmount = () => void;

/** What a viewer did, as the component says it. Each may be called often; what is recorded is up to the page. */
export interface CueActions {
  /** Tapped, opened, followed. */
  click(): void;
  /** Chose the option of this number, from 0. */
  answer(option: number): void;
  /** Did what the cue is for (bought, bet), worth `value`. */
  convert(value?: number): void;
  /** Wants it away. The page unmounts the component. */
  dismiss(): void;
}

export interface CueProps {
  readonly cue: Cue;
  /** The moment that the cue was decided in: MATCH_EVENT and so on. */
  readonly context: Values;
  readonly actions: CueActions;
  readonly theme: "dark" | "light";
  /** BCP 47 */
  readonly locale: string;
  /** Where the remote's own files lie, with a slash at the end. */
  readonly base: string;
}

export interface CueModule {
  readonly contract: typeof CUE_COMPONENT;
  /** Renders into an empty element that the caller owns. Throws when it cannot. Never takes the focus. */
  mount(element: HTMLElement, props: CueProps): Unmount;
}

/** Where the picture is. */
export interface Playhead {
  /** Programme date time of the frame on screen, in ms since 1970. */
  readonly programmeTime: number;
  /** 0 when it stands. */
  readonly rate: number;
}

export interface PictureProps {
  /** An HLS playlist with EXT-X-PROGRAM-DATE-TIME. */
  readonly url: string;
  /** How far behind the live edge this viewer is, in seconds; set() of what mount() returns changes it. */
  readonly delaySeconds: number;
  /** About four times a second, and on every seek, pause and stall. */
  onPlayhead(playhead: Playhead): void;
  readonly locale: string;
}

export interface MountedPicture {
  unmount: Unmount;
  setDelay(seconds: number): void;
}

export interface PictureModule {
  readonly contract: typeof PICTURE_COMPONENT;
  mount(element: HTMLElement, props: PictureProps): MountedPicture;
}

/** A bubbling event from within the element: what was mounted broke afterwards. Its detail is the error; the page unmounts it. */
export const COMPONENT_FAILED = "mq-component-failed";
