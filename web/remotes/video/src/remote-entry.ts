// SPDX-License-Identifier: Apache-2.0
//
// /remoteEntry.js: this remote for webpack's Module Federation 1.
import { classicRemote, scriptSurroundings, showsPicture } from "@matchcue/remote-kit/classic.ts";

const DELAY_SECONDS = 12;

export const { init, get } = classicRemote("video", { "./Video": showsPicture(DELAY_SECONDS) }, scriptSurroundings());
