// SPDX-License-Identifier: Apache-2.0
import { PICTURE_COMPONENT } from "@matchcue/remote-kit/contract.ts";
import { fireEvent, within } from "@testing-library/dom";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Trouble } from "./engine.ts";
import { contract, mountWith } from "./video.ts";

let element: HTMLElement;
let fail: (trouble: Trouble) => void;

function open(there = true) {
  return mountWith(
    (_, __, ___, failed) => {
      fail = failed;
      return there ? { latency: () => Number.NaN, programmeTime: () => null, seekBehind: vi.fn(), resume: vi.fn(), destroy: vi.fn() } : null;
    },
    element,
    { url: "live.m3u8", delaySeconds: 12, onPlayhead: () => undefined, locale: "en" },
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  element = document.createElement("div");
  document.body.replaceChildren(element);
});
afterEach(() => vi.useRealTimers());

test("keeps the picture's contract, plays muted, and leaves nothing behind", () => {
  expect(contract).toBe(PICTURE_COMPONENT);
  const picture = open();
  const video = element.querySelector("video");
  expect([video?.muted, video?.playsInline]).toEqual([true, true]);
  picture.unmount();
  expect(element.childElementCount).toBe(0);
});

test("says in words that it waits, why it fails and when it tries again; aloud it counts no seconds", () => {
  const picture = open();
  vi.advanceTimersByTime(250);
  expect(element.textContent).toContain("Waiting for the picture…");
  fail({ why: "the stream answers 404", kind: "dead" });
  const words = "No picture: the stream answers 404. Trying again in";
  expect(element.textContent).toContain(words);
  const aloud = within(element).getByRole("status").textContent;
  expect(aloud).toContain(words);
  vi.advanceTimersByTime(500);
  expect(within(element).getByRole("status").textContent).toBe(aloud);
  picture.unmount();
});

test("a browser that cannot play it is told so", () => {
  const picture = open(false);
  vi.advanceTimersByTime(250);
  expect(element.textContent).toContain("This browser cannot play the picture.");
  picture.unmount();
});

test("its controls are named by what they do", () => {
  const picture = open();
  vi.advanceTimersByTime(250);
  const controls = within(within(element).getByRole("group", { name: "Picture controls" }));
  fireEvent.click(controls.getByRole("button", { name: "Pause" }));
  expect(controls.getByRole("button", { name: "Play" })).toBeTruthy();
  fireEvent.click(controls.getByRole("button", { name: "Unmute" }));
  element.querySelector("video")?.dispatchEvent(new Event("volumechange"));
  expect(controls.getByRole("button", { name: "Mute" })).toBeTruthy();
  picture.unmount();
});
