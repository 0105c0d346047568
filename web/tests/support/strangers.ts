// SPDX-License-Identifier: Apache-2.0
//
// Remotes of nobody's build: the least that Module Federation and the frame's protocol ask for, with a fault built in.

import type { Pages } from "./sites.ts";

const manifest = JSON.stringify({
  id: "stranger",
  name: "stranger",
  metaData: {
    name: "stranger",
    type: "app",
    buildInfo: { buildVersion: "1", buildName: "stranger" },
    publicPath: "auto",
    globalName: "stranger",
    remoteEntry: { name: "remote.js", path: "", type: "module" },
  },
  shared: [],
  remotes: [],
  exposes: [{ id: "stranger:Card", name: "Card", path: "./Card", assets: { js: { sync: [], async: [] }, css: { sync: [], async: [] } } }],
});

const throws = `export const init = () => {};
export const get = async () => () => ({ contract: "cue-component/1", mount() { throw new Error("a bug of a stranger"); } });`;

const loops = (ms: number) => `<!doctype html><html lang="en"><title>Stranger</title><body><main id="card"></main><script>
  const end = Date.now() + ${ms};
  while (Date.now() < end);
  const say = (message) => parent.postMessage({ mq: "cue-component/1", ...message }, "*");
  addEventListener("message", () => {
    document.getElementById("card").textContent = "The stranger is here";
    say({ type: "size", height: 40 });
  });
  const field = document.body.appendChild(document.createElement("input"));
  field.setAttribute("aria-label", "Nothing");
  field.focus();
  say({ type: "ready" });
</script></body></html>`;

/** A module that throws when it is mounted, and a frame that blocks its process for five seconds before it says a word. */
export const stranger: Pages = {
  "/mf-manifest.json": () => manifest,
  "/remote.js": () => throws,
  "/frame.html": () => loops(5_000),
};
