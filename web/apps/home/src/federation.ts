// SPDX-License-Identifier: Apache-2.0
//
// Module Federation, as far as this page uses it: remotes are named when they are first needed, and React is the page's own.

import { createInstance } from "@module-federation/runtime";
import * as React from "react";
import * as JsxRuntime from "react/jsx-runtime";
import * as ReactDOM from "react-dom";
import * as ReactDOMClient from "react-dom/client";

/** Loads what the remote `name` exposes as `module` ("./Bet"), from its manifest. */
export type LoadModule = (name: string, manifest: string, module: string) => Promise<unknown>;

const manifestLimitMs = 15_000;

export function federatedLoader(): LoadModule {
  const shared = (lib: object) => ({ version: React.version, lib: () => lib, shareConfig: { singleton: true, requiredVersion: `^${React.version}` } });
  const federation = createInstance({
    name: "home",
    remotes: [],
    // All of React or none: a renderer of one React cannot draw the hooks of another.
    shared: {
      react: shared(React),
      "react/jsx-runtime": shared(JsxRuntime),
      "react-dom": shared(ReactDOM),
      "react-dom/client": shared(ReactDOMClient),
    },
    plugins: [
      {
        name: "ends-hanging-manifests",
        // Federation waits for one manifest for everybody who asks: one that never comes would keep the remote away for good.
        fetch: (address) => fetch(address, { credentials: "omit", signal: AbortSignal.timeout(manifestLimitMs) }),
      },
    ],
  });
  const named = new Map<string, string>(); // by remote, its manifest
  return async (name, manifest, module) => {
    // Named anew after a failure, or federation would go on remembering that; and when another build has its place. A build has
    // addresses of its own, since the browser never runs the same address twice.
    if (named.get(name) !== manifest) {
      federation.registerRemotes([{ name, entry: manifest, type: "module" }], { force: true });
      named.set(name, manifest);
    }
    try {
      const exposed = await federation.loadRemote<unknown>(`${name}/${module.replace(/^\.\//, "")}`, { from: "runtime" });
      // A build that answers after another took its place has put itself back there.
      if (named.get(name) !== manifest) named.delete(name);
      return exposed;
    } catch (error) {
      if (named.get(name) === manifest) named.delete(name);
      console.warn(`remote ${name}`, error);
      throw new Error("it cannot be loaded", { cause: error });
    }
  };
}
