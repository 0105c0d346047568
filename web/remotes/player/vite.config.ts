// SPDX-License-Identifier: Apache-2.0
import { remote } from "../../tools/site.ts";

export default remote("player", { "./Player": "./src/player.tsx", "./HallOfFame": "./src/hall-of-fame.tsx" });
