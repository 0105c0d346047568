// SPDX-License-Identifier: Apache-2.0
//
// The same conversation where WebSockets do not get through: GET /v1/sse for what the server says, POST /v1/interactions
// for what the viewer does. Read with fetch() and not with an EventSource, which hides statuses and silence. The query
// carries the ticket, because the server answers no preflight for the stream.

import type { ClientFrame, HelloFrame, InteractionFrame } from "@matchcue/protocol/frames.ts";

import { BROKEN, closeCodeOf } from "./close-codes.ts";
import { type Link, type LinkEvents, type OpenLink, readFrame } from "./link.ts";
import type { Platform } from "./platform.ts";

/** The address beside /v1/ws that `path` is served at. */
function addressOf(url: string, path: string): URL {
  const address = new URL(path, url);
  address.protocol = address.protocol.replace("ws", "http");
  return address;
}

function streamAddress(url: string, hello: HelloFrame, lastEventId: string): string {
  const address = addressOf(url, "sse");
  const { viewer, ticket, content, device, previously } = hello;
  const asked = { viewer, ticket, content, device, previously, resume: lastEventId };
  for (const [name, value] of Object.entries(asked)) if (value) address.searchParams.set(name, value);
  return address.href;
}

/** Whom a ticket names. The server checks it; here it only has to be said again. */
function subjectOf(ticket: string): string {
  const bytes = atob((ticket.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  const claims: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))));
  return String((claims as { sub?: unknown }).sub);
}

/** The code of a problem+json body. */
async function problemCode(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  return String((body as { code?: unknown } | null)?.code ?? response.status);
}

async function closeCodeOfAnswer(response: Response): Promise<number> {
  if (response.status === 400) return 4001;
  if (response.status === 401) return closeCodeOf(await problemCode(response));
  if (response.status === 403) return 1008;
  return response.status === 429 || response.status === 503 ? 1013 : BROKEN;
}

/** Cuts a stream of server-sent events into events; text may come in any pieces. */
class EventCutter {
  #rest = "";
  *cut(text: string): Generator<{ readonly id: string | undefined; readonly data: string }> {
    const parts = (this.#rest + text).split("\n\n");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) {
      const lines = part.split("\n");
      const valueOf = (name: string) => lines.find((line) => line.startsWith(name))?.slice(name.length).trimStart();
      const data = valueOf("data:");
      if (data !== undefined) yield { id: valueOf("id:"), data };
    }
  }
}

class EventStream implements Link {
  readonly hearsPings = true;
  readonly #platform: Platform;
  readonly #url: string;
  readonly #events: LinkEvents;
  #hello: HelloFrame;
  #lastEventId: string;
  #abort = new AbortController();

  constructor(platform: Platform, url: string, hello: HelloFrame, events: LinkEvents) {
    this.#platform = platform;
    this.#url = url;
    this.#hello = hello;
    this.#events = events;
    this.#lastEventId = hello.resume ? `${hello.resume.epoch}:${hello.resume.seq}` : "";
    void this.#listen(this.#abort.signal);
  }

  send(frame: ClientFrame): void {
    if (frame.t === "interaction") void this.#post(frame, this.#abort.signal);
    if (frame.t !== "ticket") return;
    // A stream cannot be told anything: it is opened anew, from where it is.
    this.close();
    this.#hello = { ...this.#hello, ticket: frame.ticket };
    this.#abort = new AbortController();
    void this.#listen(this.#abort.signal);
  }

  close(): void {
    this.#abort.abort();
  }

  async #listen(signal: AbortSignal): Promise<void> {
    const code = await this.#read(signal).catch(() => BROKEN);
    if (!signal.aborted) this.#events.ended(code);
  }

  /** The close code that the stream ended with. */
  async #read(signal: AbortSignal): Promise<number> {
    const response = await this.#platform.fetch(streamAddress(this.#url, this.#hello, this.#lastEventId), { signal, cache: "no-store" });
    if (!response.ok || !response.body) return closeCodeOfAnswer(response);
    const cutter = new EventCutter();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let code = BROKEN;
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return code;
      this.#events.heard();
      for (const { id, data } of cutter.cut(value)) {
        if (id) this.#lastEventId = id;
        const frame = readFrame(data);
        if (frame?.t === "error" && frame.fatal) code = closeCodeOf(frame.code);
        if (frame) this.#events.frame(frame);
        if (signal.aborted) return code;
      }
    }
  }

  async #post({ id, cue, kind, value }: InteractionFrame, signal: AbortSignal): Promise<void> {
    const answer = await this.#answerTo({ id, cue, kind, value }).catch(() => "unreachable");
    if (signal.aborted) return;
    if (answer === null) this.#events.frame({ t: "ack", id });
    else this.#events.frame({ t: "error", id, code: answer, message: "The interaction was not taken.", fatal: false });
  }

  /** null when it is durable, else why not. */
  async #answerTo(interaction: Omit<InteractionFrame, "t" | "value"> & { readonly value: number | undefined }): Promise<string | null> {
    const { viewer, ticket, device } = this.#hello;
    const response = await this.#platform.fetch(addressOf(this.#url, "interactions").href, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(ticket && { Authorization: `Bearer ${ticket}` }) },
      body: JSON.stringify({ viewer: viewer ?? subjectOf(ticket ?? ""), device, ...interaction }),
      keepalive: true,
    });
    return response.ok ? null : problemCode(response);
  }
}

export const openEventStream: OpenLink = (...parts) => new EventStream(...parts);
