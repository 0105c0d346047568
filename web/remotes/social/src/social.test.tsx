// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as chat from "./chat.tsx";
import * as feed from "./feed.tsx";

const cases = [
  ["Chat", chat, sampleCue("CHAT_WITH_FRIEND", "SOCIAL")],
  ["Feed", feed, sampleCue("TWEET_FEED_LIVE", "GENERAL")],
] as const;

test.each(cases)("%s keeps the contract, and says that its words are placeholders", async (_, module, cue) => {
  for (const moment of Object.values(sampleMoments)) expect(await checkContract(module, cue, moment)).toEqual([]);
  const card = mountSample(module, cue);
  expect(card.text()).toContain("Placeholder: ");
  card.unmount();
});

test("an answer to a friend appears among the messages, and counts as a click", async () => {
  const card = mountSample(chat, cases[0][2], sampleMoments["Penalty"]);
  await card.press(/He will miss/);
  expect(card.text()).toContain("You: He will miss");
  expect(card.actions).toEqual([{ action: "click" }]);
  card.unmount();
});

test("taking a like back is no second click", async () => {
  const card = mountSample(feed, cases[1][2], sampleMoments["Goal"]);
  await card.press(/Like what Away Days says/);
  await card.press(/Like what Away Days says/);
  expect(card.actions).toEqual([{ action: "click" }]);
  card.unmount();
});
