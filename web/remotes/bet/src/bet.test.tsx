// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as bet from "./bet.tsx";

const cue = () => sampleCue("BET", "GENERAL");

test("keeps the contract", async () => {
  expect(await checkContract(bet, cue(), sampleMoments["Goal"])).toEqual([]);
});

test("says what the sample's card says, and that no money is taken", () => {
  const card = mountSample(bet, cue());
  for (const words of ["Bet Now To Win", "A valid ID is required.", "500+ bets already placed!", "No money is taken"]) {
    expect(card.text()).toContain(words);
  }
  card.unmount();
});

test("after a penalty the bet is on the penalty", () => {
  const card = mountSample(bet, cue(), sampleMoments["Penalty"]);
  expect(card.text()).toContain("Saved");
  card.unmount();
});

test("a bet converts once, whatever is pressed afterwards", async () => {
  const card = mountSample(bet, cue(), sampleMoments["Goal"]);
  await card.press(/Same team/);
  await card.press(/Place bet/);
  await card.press(/Placed/);
  await card.press(/None/);
  expect(card.actions).toEqual([{ action: "click" }, { action: "convert", value: 10 }]);
  card.unmount();
});
