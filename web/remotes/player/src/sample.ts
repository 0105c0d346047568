// SPDX-License-Identifier: Apache-2.0
//
// A player's profile as the sample catalogue has it.
import { sampleCue } from "@matchcue/remote-kit/samples.ts";

export function profile(label: string, twitter: number, instagram: number, rating: number, potential: number, skills: number, celebrity: string, country: string) {
  return sampleCue(label, "PLAYER", {
    TWITTER_FOLLOWER_COUNT: twitter,
    INSTA_FOLLOWER_COUNT: instagram,
    FIFA_OVR_RATE: rating,
    FIFA_POT_RATE: potential,
    FIFA_STATS: skills,
    IS_CELEB: celebrity,
    COUNTRY: country,
  });
}

export const celebrity = profile("LIONEL_MESSI_PROFILE", 768_946, 662_305, 93, 93, 2219, "Y", "ARGENTINA");
