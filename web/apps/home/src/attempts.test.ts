// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { COMPONENT_FAILED, CUE_COMPONENT, type CueModule, type CueProps } from "@matchcue/remote-kit/contract.ts";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { inFrame, inPage } from "./attempts.ts";

let place: HTMLElement;
let report: { shown: ReturnType<typeof vi.fn<() => void>>; failed: ReturnType<typeof vi.fn<(why: string) => void>> };
let acts: unknown[];
let props: CueProps;

beforeEach(() => {
  vi.restoreAllMocks();
  place = document.createElement("div");
  document.body.replaceChildren(place);
  report = { shown: vi.fn(), failed: vi.fn() };
  acts = [];
  const actions = {
    click: () => acts.push("click"),
    answer: (option: number) => acts.push(["answer", option]),
    convert: (value?: number) => acts.push(["convert", value]),
    dismiss: () => acts.push("dismiss"),
  };
  props = { cue: sampleCue("BET", "GENERAL"), context: sampleMoments["Goal"]!, actions, theme: "dark", locale: "en", base: "http://localhost:3001/" };
});

const component = (mount: CueModule["mount"]): (() => Promise<CueModule>) => () => Promise.resolve({ contract: CUE_COMPONENT, mount });
const settled = () => vi.waitFor(() => expect(report.shown.mock.calls.length + report.failed.mock.calls.length).toBeGreaterThan(0));

describe("within the page", () => {
  test("a component is shown with its cue, and taken away", async () => {
    const undo = inPage(component((element, { cue }) => {
      element.append(cue.label);
      element.append(document.createElement("p"));
      return () => acts.push("unmounted");
    }), place, props)(report);
    await settled();
    expect(report.shown).toHaveBeenCalledOnce();
    expect(place.textContent).toBe("BET");
    undo();
    expect([place.childNodes.length, acts]).toEqual([0, ["unmounted"]]);
  });

  test("one that throws, and one that cannot be loaded, have failed", async () => {
    const broken = component(() => {
      throw new Error("a bug");
    });
    inPage(broken, place, props)(report);
    await settled();
    expect(report.failed).toHaveBeenCalledWith("a bug");
    inPage(() => Promise.reject(new Error("it cannot be loaded")), place, props)(report);
    await vi.waitFor(() => expect(report.failed).toHaveBeenLastCalledWith("it cannot be loaded"));
  });

  test("one that draws nothing is not shown until it does", async () => {
    let draw = () => {};
    const mounted = new Promise<void>((done) => {
      inPage(component((element) => {
        draw = () => element.append(document.createElement("p"));
        done();
        return () => undefined;
      }), place, props)(report);
    });
    await mounted;
    expect(report.shown).not.toHaveBeenCalled();
    draw();
    await settled();
    expect(report.shown).toHaveBeenCalled();
  });

  test("one that breaks later has failed, and one that cannot even be unmounted goes all the same", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const undo = inPage(component((element) => {
      element.append(document.createElement("p"));
      return () => {
        throw new Error("stuck");
      };
    }), place, props)(report);
    await settled();
    place.firstElementChild!.dispatchEvent(new CustomEvent(COMPONENT_FAILED, { bubbles: true, detail: new Error("later") }));
    expect(report.failed).toHaveBeenCalledWith("later");
    undo();
    expect(place.childNodes).toHaveLength(0);
  });

  test("one that is no longer wanted when it comes is not mounted", async () => {
    const mount = vi.fn<CueModule["mount"]>(() => () => undefined);
    let come: (module: CueModule) => void = () => {};
    const loading = new Promise<CueModule>((done) => (come = done));
    inPage(() => loading, place, props)(report)();
    come({ contract: CUE_COMPONENT, mount });
    await loading;
    await Promise.resolve();
    expect(mount).not.toHaveBeenCalled();
  });

  test("the focus stays where the viewer had it", async () => {
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
    inPage(component((element) => {
      const grabs = document.createElement("input");
      element.append(grabs);
      grabs.focus();
      return () => undefined;
    }), place, props)(report);
    await settled();
    expect(document.activeElement).toBe(field);
  });
});

describe("in a sandboxed frame", () => {
  function open() {
    // Outside of the document, where no frame is loaded.
    place.remove();
    const { actions, base, ...sent } = props;
    const undo = inFrame(base, "./Bet", "Bet", place, sent, actions)(report);
    const frame = place.querySelector("iframe")!;
    const guest = { postMessage: vi.fn() };
    Object.defineProperty(frame, "contentWindow", { value: guest });
    const say = (message: object, source: unknown = guest) => {
      const event = new MessageEvent("message", { data: { mq: CUE_COMPONENT, ...message } });
      Object.defineProperty(event, "source", { value: source });
      window.dispatchEvent(event);
    };
    return { undo, frame, guest, say };
  }

  test("scripts are all that is allowed", () => {
    const { frame } = open();
    expect(frame.getAttribute("sandbox")).toBe("allow-scripts");
    expect([frame.src, frame.title]).toEqual(["http://localhost:3001/frame.html", "Bet"]);
  });

  test("a guest that is ready is told what to mount, and is shown once it has drawn something", () => {
    const { frame, guest, say } = open();
    vi.spyOn(frame, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 100, 300, 200));
    say({ type: "ready" });
    expect(guest.postMessage).toHaveBeenCalledWith(
      { mq: CUE_COMPONENT, type: "mount", module: "./Bet", props: { cue: props.cue, context: props.context, theme: "dark", locale: "en" } },
      "*",
    );
    say({ type: "size", height: 0 });
    expect(report.shown).not.toHaveBeenCalled();
    say({ type: "size", height: 180 });
    expect(report.shown).toHaveBeenCalledOnce();
  });

  test("one that is out of view, where browsers let it draw nothing, is waited for no longer than until it is ready", () => {
    const { frame, say } = open();
    vi.spyOn(frame, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 5_000, 300, 200));
    say({ type: "ready" });
    expect(report.shown).toHaveBeenCalledOnce();
  });

  test("what the viewer does comes through; other windows and nonsense do not", () => {
    const { frame, say } = open();
    vi.spyOn(document, "activeElement", "get").mockReturnValue(frame);
    say({ type: "action", action: "click" });
    say({ type: "action", action: "answer", value: 2 });
    say({ type: "action", action: "answer", value: "all" });
    say({ type: "action", action: "convert", value: 9.5 });
    say({ type: "action", action: "format-disk" });
    say({ type: "action", action: "dismiss" }, window);
    say({ mq: "other/1", type: "action", action: "dismiss" });
    expect(acts).toEqual(["click", ["answer", 2], ["convert", 9.5]]);
  });

  test("a number that is out of all proportion is dropped, and an answer with it", () => {
    const { frame, say } = open();
    vi.spyOn(document, "activeElement", "get").mockReturnValue(frame);
    for (const value of [1_000, -1_000, 1_000.5, -1e9, Infinity, NaN, "7"]) say({ type: "action", action: "convert", value });
    say({ type: "action", action: "answer", value: 1_001 });
    const none = ["convert", undefined];
    expect(acts).toEqual([["convert", 1_000], ["convert", -1_000], none, none, none, none, none]);
  });

  test("an act is believed only while the focus is in the frame", () => {
    const { frame, say } = open();
    const focused = vi.spyOn(document, "activeElement", "get").mockReturnValue(document.body);
    for (const action of ["click", "dismiss", "convert"]) say({ type: "action", action });
    say({ type: "action", action: "answer", value: 1 });
    expect(acts).toEqual([]);
    focused.mockReturnValue(frame);
    say({ type: "action", action: "click" });
    expect(acts).toEqual(["click"]);
  });

  test("a guest that fails says why, and nobody hears it once it is gone", () => {
    const { say, undo } = open();
    say({ type: "failed", message: "a bug" });
    expect(report.failed).toHaveBeenCalledWith("a bug");
    undo();
    say({ type: "size", height: 180 });
    expect(report.shown).not.toHaveBeenCalled();
    expect(place.querySelector("iframe")).toBeNull();
  });
});
