// SPDX-License-Identifier: Apache-2.0
//
// A remote as webpack's Module Federation 1 knows it: a classic script /remoteEntry.js with a global of init() and get(), for a
// container application that is not ours, such as the AWS sample's. What get() finds is a component of the host's own React,
// which draws one element; the module that this site exposes to everybody (remote.js) is mounted within it. So the two Reacts
// never meet, and the host's may be an old one.

import type { Cue, Values } from "@matchcue/protocol/frames.ts";
import type * as React from "react";

import { COMPONENT_FAILED, type CueModule, type CueProps, type PictureModule, type Unmount } from "./contract.ts";

/** All of the host's React that is used: what every version since 16.8 has. */
export type HostReact = Pick<typeof React, "createElement" | "useEffect" | "useRef">;
interface SharedVersion {
  /** The factory of the library, or a promise of it. */
  get(): unknown;
  readonly loaded?: unknown;
}
/** By library, then by version. */
export type ShareScope = Readonly<Record<string, Readonly<Record<string, SharedVersion>>>>;

/** What a remote's own entry gives. */
export interface NativeEntry {
  init(shared: object): unknown;
  get(module: string): Promise<() => unknown>;
}

export interface Surroundings {
  /** Where the script came from, with a slash at the end. */
  readonly base: string;
  readonly load: (address: string) => Promise<NativeEntry>;
}

/** Mounts a loaded module as the host's `given` says; null where there is nothing to show. */
type Show = (module: unknown, element: HTMLElement, given: unknown, base: string) => Unmount | null | Promise<Unmount | null>;
/** "./Bet", and how it is mounted. */
type Shows = Readonly<Record<string, Show>>;

const inWords = "This part cannot be shown at the moment.";
const dark = () => !matchMedia("(prefers-color-scheme: light)").matches;
const nothing = () => undefined;

function isCue(value: unknown): value is Cue {
  const cue = value as Partial<Cue> | null | undefined;
  return typeof cue?.id === "string" && typeof cue.slot === "string" && typeof cue.label === "string" && typeof cue.data === "object";
}

/** Shows the cue in the host's prop, {cue, context?, actions?}, and `sample` where there is none. */
export function showsCue(sample: Cue): Show {
  return (module, element, given, base) => {
    const { cue, context, actions } = (given ?? {}) as { cue?: unknown; context?: Values; actions?: Partial<CueProps["actions"]> };
    return (module as CueModule).mount(element, {
      cue: isCue(cue) ? cue : sample,
      context: context ?? {},
      actions: { click: nothing, answer: nothing, convert: nothing, dismiss: nothing, ...actions },
      theme: dark() ? "dark" : "light",
      locale: navigator.language,
      base,
    });
  };
}

interface PictureChoice {
  readonly url?: unknown;
  readonly delaySeconds?: unknown;
}

async function siteUrl(base: string): Promise<unknown> {
  const response = await fetch(`${base}config.json`, { credentials: "omit" });
  return response.ok ? ((await response.json()) as { picture?: PictureChoice | null }).picture?.url : undefined;
}

/** Plays what the host's prop, {url?, delaySeconds?}, or else the site's own config.json names. */
export function showsPicture(delaySeconds: number): Show {
  return async (module, element, given, base) => {
    const choice = (given ?? {}) as PictureChoice;
    const url = typeof choice.url === "string" ? choice.url : await siteUrl(base).catch(nothing);
    if (typeof url !== "string" || url === "") return null;
    const delay = typeof choice.delaySeconds === "number" ? choice.delaySeconds : delaySeconds;
    const picture = (module as PictureModule).mount(element, { url, delaySeconds: delay, onPlayhead: nothing, locale: navigator.language });
    return () => { picture.unmount(); };
  };
}

/** Shows within `element` until the answer is called, also when that is before everything has come. */
function showIn(element: HTMLElement, load: () => Promise<unknown>, show: (module: unknown, place: HTMLElement) => ReturnType<Show>): Unmount {
  const place = document.createElement("div");
  element.replaceChildren(place);
  let unmount: Unmount = nothing;
  let isOver = false;
  const say = (words: string) => { place.textContent = words; };
  const fail = (error: unknown) => {
    console.error("matchcue:", error);
    if (!isOver) say(inWords);
  };
  place.addEventListener(COMPONENT_FAILED, (event) => {
    unmount();
    unmount = nothing;
    fail((event as CustomEvent<unknown>).detail);
  });
  const run = async () => {
    const module = await load();
    if (isOver) return;
    const mounted = await show(module, place);
    if (isOver) mounted?.();
    else if (mounted) unmount = mounted;
    else say("No picture.");
  };
  run().catch(fail);
  return () => {
    isOver = true;
    unmount();
    place.remove();
  };
}

/** Anew for another cue or another picture, not for every object that the host makes. */
function keyOf(given: unknown): unknown {
  const { cue, url } = (given ?? {}) as { cue?: { id?: unknown } | null; url?: unknown };
  return cue?.id ?? url;
}

function makeComponent({ createElement, useEffect, useRef }: HostReact, prop: string, load: () => Promise<unknown>, show: Show, base: string) {
  return function MatchcueRemote(props: Readonly<Record<string, unknown>>) {
    const place = useRef<HTMLDivElement>(null);
    const given = props[prop];
    const key = keyOf(given);
    useEffect(
      () => (place.current ? showIn(place.current, load, (module, element) => show(module, element, given, base)) : undefined),
      // eslint-disable-next-line react-hooks/exhaustive-deps -- `given` may be a new object at every render of the host
      [key],
    );
    return createElement("div", { ref: place, "data-matchcue": prop });
  };
}

/** The library out of the scope: the version that the host runs, or else any. */
async function shared(scope: ShareScope | null, library: string): Promise<unknown> {
  const versions = Object.values(scope?.[library] ?? {});
  const version = versions.find(({ loaded }) => loaded) ?? versions[0];
  if (!version) throw new Error(`the page shares no ${library}`);
  return ((await version.get()) as () => unknown)();
}

/** The surroundings of a script that runs now. */
export function scriptSurroundings(): Surroundings {
  const { src } = document.currentScript as HTMLScriptElement;
  return { base: new URL(".", src).href, load: (address) => import(/* @vite-ignore */ address) as Promise<NativeEntry> };
}

/** What the global `name` is. The host's component takes its cue or picture as the prop `name`. */
export function classicRemote(name: string, modules: Shows, { base, load }: Surroundings) {
  let scope: ShareScope | null = null;
  let entry: Promise<NativeEntry> | null = null;
  const open = async () => {
    const native = await load(`${base}remote.js`);
    await native.init({});
    return native;
  };
  const loadModule = async (module: string) => {
    // One that failed is tried again by whoever asks next.
    entry ??= open().catch((error: unknown) => {
      entry = null;
      throw error;
    });
    return (await (await entry).get(module))();
  };
  return {
    init(given: ShareScope): void {
      scope = given;
    },
    /** A promise of what makes the module, as webpack asks for it. */
    async get(module: string) {
      const show = Object.hasOwn(modules, module) ? modules[module] : undefined;
      if (!show) throw new Error(`${name} exposes no "${module}"`);
      const component = makeComponent((await shared(scope, "react")) as HostReact, name, () => loadModule(module), show, base);
      return () => ({ __esModule: true, default: component });
    },
  };
}
