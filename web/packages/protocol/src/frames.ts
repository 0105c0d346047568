// SPDX-License-Identifier: Apache-2.0
//
// The native protocol matchcue.v1.json as types: one JSON object a frame, whose field "t" names the type. What each means
// is in docs/reference/viewers.md; golden frames are in schema/native/.

export const SUBPROTOCOL = "matchcue.v1.json";

/** What an item's metadata and a moment's context hold. */
export type Value = string | number | boolean | null;
export type Values = Readonly<Record<string, Value>>;

/** Which component renders an item: `module` of the micro-frontend `remote`. Data of the item (its REMOTE), never code. */
export interface RemoteName {
  readonly remote: string;
  readonly module: string;
}

/** One item decided for one viewer and one slot. */
export interface Cue {
  readonly id: string;
  readonly slot: string;
  readonly item: string;
  /** ITEM_LABEL; may be empty. */
  readonly label: string;
  readonly remote: RemoteName | null;
  /** The item's metadata. */
  readonly data: Values;
}

export interface WelcomeFrame {
  readonly t: "welcome";
  readonly session: string;
  /** Which incarnation of the change stream `seq` counts in. */
  readonly epoch: string;
  readonly seq: number;
  /** "lost": forget what is shown, what follows is all there is. */
  readonly continuity: "kept" | "lost";
  readonly ping_s: number;
  readonly retry: { readonly min_ms: number; readonly max_ms: number };
}

/** The cues of one decision, at most one a slot. Times are RFC 3339. */
export interface SlateFrame {
  readonly t: "slate";
  readonly seq: number;
  readonly event: string;
  readonly moment: number;
  readonly decision: string;
  readonly context: Values;
  /** Where the moment is in the picture: not shown before. null: at once. */
  readonly media_time: string | null;
  readonly expires_media_time: string | null;
  readonly expires_at: string;
  readonly cues: readonly Cue[];
}

export interface RetractFrame {
  readonly t: "retract";
  readonly seq: number;
  readonly cues: readonly string[];
  readonly reason: string;
}
/** This interaction is durable. */
export interface InteractionAckFrame {
  readonly t: "ack";
  readonly id: string;
}
export interface TicketAckFrame {
  readonly t: "ticket_ack";
  readonly expires: string;
}
export interface TicketExpiringFrame {
  readonly t: "ticket_expiring";
  readonly expires: string;
}
export interface GoawayFrame {
  readonly t: "goaway";
  readonly reconnect_in_ms: number;
}
export interface ErrorFrame {
  readonly t: "error";
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** The interaction that is not stored. */
  readonly id?: string;
  /** A close follows. */
  readonly fatal: boolean;
}

export type ServerFrame =
  | WelcomeFrame
  | SlateFrame
  | RetractFrame
  | InteractionAckFrame
  | TicketAckFrame
  | TicketExpiringFrame
  | GoawayFrame
  | ErrorFrame;

export type InteractionKind = "impression" | "click" | "dismiss" | "answer" | "convert";

export interface ResumePoint {
  readonly epoch: string;
  readonly seq: number;
}

/** `viewer`, or where the server asks for tickets `ticket`. */
export interface HelloFrame {
  readonly t: "hello";
  readonly viewer?: string;
  readonly ticket?: string;
  readonly content: string;
  readonly device?: string;
  readonly resume?: ResumePoint;
  readonly previously?: string;
}
export interface ClockFrame {
  readonly t: "clock";
  readonly pdt: string;
  readonly rate: number;
}
export interface AckFrame {
  readonly t: "ack";
  readonly seq: number;
}
export interface InteractionFrame {
  readonly t: "interaction";
  readonly id: string;
  readonly cue: string;
  readonly kind: InteractionKind;
  readonly value?: number;
}
export interface TicketFrame {
  readonly t: "ticket";
  readonly ticket: string;
}
export type ClientFrame = HelloFrame | ClockFrame | AckFrame | InteractionFrame | TicketFrame;
