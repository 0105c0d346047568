// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";

import { dictionary, list, nullable, number, object, oneOf, optional, text } from "./decode.ts";
import { change } from "./events.ts";
import { problemOf } from "./problem.ts";
import { someChange, someView } from "../stream/fake-world.ts";
import { view } from "./view.ts";

const match = object({ name: text, score: list(number), kind: oneOf("cup", "league"), note: nullable(text), extra: optional(text) });
const good = { name: "final", score: [2, 1], kind: "cup", note: null };

test("what is asked for is read, and the rest is left out", () => {
  expect(match({ ...good, unknown: 1 }, "")).toEqual({ ...good, extra: null });
});

test.each([
  [{ ...good, name: 1 }, "name should be a text, and is number"],
  [{ ...good, score: [1, "x"] }, "score[1] should be a number, and is string"],
  [{ ...good, kind: "fun" }, "kind should be one of cup, league, and is string"],
  [{ ...good, note: undefined }, "note should be a text, and is undefined"],
  [[], "the answer should be an object, and is a list"],
])("what is wrong is named by its place: %j", (wrong, message) => {
  expect(() => match(wrong, "")).toThrow(message);
});

test("values of a dictionary are read one by one", () => {
  expect(() => dictionary(number)({ a: 1, b: null }, "rates")).toThrow("rates.b should be a number");
});

test("frames as the server says them are read", () => {
  expect(change(someChange(), "").sequence).toBe(4);
  expect(view(someView(), "").learner.items).toHaveLength(1);
});

test("a problem document names its fields; anything else is a problem too", () => {
  const body = JSON.stringify({ title: "Bad Request", detail: "no", code: "wrong", errors: [{ pointer: "/state/X", message: "bad" }], request_id: "r" });
  expect(problemOf(409, body)).toMatchObject({ message: "no", code: "wrong", isConflict: true });
  expect(problemOf(400, body).fields.get("/state/X")).toBe("bad");
  expect(problemOf(502, "<html>").message).toBe("The server answered 502 without saying why.");
});
