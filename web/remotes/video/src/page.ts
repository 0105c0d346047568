// SPDX-License-Identifier: Apache-2.0
//
// The standalone page: index.html?url=PLAYLIST&delay=SECONDS.

import "@matchcue/ui/tokens.css";
import "./page.css";

import type { MountedPicture } from "@matchcue/remote-kit/contract.ts";

import { mount } from "./video.ts";

const find = <T extends Element>(selector: string, kind: new () => T): T => {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the page has no ${selector}`);
  return found;
};
const picture = find("#picture", HTMLElement);
const playhead = find("#playhead", HTMLElement);
const form = find("#choice", HTMLFormElement);
const url = find("[name=url]", HTMLInputElement);
const delay = find("[name=delay]", HTMLInputElement);
let mounted: MountedPicture | null = null;

function play(): void {
  mounted?.unmount();
  mounted = mount(picture, {
    url: url.value,
    delaySeconds: delay.valueAsNumber,
    locale: document.documentElement.lang,
    onPlayhead({ programmeTime, rate }) {
      playhead.textContent = `${new Date(programmeTime).toISOString()} × ${rate.toFixed(2)}`;
    },
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  play();
});
delay.addEventListener("change", () => mounted?.setDelay(delay.valueAsNumber));

const asked = new URLSearchParams(location.search);
delay.value = asked.get("delay") ?? delay.value;
url.value = asked.get("url") ?? "";
if (url.value) play();
