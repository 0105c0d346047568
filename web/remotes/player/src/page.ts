// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "@matchcue/remote-kit/showcase.css";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";
import { showcase } from "@matchcue/remote-kit/showcase.ts";

import { modules } from "./modules.ts";
import { celebrity, profile } from "./sample.ts";

showcase({
  title: "Player",
  lead: "Who has just done something: rating, skill, followers and country, from the item's metadata.",
  modules,
  examples: [
    { module: "./Player", cue: celebrity, title: "A celebrity" },
    { module: "./Player", cue: profile("THEO_HARNANDEZ_PROFILE", 933_084, 726_289, 84, 90, 2185, "N", "FRANCE"), title: "One who may get better" },
    { module: "./Player", cue: profile("E_MARTINEZ_PROFILE", 787_581, 569_200, 84, 85, 1449, "N", "ARGENTINA"), title: "A goalkeeper" },
    { module: "./Player", cue: sampleCue("KYLIAN_MBAPPE_PROFILE", "PLAYER"), title: "Without metadata" },
    { module: "./HallOfFame", cue: sampleCue("HALL_OF_FAME_PROFILE", "GENERAL"), title: "Hall of fame" },
  ],
});
