// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import path from "node:path";

import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as hallOfFame from "./hall-of-fame.tsx";
import * as player from "./player.tsx";

/** The sample catalogue's players, as their columns have them. */
function players() {
  const csv = readFileSync(path.resolve(import.meta.dirname, "../../../../data/sample/items.csv"), "utf8");
  const [header = "", ...rows] = csv.trim().split(/\r?\n/);
  const names = header.split(",");
  return rows
    .map((row) => Object.fromEntries(row.split(",").map((value, column) => [names[column] ?? "", value])))
    .filter((row) => row["ITEM_TYPE"] === "PLAYER")
    .map((row) => sampleCue(row["ITEM_LABEL"] ?? "", "PLAYER", row));
}

test("all twenty players of the sample keep the contract and have a name, a rating and a country", async () => {
  const all = players();
  expect(all).toHaveLength(20);
  for (const cue of all) {
    expect(await checkContract(player, cue, sampleMoments["Goal"])).toEqual([]);
    const card = mountSample(player, cue);
    expect(card.text()).not.toMatch(/_|PROFILE/);
    expect(card.text()).toContain(String(cue.data["FIFA_OVR_RATE"]));
    expect(card.text()).toMatch(/Argentina|France/);
    card.unmount();
  }
});

test("shows what the metadata says", () => {
  const data = { TWITTER_FOLLOWER_COUNT: 768_946, FIFA_OVR_RATE: 84, FIFA_POT_RATE: 90, FIFA_STATS: 2185, IS_CELEB: "Y", COUNTRY: "FRANCE" };
  const card = mountSample(player, sampleCue("L_MARTINEZ_PROFILE", "PLAYER", data));
  for (const words of ["L. Martinez", "769K", "84", "May rise by 6 to 90", "2,185", "Celebrity", "France"]) expect(card.text()).toContain(words);
  expect(card.text()).not.toContain("Instagram");
  card.unmount();
});

test("without metadata it says so", () => {
  const card = mountSample(player, sampleCue("KYLIAN_MBAPPE_PROFILE", "PLAYER"));
  expect(card.text()).toContain("Kylian Mbappe");
  expect(card.text()).toContain("Nothing more is known");
  card.unmount();
});

test("following counts once", async () => {
  const card = mountSample(player, sampleCue("N_KANTE_PROFILE", "PLAYER"));
  await card.press(/Follow N. Kante/);
  await card.press(/Following N. Kante/);
  expect(card.actions).toEqual([{ action: "click" }]);
  card.unmount();
});

test("the hall of fame keeps the contract, and its plaques open", async () => {
  const cue = sampleCue("HALL_OF_FAME_PROFILE", "GENERAL");
  expect(await checkContract(hallOfFame, cue, sampleMoments["Goal"])).toEqual([]);
  const card = mountSample(hallOfFame, cue);
  await card.press(/The scorer/);
  expect(card.text()).toContain("263 goals");
  expect(card.actions).toEqual([{ action: "click" }]);
  card.unmount();
});
