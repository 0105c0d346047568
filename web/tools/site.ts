// SPDX-License-Identifier: Apache-2.0
//
// How every site is built: into build/web/<name>/ of the repository, where `matchcue serve` finds it.
import { existsSync } from "node:fs";
import path from "node:path";

import { federation } from "@module-federation/vite";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";

const root = path.resolve(import.meta.dirname, "../..");

/** React is one for the page and all its remotes. */
const shared = { react: { singleton: true }, "react-dom": { singleton: true } };

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

/** An application that people open. */
export function application(name: string): UserConfig {
  return { ...common(name), plugins: [react()] };
}

/** A micro-frontend: a page of its own, and the modules it exposes ("./Bet": "./src/bet.tsx") in mf-manifest.json. A frame.html
 *  beside index.html shows one module to a page of another origin, see packages/remote-kit/src/frame.ts. */
export function remote(name: string, exposes: Record<string, string>): UserConfig {
  const federated = federation({ name, filename: "remote.js", manifest: true, dts: false, exposes, shared });
  const site = common(name);
  const pages = ["index.html", "frame.html"].filter((page) => existsSync(path.join(root, "web/remotes", name, page)));
  return { ...site, build: { ...site.build, rolldownOptions: { input: pages } }, plugins: [react(), ...federated] };
}
