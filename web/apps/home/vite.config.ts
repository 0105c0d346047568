// SPDX-License-Identifier: Apache-2.0
import { application } from "../../tools/site.ts";

export default application("home");
