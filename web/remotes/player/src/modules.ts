// SPDX-License-Identifier: Apache-2.0
//
// What this remote exposes, for its own pages; vite.config.ts has the same for other pages.
import type { Modules } from "@matchcue/remote-kit/frame.ts";

export const modules: Modules = {
  "./Player": () => import("./player.tsx"),
  "./HallOfFame": () => import("./hall-of-fame.tsx"),
};
