// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Trivia",
  lead: "A claim about the game to believe or not, picked by the moment.",
  modules,
  examples: [
    { module: "./Trivia", cue: sampleCue("TRIVIA", "SOCIAL") },
  ],
});
