// SPDX-License-Identifier: Apache-2.0
//
// An order for a training, as it is typed.

import { RECIPES, type TrainingOrder } from "../api/campaigns.ts";

export interface OrderDraft {
  readonly recipe: string;
  readonly eventType: string;
  /** "name=value, name=value" */
  readonly hyperparameters: string;
  readonly seed: string;
}

export const emptyOrder: OrderDraft = { recipe: RECIPES[0], eventType: "", hyperparameters: "", seed: "" };

export interface ReadOrder {
  readonly order: TrainingOrder | null;
  /** What cannot be read, by field. */
  readonly trouble: Partial<Record<"hyperparameters" | "seed", string>>;
}

/** Either the order, or what of it cannot be read; the rest is the server's to judge. */
export function readOrder(draft: OrderDraft): ReadOrder {
  const parts = draft.hyperparameters.split(",").map((part) => part.trim()).filter(Boolean);
  const pairs = parts.map((part) => part.split("=").map((side) => side.trim()));
  const wrong = pairs.findIndex((pair) => pair.length !== 2 || pair.includes(""));
  if (wrong >= 0) return { order: null, trouble: { hyperparameters: `"${parts[wrong] ?? ""}" is not NAME=VALUE` } };
  const hyperparameters = Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, Number.isFinite(Number(value)) ? Number(value) : value]));
  const seed = draft.seed.trim();
  if (!/^\d*$/.test(seed)) return { order: null, trouble: { seed: `"${seed}" is not a whole number` } };
  return {
    order: {
      recipe: draft.recipe.trim(),
      event_type: draft.eventType.trim() || null,
      event_value_min: null,
      hyperparameters: pairs.length ? hyperparameters : null,
      seed: seed === "" ? null : Number(seed),
    },
    trouble: {},
  };
}
