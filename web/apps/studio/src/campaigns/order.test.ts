// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { emptyOrder, readOrder } from "./order.ts";

test("hyperparameters are read as numbers where they are", () => {
  const { order } = readOrder({ ...emptyOrder, hyperparameters: "popularity_discount_factor=0.3, use_context = true", seed: "7" });
  expect(order).toMatchObject({ hyperparameters: { popularity_discount_factor: 0.3, use_context: "true" }, seed: 7, event_type: null });
});

test("what cannot be read is named, and nothing is sent", () => {
  expect(readOrder({ ...emptyOrder, hyperparameters: "a=1, b" })).toEqual({ order: null, trouble: { hyperparameters: '"b" is not NAME=VALUE' } });
  expect(readOrder({ ...emptyOrder, seed: "-1" }).trouble.seed).toBe('"-1" is not a whole number');
});

test("nothing typed is the recipe alone", () => {
  expect(readOrder(emptyOrder).order).toEqual({ recipe: "sequential-ridge", event_type: null, event_value_min: null, hyperparameters: null, seed: null });
});
