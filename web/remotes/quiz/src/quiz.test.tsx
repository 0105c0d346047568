// SPDX-License-Identifier: Apache-2.0
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import { questionFor } from "./questions.ts";
import * as quiz from "./quiz.tsx";

const cue = () => sampleCue("QUIZ", "SOCIAL");

test.each(Object.entries(sampleMoments))("keeps the contract: %s", async (_, moment) => {
  expect(await checkContract(quiz, cue(), moment)).toEqual([]);
});

test.each(Object.entries(sampleMoments))("has one right answer among four: %s", (_, moment) => {
  const { options, right } = questionFor(momentOf(moment));
  expect(new Set(options).size).toBe(4);
  expect(options[right]).toBeDefined();
});

test("a quiz asks about the venue, and says which answer was right", async () => {
  const card = mountSample(quiz, cue(), { MATCH_VENUE: "Amsterdam", MATCH_EVENT: "THROW" });
  await card.press(/Gullit/);
  expect(card.text()).toContain("It is B. Johan Cruijff's");
  expect(card.actions).toEqual([{ action: "answer", value: 2 }]);
  card.unmount();
});
