// SPDX-License-Identifier: Apache-2.0
//
// /remoteEntry.js: this remote for webpack's Module Federation 1.
import { classicRemote, scriptSurroundings, showsCue } from "@matchcue/remote-kit/classic.ts";

import { celebrity } from "./sample.ts";

export const { init, get } = classicRemote("player", { "./Player": showsCue(celebrity) }, scriptSurroundings());
