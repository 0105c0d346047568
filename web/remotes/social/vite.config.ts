// SPDX-License-Identifier: Apache-2.0
import { remote } from "../../tools/site.ts";

export default remote("social", { "./Chat": "./src/chat.tsx", "./Feed": "./src/feed.tsx" });
