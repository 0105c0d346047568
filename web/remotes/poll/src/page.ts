// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Poll",
  lead: "What viewers think of what they have just seen.",
  modules,
  examples: [
    { module: "./Poll", cue: sampleCue("POLL", "SOCIAL") },
  ],
});
