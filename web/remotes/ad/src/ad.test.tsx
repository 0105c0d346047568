// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as advert from "./advert.tsx";
import * as food from "./food.tsx";
import * as merchandise from "./merchandise.tsx";
import * as sponsor from "./sponsor.tsx";
import * as ticket from "./ticket.tsx";

const shop = sampleCue("ADVERT_MERCHANDISE", "MONETIZE");
const ofPlayer = sampleCue("PLAYER_MERCHANDISE", "MONETIZE");
const cases = [
  ["Sponsor", sponsor, sampleCue("SPONSOR_LOGO", "MONETIZE")],
  ["Advert", advert, sampleCue("ADVERT_GENERAL", "MONETIZE")],
  ["Food", food, sampleCue("ADVERT_FOOD", "MONETIZE")],
  ["Ticket", ticket, sampleCue("ADVERT_MATCH_TICKET", "MONETIZE")],
  ["Merchandise", merchandise, shop],
  ["Merchandise of a player", merchandise, ofPlayer],
] as const;

test.each(cases)("%s keeps the contract, and says what a partner would supply", async (_, module, cue) => {
  for (const moment of Object.values(sampleMoments)) expect(await checkContract(module, cue, moment)).toEqual([]);
  const card = mountSample(module, cue);
  expect(card.text()).toContain("Placeholder: your ");
  card.unmount();
});

test.each([
  [food, /Order pizza/, 11.5],
  [ticket, /Reserve a seat/, 48],
  [merchandise, /Add to bag/, 84],
] as const)("what is bought converts once, and no money is taken", async (module, button, value) => {
  const card = mountSample(module, shop, sampleMoments["Half-time"]);
  expect(card.text()).toContain("No money is taken");
  await card.press(button);
  await card.press(/for show/);
  expect(card.actions).toEqual([{ action: "convert", value }]);
  card.unmount();
});

test("what is ordered is what was chosen", async () => {
  const card = mountSample(food, sampleCue("ADVERT_FOOD", "MONETIZE"));
  await card.press(/Lemonade/);
  await card.press(/Order lemonade/);
  expect(card.actions).toEqual([{ action: "click" }, { action: "convert", value: 3.2 }]);
  card.unmount();
});

test("a sponsor brings the moment", () => {
  const card = mountSample(sponsor, cases[0][2], sampleMoments["Penalty"]);
  expect(card.text()).toContain("brings you the penalty");
  card.unmount();
});
