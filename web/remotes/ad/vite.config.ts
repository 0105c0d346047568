// SPDX-License-Identifier: Apache-2.0
import { remote } from "../../tools/site.ts";

export default remote("ad", {
  "./Sponsor": "./src/sponsor.tsx",
  "./Food": "./src/food.tsx",
  "./Ticket": "./src/ticket.tsx",
  "./Advert": "./src/advert.tsx",
  "./Merchandise": "./src/merchandise.tsx",
});
