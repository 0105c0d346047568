// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as poll from "./poll.tsx";
import { questionFor } from "./questions.ts";

const cue = () => sampleCue("POLL", "SOCIAL");

test.each(Object.entries(sampleMoments))("keeps the contract: %s", async (_, moment) => {
  expect(await checkContract(poll, cue(), moment)).toEqual([]);
});

test.each(Object.entries(sampleMoments))("shares add up to all viewers: %s", (_, moment) => {
  const sum = questionFor(momentOf(moment)).options.reduce((total, { share }) => total + share, 0);
  expect(sum).toBeCloseTo(1);
});

test("a poll after a penalty asks about the penalty, and hides the shares until one has voted", async () => {
  const card = mountSample(poll, cue(), sampleMoments["Penalty"]);
  expect(card.text()).toContain("Was that a penalty?");
  expect(card.text()).not.toContain("%");
  await card.press(/Never/);
  expect(card.text()).toContain("29%");
  expect(card.text()).toContain("Placeholder");
  expect(card.actions).toEqual([{ action: "answer", value: 1 }]);
  card.unmount();
});
