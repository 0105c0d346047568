// SPDX-License-Identifier: Apache-2.0
//
// Writes a moment, or what puts a wrong one right.

import type { Values } from "@matchcue/protocol/frames.ts";
import { useState, type ReactNode } from "react";

import { correctMoment, fireMoment, type Change, type LiveEvent } from "../api/events.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { ActButton } from "../parts/act-button.tsx";
import { useAnnouncer } from "../parts/announcer.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { useItems } from "../parts/items.tsx";
import { readable, shown } from "../parts/words.ts";
import { changesOf, draftOf, restored, type ContextField, type Draft } from "./draft.ts";

type When = "now" | "at once" | "at";

interface MomentDialogProps {
  readonly event: LiveEvent;
  readonly fields: readonly ContextField[];
  /** The moment to correct; null: a new one. */
  readonly wrong: Change | null;
  serverNow(): string;
  onDone(event: LiveEvent): void;
  onClose(): void;
}

export function MomentDialog({ event, fields, wrong, serverNow, onDone, onClose }: MomentDialogProps): ReactNode {
  const { all } = useItems();
  const { say } = useAnnouncer();
  const [present] = useState(event.state);
  const [draft, setDraft] = useState(() => draftOf(fields, wrong ? restored(wrong, event.state) : event.state));
  const [subject, setSubject] = useState("");
  const [reason, setReason] = useState("");
  const [when, setWhen] = useState<When>("now");
  const [time, setTime] = useState(serverNow);
  const { problem, isBusy, send } = useSending();
  const state = changesOf(fields, draft, present);
  const hasMovedOn = fields.some(({ name }) => event.state[name] !== present[name]);

  async function submit(): Promise<void> {
    const moment = { state, subject: subject.trim() || null, media_time: when === "now" ? serverNow() : when === "at" ? time.trim() : null };
    const next = await send(() => (wrong ? correctMoment(event.id, wrong.sequence, { ...moment, reason: reason.trim() }) : fireMoment(event.id, moment)));
    if (!next) return;
    say({ text: wrong ? `Moment ${String(wrong.sequence)} is corrected.` : `${shown(next.state["MATCH_EVENT"])} is moment ${String(next.sequence)}.` });
    onDone(next);
  }

  const pointers = ["/subject", "/media_time", "/reason", ...fields.map(({ name }) => `/state/${name}`)];
  return (
    <Dialog title={wrong ? `Correct moment ${String(wrong.sequence)}: ${shown(wrong.after["MATCH_EVENT"])}` : "Fire a moment"} isWide onClose={onClose}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void submit();
        }}
      >
        {wrong ? <p className="quiet">Its cues are taken off every screen, and new slates follow for the state below.</p> : null}
        {hasMovedOn ? <p className="conflict">The match has moved on since you opened this. Only the fields you change are sent.</p> : null}
        <div className="form-grid">
          <StateFields fields={fields} draft={draft} onDraft={setDraft} present={present} changed={state} problem={problem} />
          <Field
            label="About (item, optional)"
            value={subject}
            choices={all.map(({ id }) => id)}
            onChange={setSubject}
            hint={all.find(({ id }) => id === subject.trim())?.label}
            error={problem?.fields.get("/subject")}
          />
          {wrong ? <Field label="Reason (optional)" value={reason} onChange={setReason} placeholder="VAR: offside" error={problem?.fields.get("/reason")} /> : null}
        </div>
        <WhenChoice when={when} onWhen={setWhen} time={time} onTime={setTime} error={problem?.fields.get("/media_time")} />
        <Elsewhere problem={problem} pointers={pointers} />
        <div className="dialog-acts">
          <p className="quiet small">{Object.keys(state).length === 0 ? "Nothing in the state changes." : `Changes ${Object.keys(state).map(readable).join(", ")}.`}</p>
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
          <ActButton type="submit" isPrimary isOff={isBusy}>
            {isBusy ? "Sending" : wrong ? "Correct it" : "Fire"} <kbd aria-hidden="true">Enter</kbd>
          </ActButton>
        </div>
      </form>
    </Dialog>
  );
}

/** Sends once at a time, and keeps what the server said against it. */
function useSending(): { problem: Problem | null; isBusy: boolean; send<T>(act: () => Promise<T>): Promise<T | null> } {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function send<T>(act: () => Promise<T>): Promise<T | null> {
    setBusy(true);
    try {
      return await act();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
      return null;
    }
  }
  return { problem, isBusy, send };
}

interface StateFieldsProps {
  readonly fields: readonly ContextField[];
  readonly draft: Draft;
  onDraft(draft: Draft): void;
  readonly present: Values;
  readonly changed: Values;
  readonly problem: Problem | null;
}

function StateFields({ fields, draft, onDraft, present, changed, problem }: StateFieldsProps): ReactNode {
  return fields.map(({ name, choices }, index) => (
    <Field
      key={name}
      label={readable(name)}
      value={draft[name] ?? ""}
      choices={choices}
      onChange={(value) => onDraft({ ...draft, [name]: value })}
      isChanged={name in changed}
      isFirst={index === 0}
      hint={name in changed ? `was ${shown(present[name])}` : undefined}
      error={problem?.fields.get(`/state/${name}`)}
    />
  ));
}

/** A problem that names no field of the form. */
function Elsewhere({ problem, pointers }: { readonly problem: Problem | null; readonly pointers: readonly string[] }): ReactNode {
  if (!problem || [...problem.fields.keys()].some((pointer) => pointers.includes(pointer))) return null;
  return (
    <p role="alert" className={problem.isConflict ? "conflict" : "field-note bad"}>
      {problem.message}
    </p>
  );
}

interface WhenProps {
  readonly when: When;
  onWhen(when: When): void;
  readonly time: string;
  onTime(time: string): void;
  readonly error: string | undefined;
}

function WhenChoice({ when, onWhen, time, onTime, error }: WhenProps): ReactNode {
  const choices: readonly (readonly [When, string])[] = [
    ["now", "When the picture shows this very moment"],
    ["at once", "At once, whatever the picture shows"],
    ["at", "At a place in the picture"],
  ];
  return (
    <fieldset className="choices">
      <legend>Viewers see it</legend>
      {choices.map(([value, words]) => (
        <label key={value} className="check">
          <input type="radio" name="when" checked={when === value} onChange={() => onWhen(value)} /> {words}
        </label>
      ))}
      {when === "at" ? <Field label="Programme time (RFC 3339)" value={time} onChange={onTime} error={error} /> : null}
      {when !== "at" && error ? <p className="field-note bad">{error}</p> : null}
    </fieldset>
  );
}
