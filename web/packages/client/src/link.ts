// SPDX-License-Identifier: Apache-2.0
//
// One try at talking to the server, over a WebSocket or as an event stream with posts: who uses it does not see which.

import { decodeServerFrame } from "@matchcue/protocol/decode.ts";
import type { ClientFrame, HelloFrame, ServerFrame } from "@matchcue/protocol/frames.ts";

import type { Platform } from "./platform.ts";

export interface Link {
  /** False: nothing is heard between frames, so that silence says nothing. */
  readonly hearsPings: boolean;
  send(frame: ClientFrame): void;
  /** Ends it; nothing is called after that. */
  close(): void;
}

export interface LinkEvents {
  frame(frame: ServerFrame): void;
  /** Anything at all came. */
  heard(): void;
  /** Once, with a close code. */
  ended(code: number): void;
}

/** Opens a link and says hello over it. */
export type OpenLink = (platform: Platform, url: string, hello: HelloFrame, events: LinkEvents) => Link;

/** null where there is nothing to act upon. A frame that cannot be read is a mistake of the server's: said, and passed over. */
export function readFrame(text: string): ServerFrame | null {
  const decoded = decodeServerFrame(text);
  if (decoded.ok) return decoded.frame;
  console.warn(`matchcue: a frame that cannot be read: ${decoded.message}`);
  return null;
}

/** Browsers do not show pings. */
export const openWebSocket: OpenLink = (platform, url, hello, events) => {
  const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
  const socket = platform.openSocket(url, {
    opened: () => send(hello),
    message: (text) => {
      const frame = readFrame(text);
      if (frame) events.frame(frame);
    },
    closed: (code) => events.ended(code),
  });
  return { hearsPings: false, send, close: () => socket.close() };
};
