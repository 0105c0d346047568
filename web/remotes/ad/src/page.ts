// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";

showcase({
  title: "Ad",
  lead: "Sponsors, food, tickets and shirts. Artwork and prices are a partner's; no money is taken.",
  modules,
  examples: [
    { module: "./Sponsor", cue: sampleCue("SPONSOR_LOGO", "MONETIZE") },
    { module: "./Food", cue: sampleCue("ADVERT_FOOD", "MONETIZE") },
    { module: "./Ticket", cue: sampleCue("ADVERT_MATCH_TICKET", "MONETIZE") },
    { module: "./Advert", cue: sampleCue("ADVERT_GENERAL", "MONETIZE") },
    { module: "./Merchandise", cue: sampleCue("ADVERT_MERCHANDISE", "MONETIZE") },
    { module: "./Merchandise", cue: sampleCue("PLAYER_MERCHANDISE", "MONETIZE"), title: "Merchandise of a player" },
  ],
});
