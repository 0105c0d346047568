// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Match",
  lead: "The match around the moment: its place, its schedule, what happened and what may come.",
  modules,
  examples: [
    { module: "./Prediction", cue: sampleCue("MATCH_RESULT_PREDICT", "GENERAL") },
    { module: "./BestMoment", cue: sampleCue("MATCH_BEST_MOMENT", "GENERAL"), title: "Best moment" },
    { module: "./Weather", cue: sampleCue("WEATHER_REPORT", "GENERAL") },
    { module: "./Schedule", cue: sampleCue("MATCH_SCHEDULE", "GENERAL") },
    { module: "./Clips", cue: sampleCue("MATCH_VIDEO_CLIP_SET", "GENERAL") },
    { module: "./Gallery", cue: sampleCue("IMAGE_CAROUSEL", "GENERAL") },
    { module: "./Recommendation", cue: sampleCue("RECOMMENDATION", "GENERAL") },
  ],
});
