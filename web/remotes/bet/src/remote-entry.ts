// SPDX-License-Identifier: Apache-2.0
//
// /remoteEntry.js: this remote for webpack's Module Federation 1.
import { classicRemote, scriptSurroundings, showsCue } from "@matchcue/remote-kit/classic.ts";
import { sampleCue } from "@matchcue/remote-kit/samples.ts";

export const { init, get } = classicRemote("bet", { "./Bet": showsCue(sampleCue("BET", "GENERAL")) }, scriptSurroundings());
