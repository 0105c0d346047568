// SPDX-License-Identifier: Apache-2.0
//
// Live events: what is read of them, and what a match director does to them.

import type { Values } from "@matchcue/protocol/frames.ts";

import { address, call } from "./call.ts";
import type { Decoded } from "./decode.ts";
import { dictionary, flag, list, nullable, number, object, oneOf, text, value } from "./decode.ts";

const override = object({ action: oneOf("pin", "block"), item: text });
export type Override = Decoded<typeof override>;

const filterUse = object({ filter: text, expression: text, filter_values: dictionary(text) });
export type FilterUse = Decoded<typeof filterUse>;

export const liveEvent = object({
  id: text,
  sequence: number,
  moment: number,
  state: dictionary(value),
  overrides: list(override),
  filters: list(filterUse),
  contents: list(text),
});
export type LiveEvent = Decoded<typeof liveEvent>;

export const change = object({
  event: text,
  sequence: number,
  kind: oneOf("state", "moment", "correction", "override", "filter"),
  at: text,
  media_time: nullable(text),
  subject: nullable(text),
  corrects: nullable(number),
  reason: text,
  override: nullable(object({ action: oneOf("pin", "block", "release"), item: text })),
  filter: nullable(object({ in_force: flag, filter: text, expression: text, filter_values: dictionary(text) })),
  before: dictionary(value),
  after: dictionary(value),
});
export type Change = Decoded<typeof change>;

const receipt = object({ changed: flag, event: liveEvent });
const eventList = object({ events: list(liveEvent) });

export const listEvents = async (signal?: AbortSignal): Promise<readonly LiveEvent[]> =>
  (await call("/v1/events", eventList, signal ? { signal } : {})).events;

export interface Moment {
  /** Changed fields only; null removes a field. */
  readonly state: Values;
  readonly media_time: string | null;
  readonly subject: string | null;
}

export const fireMoment = async (event: string, moment: Moment): Promise<LiveEvent> =>
  (await call(`${address("events", event)}/moments`, receipt, { method: "POST", body: moment })).event;

export const correctMoment = async (event: string, sequence: number, moment: Moment & { readonly reason: string }): Promise<LiveEvent> =>
  (await call(address("events", event, "moments", String(sequence), "corrections"), receipt, { method: "POST", body: moment })).event;

export type OverrideAction = "pin" | "block" | "release";

export const overrideItem = async (event: string, item: string, action: OverrideAction): Promise<LiveEvent> =>
  (await call(address("events", event, "overrides", item), receipt, { method: "PUT", body: { action, reason: "studio" } })).event;

/** Viewers of `content` watch `event` from now on; the event is made when there is none. */
export const mapContent = (content: string, event: string): Promise<LiveEvent> =>
  call(address("contents", content), liveEvent, { method: "PUT", body: { event } });

export const putFilterInForce = async (event: string, filter: string, values: Readonly<Record<string, string>>): Promise<LiveEvent> =>
  (await call(address("events", event, "filters", filter), receipt, { method: "PUT", body: { filter_values: values, reason: "studio" } })).event;

export const dropFilter = async (event: string, filter: string): Promise<LiveEvent> =>
  (await call(address("events", event, "filters", filter), receipt, { method: "DELETE" })).event;
