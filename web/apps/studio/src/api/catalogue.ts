// SPDX-License-Identifier: Apache-2.0
//
// Items, filters, schemas and imports.

import { address, authorization, call } from "./call.ts";
import type { Decoded } from "./decode.ts";
import { dictionary, flag, list, nullable, number, object, text, value } from "./decode.ts";
import { asProblem, problemOf, unreachable } from "./problem.ts";
import { tokenDesk } from "./token.ts";

const item = object({
  id: text,
  slot: text,
  label: text,
  min_age: nullable(number),
  countries: list(text),
  fields: dictionary(value),
});
export type Item = Decoded<typeof item>;
const itemList = object({ catalogue_version: number, items: list(item) });
export type ItemList = Decoded<typeof itemList>;

const filterList = object({ filters: list(object({ name: text, expression: text, created: text })) });
export type Filter = Decoded<typeof filterList>["filters"][number];
const filterOutcome = object({ placeholders: list(text), personal: flag, passed: list(text), filtered: list(text) });
export type FilterOutcome = Decoded<typeof filterOutcome>;

const schemaFields = object({ fields: list(object({ name: text, type: (found: unknown) => found })) });

const importReport = object({
  rows: number,
  rejected_rows: number,
  written: object({ added: number, replaced: number, unchanged: number }),
  rejects: list(object({ line: number, column: text, value: text, reason: text })),
});
export type ImportReport = Decoded<typeof importReport>;
export type DatasetKind = "items" | "users" | "interactions";

export const listItems = (signal?: AbortSignal): Promise<ItemList> => call("/v1/items", itemList, signal ? { signal } : {});

export const listFilters = async (signal: AbortSignal): Promise<readonly Filter[]> => (await call("/v1/filters", filterList, { signal })).filters;

export const tryFilter = (filter: string, signal: AbortSignal): Promise<FilterOutcome> =>
  call("/v1/filter-trials", filterOutcome, { method: "POST", body: { filter }, signal });

/** The columns of a data set, in the schema's order. */
export async function listColumns(kind: DatasetKind, signal: AbortSignal): Promise<readonly { name: string; isNumber: boolean }[]> {
  const { fields } = await call(address("datasets", kind, "schema"), schemaFields, { signal });
  const numbers = ["int", "long", "float", "double"];
  return fields.map(({ name, type }) => ({ name, isNumber: [type].flat().some((one) => numbers.includes(String(one))) }));
}

export interface RunningImport {
  readonly done: Promise<ImportReport>;
  cancel(): void;
}

/** Sends a file. `onSent` gets the share that has left this machine: fetch cannot tell, so this is an XMLHttpRequest. */
export function importFile(kind: DatasetKind, file: File, isDryRun: boolean, onSent: (share: number) => void): RunningImport {
  const request = new XMLHttpRequest();
  const send = (): Promise<ImportReport> =>
    new Promise((resolve, reject) => {
      request.open("POST", `${address("datasets", kind, "imports")}?dry_run=${String(isDryRun)}`);
      request.setRequestHeader("content-type", "text/csv");
      for (const [name, content] of Object.entries(authorization())) request.setRequestHeader(name, content);
      request.upload.onprogress = (event) => onSent(event.total ? event.loaded / event.total : 0);
      request.onerror = () => reject(unreachable());
      request.onabort = () => reject(asProblem(new Error("Cancelled. Whole batches that were written before stay.")));
      request.onload = () => {
        if (request.status === 401) {
          void tokenDesk.ask().then((given) => (given ? send().then(resolve, reject) : reject(problemOf(401, request.responseText))));
        } else if (request.status >= 300) reject(problemOf(request.status, request.responseText));
        else resolve(importReport(JSON.parse(request.responseText), ""));
      };
      request.send(file);
    });
  return { done: send(), cancel: () => request.abort() };
}

