// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Social",
  lead: "A friend's messages, and what the crowd says.",
  modules,
  examples: [
    { module: "./Chat", cue: sampleCue("CHAT_WITH_FRIEND", "SOCIAL") },
    { module: "./Feed", cue: sampleCue("TWEET_FEED_LIVE", "GENERAL") },
  ],
});
