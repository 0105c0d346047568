// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Bet",
  lead: "A bet on what comes next, asked for by the moment. It shows what a bookmaker would offer; no money is taken.",
  modules,
  examples: [{ module: "./Bet", cue: sampleCue("BET", "GENERAL") }],
});
