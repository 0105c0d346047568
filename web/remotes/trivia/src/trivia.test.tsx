// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as trivia from "./trivia.tsx";

const cue = () => sampleCue("TRIVIA", "SOCIAL");

test.each(Object.entries(sampleMoments))("keeps the contract: %s", async (_, moment) => {
  expect(await checkContract(trivia, cue(), moment)).toEqual([]);
});

test("says after the answer whether it was right, and why", async () => {
  const card = mountSample(trivia, cue(), sampleMoments["Penalty"]);
  expect(card.text()).not.toContain("11");
  await card.press(/^False/);
  expect(card.text()).toContain("You are right. Twelve yards, which is 11 metres.");
  expect(card.actions).toEqual([{ action: "answer", value: 1 }]);
  card.unmount();
});

test("the first answer stands", async () => {
  const card = mountSample(trivia, cue(), sampleMoments["Penalty"]);
  await card.press(/^True/);
  await card.press(/^False/);
  expect(card.text()).toContain("Not quite.");
  expect(card.actions).toEqual([{ action: "answer", value: 0 }]);
  card.unmount();
});

test("with nothing happening, the claim is about the place", () => {
  const card = mountSample(trivia, cue(), { MATCH_VENUE: "Argentina" });
  expect(card.text()).toContain("Argentina has been world champion");
  card.unmount();
});
