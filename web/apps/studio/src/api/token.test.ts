// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { makeTokenDesk } from "./token.ts";

function makeStorage(): Pick<Storage, "getItem" | "setItem"> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test("however many requests wait, the token is asked for once", async () => {
  const desk = makeTokenDesk(makeStorage());
  const [first, second] = [desk.ask(), desk.ask()];
  expect(desk.isAsking()).toBe(true);
  desk.give("secret");
  expect(await Promise.all([first, second])).toEqual([true, true]);
  expect(desk.current()).toBe("secret");
  expect(desk.isAsking()).toBe(false);
});

test("who would rather not give one is asked again only by the next request", async () => {
  const desk = makeTokenDesk(makeStorage());
  const asked = desk.ask();
  desk.give(null);
  expect(await asked).toBe(false);
  expect(desk.current()).toBeNull();
});
