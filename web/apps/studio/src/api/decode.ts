// SPDX-License-Identifier: Apache-2.0
//
// Decoders for what the server says. A decoder returns the value that it was asked for, or throws with the place of what is
// wrong: nothing half-read goes further than this boundary. Unknown fields are left out.

import type { Value } from "@matchcue/protocol/frames.ts";

export type Decode<T> = (value: unknown, place: string) => T;
export type Decoded<D> = D extends Decode<infer T> ? T : never;

export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

function refuse(place: string, wanted: string, value: unknown): never {
  const found = value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
  throw new DecodeError(`${place || "the answer"} should be ${wanted}, and is ${found}`);
}

export const text: Decode<string> = (value, place) => (typeof value === "string" ? value : refuse(place, "a text", value));
export const number: Decode<number> = (value, place) => (typeof value === "number" ? value : refuse(place, "a number", value));
export const flag: Decode<boolean> = (value, place) => (typeof value === "boolean" ? value : refuse(place, "true or false", value));
export const anything: Decode<unknown> = (value) => value;

export const value: Decode<Value> = (found, place) => {
  if (found === null || typeof found === "string" || typeof found === "number" || typeof found === "boolean") return found;
  return refuse(place, "a plain value", found);
};

export function nullable<T>(decode: Decode<T>): Decode<T | null> {
  return (found, place) => (found === null ? null : decode(found, place));
}

/** For fields that may be missing. */
export function optional<T>(decode: Decode<T>): Decode<T | null> {
  return (found, place) => (found === null || found === undefined ? null : decode(found, place));
}

export function list<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (found, place) =>
    Array.isArray(found) ? found.map((one: unknown, index) => decode(one, `${place}[${String(index)}]`)) : refuse(place, "a list", found);
}

/** For a list that may be missing: then it is empty. */
export function listOrEmpty<T>(decode: Decode<T>): Decode<readonly T[]> {
  return (found, place) => (found === undefined ? [] : list(decode)(found, place));
}

export function oneOf<const T extends string>(...words: readonly T[]): Decode<T> {
  return (found, place) => words.find((word) => word === found) ?? refuse(place, `one of ${words.join(", ")}`, found);
}

function fieldsOf(found: unknown, place: string): Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? Object.fromEntries(Object.entries(found))
    : refuse(place, "an object", found);
}

export function dictionary<T>(decode: Decode<T>): Decode<Readonly<Record<string, T>>> {
  return (found, place) =>
    Object.fromEntries(Object.entries(fieldsOf(found, place)).map(([name, one]) => [name, decode(one, `${place}.${name}`)]));
}

export function object<T extends object>(fields: { readonly [K in keyof T]: Decode<T[K]> }): Decode<Readonly<T>> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (found, place) => {
    const all = fieldsOf(found, place);
    const read: Partial<T> = {};
    for (const name of names) read[name] = fields[name](all[name], place ? `${place}.${name}` : name);
    return read as T;
  };
}
