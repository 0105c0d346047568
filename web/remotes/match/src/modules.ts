// SPDX-License-Identifier: Apache-2.0
//
// What this remote exposes, for its own pages; vite.config.ts has the same for other pages.
import type { Modules } from "@matchcue/remote-kit/frame.ts";

export const modules: Modules = {
  "./Weather": () => import("./weather.tsx"),
  "./Prediction": () => import("./prediction.tsx"),
  "./Clips": () => import("./clips.tsx"),
  "./Gallery": () => import("./gallery.tsx"),
  "./Schedule": () => import("./schedule.tsx"),
  "./BestMoment": () => import("./best-moment.tsx"),
  "./Recommendation": () => import("./recommendation.tsx"),
};
