// SPDX-License-Identifier: Apache-2.0
import * as React from "react";
import { act, createElement, type ComponentType } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { classicRemote, showsCue, showsPicture, type NativeEntry, type ShareScope } from "./classic.ts";
import { COMPONENT_FAILED, type CueProps, type PictureModule } from "./contract.ts";
import { sampleCue } from "./samples.ts";

const sample = sampleCue("BET", "GENERAL");
const base = "http://bets.example/";
const scope: ShareScope = { react: { "19.0.0": { get: () => () => React, loaded: true } } };
/** Promises that are settled are heard of within an act(). */
const settle = () => act(async () => undefined);

let place: HTMLElement;
let root: ReturnType<typeof createRoot>;
beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  act(() => { root.unmount(); });
  place.remove();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function makeEntry(module: object): NativeEntry {
  return { init: vi.fn(), get: () => Promise.resolve(() => module) };
}

/** A cue component that says what it was given. */
function makeCueModule() {
  const unmount = vi.fn();
  const mount = vi.fn((element: HTMLElement, { cue }: CueProps) => {
    element.textContent = cue.label;
    return unmount;
  });
  return { mount, unmount };
}

async function component(load: (address: string) => Promise<NativeEntry>, name = "bet", show = showsCue(sample)) {
  const remote = classicRemote(name, { "./It": show }, { base, load });
  remote.init(scope);
  return (await remote.get("./It"))().default as ComponentType<Record<string, unknown>>;
}

describe("a remote for webpack's containers", () => {
  test("is drawn with the host's React, and shows the sample where the host gives nothing", async () => {
    const { mount, unmount } = makeCueModule();
    const load = vi.fn(() => Promise.resolve(makeEntry({ mount })));
    const Bet = await component(load);
    act(() => { root.render(createElement(Bet)); });
    await settle();
    expect(load).toHaveBeenCalledWith("http://bets.example/remote.js");
    expect(place.textContent).toBe("BET");
    expect(mount.mock.calls[0]?.[1]).toMatchObject({ context: {}, base });
    expect(() => { mount.mock.calls[0]?.[1].actions.dismiss(); }).not.toThrow();
    act(() => { root.render(null); });
    expect(unmount).toHaveBeenCalledOnce();
    expect(place.innerHTML).toBe("");
  });

  test("shows the host's cue, and anew only for another one", async () => {
    const { mount } = makeCueModule();
    const Bet = await component(() => Promise.resolve(makeEntry({ mount })));
    const render = async (label: string, id: string) => {
      act(() => { root.render(createElement(Bet, { bet: { cue: { ...sample, id, label } } })); });
      await settle();
    };
    await render("first", "1");
    await render("first", "1");
    expect(mount).toHaveBeenCalledOnce();
    await render("second", "2");
    expect(place.textContent).toBe("second");
  });

  test("mounts nothing that comes after the host took it away", async () => {
    const { mount } = makeCueModule();
    let arrive: (entry: NativeEntry) => void = () => undefined;
    const Bet = await component(() => new Promise((done) => { arrive = done; }));
    act(() => { root.render(createElement(Bet)); });
    act(() => { root.render(null); });
    arrive(makeEntry({ mount }));
    await settle();
    expect(mount).not.toHaveBeenCalled();
  });

  test("that cannot be loaded or breaks says so, and is tried again the next time", async () => {
    const { mount, unmount } = makeCueModule();
    const load = vi.fn(() => Promise.resolve(makeEntry({ mount }))).mockRejectedValueOnce(new Error("offline"));
    const Bet = await component(load);
    act(() => { root.render(createElement(Bet, { key: "1" })); });
    await settle();
    expect(place.textContent).toBe("This part cannot be shown at the moment.");
    expect(console.error).toHaveBeenCalled();
    act(() => { root.render(createElement(Bet, { key: "2" })); });
    await settle();
    expect(place.textContent).toBe("BET");
    place.querySelector("[data-matchcue] > div")?.dispatchEvent(new CustomEvent(COMPONENT_FAILED, { bubbles: true, detail: new Error("broke") }));
    expect(unmount).toHaveBeenCalledOnce();
    expect(place.textContent).toBe("This part cannot be shown at the moment.");
  });

  test("refuses what it has not, and a page without React", async () => {
    const remote = classicRemote("bet", { "./Bet": showsCue(sample) }, { base, load: () => Promise.reject(new Error("unused")) });
    await expect(remote.get("./Bet")).rejects.toThrow("the page shares no react");
    remote.init(scope);
    await expect(remote.get("./toString")).rejects.toThrow('bet exposes no "./toString"');
  });
});

describe("the picture", () => {
  const mount = vi.fn<PictureModule["mount"]>(() => ({ unmount: () => undefined, setDelay: () => undefined }));
  const show = async (answer: unknown, props: object = {}) => {
    mount.mockClear();
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(answer))));
    const Video = await component(() => Promise.resolve(makeEntry({ mount })), "video", showsPicture(12));
    act(() => { root.render(createElement(Video, { ...props, key: JSON.stringify([answer, props]) })); });
    for (let turn = 0; turn < 5; turn += 1) await settle();
    return mount.mock.calls[0]?.[1];
  };

  test("is the host's, or else what the site names", async () => {
    expect(await show({ picture: { url: "/site.m3u8" } }, { video: { url: "/host.m3u8", delaySeconds: 20 } })).toMatchObject({ url: "/host.m3u8", delaySeconds: 20 });
    expect(await show({ picture: { url: "/site.m3u8" } })).toMatchObject({ url: "/site.m3u8", delaySeconds: 12 });
  });

  test("that nobody names is said in words", async () => {
    expect(await show({ picture: null })).toBeUndefined();
    expect(place.textContent).toBe("No picture.");
  });
});
