// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Quiz",
  lead: "A question with one right answer, about the moment or the place.",
  modules,
  examples: [
    { module: "./Quiz", cue: sampleCue("QUIZ", "SOCIAL") },
  ],
});
