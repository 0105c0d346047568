// SPDX-License-Identifier: Apache-2.0
//
// Solution versions, their training, and which of them is served.

import { address, call } from "./call.ts";
import type { Decoded } from "./decode.ts";
import { anything, dictionary, list, nullable, number, object, oneOf, optional, text } from "./decode.ts";
import { rewardRate } from "./view.ts";

const shadow = object({
  solution_version: text,
  trials: number,
  agreement: number,
  shown: number,
  own: rewardRate,
  effective_trials: number,
  slots: list(object({ slot: text, trials: number, agreement: number, shown: number, own: rewardRate, effective_trials: number })),
});
export type Shadow = Decoded<typeof shadow>;

const campaign = object({
  solution_version: nullable(text),
  recipe: text,
  viewers: number,
  weight: number,
  preparing: nullable(text),
  trouble: text,
  /** Newest first. */
  history: list(object({ solution_version: nullable(text), at: text, step: number })),
  shadow: nullable(shadow),
});
export type Campaign = Decoded<typeof campaign>;

const details = optional(dictionary(anything));
const versionList = object({
  solution_versions: list(object({ solution_version: text, created: text, recipe: optional(text), data: details, metrics: details, trouble: optional(text) })),
});
export type VersionSummary = Decoded<typeof versionList>["solution_versions"][number];
const version = object({ recipe: text, parameters: details, data: details, metrics: details });
export type Version = Decoded<typeof version>;

const training = object({
  id: text,
  recipe: text,
  state: oneOf("pending", "running", "done", "failed", "stopped"),
  started: text,
  ended: nullable(text),
  progress: object({
    stage: text,
    share: nullable(number),
    epoch: nullable(number),
    epochs: nullable(number),
    loss: nullable(number),
    validation: nullable(number),
    eta_s: nullable(number),
  }),
  solution_version: nullable(text),
  error: nullable(object({ code: text, message: text, field: text })),
});
export type Training = Decoded<typeof training>;
const trainingList = object({ trainings: list(training) });

export const RECIPES = [
  "sequential-ridge",
  "user-personalization",
  "factorization-machine",
  "personalized-ranking",
  "sims",
  "similar-items",
  "popularity-count",
  "trending-now",
] as const;

export interface TrainingOrder {
  readonly recipe: string;
  readonly event_type: string | null;
  readonly event_value_min: number | null;
  readonly hyperparameters: Readonly<Record<string, string | number>> | null;
  readonly seed: number | null;
}

export const findCampaign = (signal: AbortSignal): Promise<Campaign> => call("/v1/campaign", campaign, { signal });
export const deploy = (solutionVersion: string | null): Promise<Campaign> =>
  call("/v1/campaign", campaign, { method: "PUT", body: { solution_version: solutionVersion } });
export const rollBack = (): Promise<Campaign> => call("/v1/campaign/rollback", campaign, { method: "POST", body: {} });
export const putShadow = (solutionVersion: string | null): Promise<Campaign> =>
  call("/v1/campaign/shadow", campaign, { method: "PUT", body: { solution_version: solutionVersion } });

export const listVersions = async (signal: AbortSignal): Promise<readonly VersionSummary[]> =>
  (await call("/v1/solution-versions", versionList, { signal })).solution_versions;
export const findVersion = (id: string, signal: AbortSignal): Promise<Version> => call(address("solution-versions", id), version, { signal });

export const listTrainings = async (signal: AbortSignal): Promise<readonly Training[]> => (await call("/v1/trainings", trainingList, { signal })).trainings;
export const train = (order: TrainingOrder): Promise<Training> => call("/v1/solution-versions", training, { method: "POST", body: order });
export const stopTraining = (id: string): Promise<Training> => call(address("trainings", id), training, { method: "DELETE" });
export const isRunning = ({ state }: Training): boolean => state === "pending" || state === "running";
