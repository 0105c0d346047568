// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { linkTo, parseRoute } from "./route.ts";

test("an id with a slash survives its address", () => {
  expect(parseRoute(linkTo("viewer", "a/b ü", "d_1"))).toEqual({ page: "viewer", arguments: ["a/b ü", "d_1"] });
});

test.each(["", "#", "#/", "#/nonsense", "#/live/%E0%A4%A"])("%j is Live", (hash) => {
  expect(parseRoute(hash).page).toBe("live");
});
