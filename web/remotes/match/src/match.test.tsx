// SPDX-License-Identifier: Apache-2.0
import { sampleCue, sampleMoments } from "@matchcue/remote-kit/samples.ts";
import { checkContract, mountSample } from "@matchcue/remote-kit/test-kit.ts";
import { expect, test } from "vitest";

import * as bestMoment from "./best-moment.tsx";
import * as clips from "./clips.tsx";
import * as gallery from "./gallery.tsx";
import * as prediction from "./prediction.tsx";
import * as recommendation from "./recommendation.tsx";
import * as schedule from "./schedule.tsx";
import * as weather from "./weather.tsx";

const cue = (label: string) => sampleCue(label, "GENERAL");
const cases = [
  ["Weather", weather, cue("WEATHER_REPORT")],
  ["Prediction", prediction, cue("MATCH_RESULT_PREDICT")],
  ["Clips", clips, cue("MATCH_VIDEO_CLIP_SET")],
  ["Gallery", gallery, cue("IMAGE_CAROUSEL")],
  ["Schedule", schedule, cue("MATCH_SCHEDULE")],
  ["BestMoment", bestMoment, cue("MATCH_BEST_MOMENT")],
  ["Recommendation", recommendation, cue("RECOMMENDATION")],
] as const;

test.each(cases)("%s keeps the contract in every moment", async (_, module, item) => {
  for (const moment of Object.values(sampleMoments)) expect(await checkContract(module, item, moment)).toEqual([]);
});

test.each(cases.filter(([name]) => name !== "Prediction"))("%s says what a partner would supply", (_, module, item) => {
  const card = mountSample(module, item, sampleMoments["Goal"]);
  expect(card.text()).toContain("Placeholder: your ");
  card.unmount();
});

test("the weather is that of the venue, in either scale", async () => {
  const card = mountSample(weather, cue("WEATHER_REPORT"), { MATCH_VENUE: "Amsterdam" });
  expect(card.text()).toContain("Amsterdam");
  expect(card.text()).toContain("14°C");
  await card.press(/In °F/);
  expect(card.text()).toContain("57°F");
  card.unmount();
});

test("a prediction answers once, and says what was called", async () => {
  const card = mountSample(prediction, cue("MATCH_RESULT_PREDICT"), sampleMoments["Penalty"]);
  expect(card.text()).toContain("Level, the closing minutes. Call it before the penalty.");
  await card.press(/Draw/);
  await card.press(/Away/);
  expect(card.text()).toContain("Your call: draw.");
  expect(card.actions).toEqual([{ action: "answer", value: 1 }]);
  card.unmount();
});

test("the first clip is what has just happened", () => {
  const card = mountSample(clips, cue("MATCH_VIDEO_CLIP_SET"), sampleMoments["Injury"]);
  expect(card.buttons()[0]?.textContent).toBe("0:34 The injury");
  card.unmount();
});

test("pictures go round", async () => {
  const card = mountSample(gallery, cue("IMAGE_CAROUSEL"), sampleMoments["Goal"]);
  await card.press(/Previous picture/);
  expect(card.text()).toContain("3 / 3");
  await card.press(/Next picture/);
  expect(card.text()).toContain("1 / 3");
  card.unmount();
});

test("a semi-final is followed by the final", () => {
  const card = mountSample(schedule, cue("MATCH_SCHEDULE"), sampleMoments["Full time"]);
  expect(card.buttons().map((button) => button.getAttribute("aria-label"))).toContain("Remind me of: Final");
  card.unmount();
});
