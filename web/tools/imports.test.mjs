// @vitest-environment node
// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { problems } from "./imports.mjs";

const clean = [
  ["packages/protocol/src/frames.ts", "export const a = 1;"],
  ["packages/client/src/client.ts", 'import { a } from "@matchcue/protocol/frames.ts";\nimport { b } from "./queue.ts";'],
  ["packages/client/src/queue.ts", 'import type { Client } from "./client.ts";\nexport const b = 1;'],
];

test("imports by name, within a package, and of types both ways are right", () => {
  expect(problems(new Map(clean))).toEqual([]);
});

test("a relative import of another package is named", () => {
  const file = 'import {\n  a,\n} from "../../protocol/src/frames.ts";';
  expect(problems(new Map([...clean, ["packages/client/src/queue.ts", file]]))).toEqual([
    'packages/client/src/queue.ts imports "../../protocol/src/frames.ts" of another package: import it by its name',
  ]);
});

test.each(['import { Client } from "./client.ts";', 'export * from "./client.ts";', 'import "./client.ts";'])("a cycle is named: %s", (file) => {
  expect(problems(new Map([...clean, ["packages/client/src/queue.ts", file]]))).toEqual([
    "a cycle: packages/client/src/client.ts -> packages/client/src/queue.ts -> packages/client/src/client.ts",
  ]);
});
