// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import { serveFrame } from "@matchcue/remote-kit/frame.ts";

import { modules } from "./modules.ts";

const element = document.getElementById("card");
if (element) serveFrame(modules, element);
