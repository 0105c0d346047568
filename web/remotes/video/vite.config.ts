// SPDX-License-Identifier: Apache-2.0
import { remote } from "../../tools/site.ts";

export default remote("video", { "./Video": "./src/video.ts" }, {});
