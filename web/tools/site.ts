// SPDX-License-Identifier: Apache-2.0
//
// How every site is built: into build/web/<name>/ of the repository, where `matchcue serve` finds it.
import { existsSync } from "node:fs";
import path from "node:path";

import { federation } from "@module-federation/vite";
import react from "@vitejs/plugin-react";
import { build, type Plugin, type UserConfig } from "vite";

const root = path.resolve(import.meta.dirname, "../..");

type Shared = Readonly<Record<string, { readonly singleton: boolean }>>;
/** React is one for the page and all its remotes. */
const allOfReact: Shared = { react: { singleton: true }, "react-dom": { singleton: true } };

const common = (name: string): UserConfig => ({
  base: "./",
  build: {
    outDir: path.join(root, "build/web", name),
    emptyOutDir: true,
    target: "es2022",
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
  },
});

/** /remoteEntry.js beside the rest of a site: one classic script that makes the global `name`. */
function classicEntry(name: string, source: string): Plugin {
  return {
    name: "classic-entry",
    apply: "build",
    async closeBundle() {
      await build({
        configFile: false,
        logLevel: "warn",
        build: {
          ...common(name).build,
          emptyOutDir: false,
          lib: { entry: source, formats: ["iife"], name, fileName: () => "remoteEntry.js" },
        },
      });
    },
  };
}

/** An application that people open. `pages` are its documents, NAME.html each. */
export function application(name: string, pages: readonly string[] = ["index"]): UserConfig {
  const site = common(name);
  const input = pages.map((page) => path.resolve(`${page}.html`));
  return { ...site, build: { ...site.build, rolldownOptions: { input } }, plugins: [react()] };
}

/** A micro-frontend: a page of its own, and the modules it exposes ("./Bet": "./src/bet.tsx") in mf-manifest.json. A frame.html
 *  beside index.html shows one module to a page of another origin, see packages/remote-kit/src/frame.ts. A src/remote-entry.ts becomes
 *  /remoteEntry.js, see packages/remote-kit/src/classic.ts.
 *  `shared` is all of React, or nothing for one without it: a remote that offers a React without the renderer that it lacks itself
 *  breaks those of others. */
export function remote(name: string, exposes: Record<string, string>, shared: Shared = allOfReact): UserConfig {
  const federated = federation({ name, filename: "remote.js", manifest: true, dts: false, exposes, shared });
  const site = common(name);
  const pages = ["index.html", "frame.html"].filter((page) => existsSync(path.join(root, "web/remotes", name, page)));
  const classic = path.join(root, "web/remotes", name, "src/remote-entry.ts");
  const plugins = [react(), ...federated, ...(existsSync(classic) ? [classicEntry(name, classic)] : [])];
  return { ...site, build: { ...site.build, rolldownOptions: { input: pages } }, plugins };
}
