// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from "react";

import { mapContent, type LiveEvent } from "../api/events.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { Field } from "../parts/field.tsx";
import { Panel } from "../parts/panel.tsx";

/** A server without a live event: the first one is made by saying what its viewers play. */
export function BeginEvent({ onBegun }: { onBegun(event: LiveEvent): void }): ReactNode {
  const [event, setEvent] = useState("1");
  const [content, setContent] = useState("c1");
  const [problem, setProblem] = useState<Problem | null>(null);
  const begin = (): void => {
    mapContent(content.trim(), event.trim()).then(onBegun, (error: unknown) => setProblem(asProblem(error)));
  };
  return (
    <div className="page narrow">
      <Panel title="No live event yet">
        <p className="quiet">Name the match, and the content by which players watch it. Its first moment follows.</p>
        <form
          className="stack"
          onSubmit={(submit) => {
            submit.preventDefault();
            begin();
          }}
        >
          <Field label="Live event" value={event} onChange={setEvent} isRequired error={problem?.fields.get("/event")} />
          <Field label="Content" value={content} onChange={setContent} isRequired hint="What viewers say in their hello, such as c1" />
          {problem ? <p role="alert" className="field-note bad">{problem.message}</p> : null}
          <div>
            <button type="submit" className="button primary">
              Begin
            </button>
          </div>
        </form>
      </Panel>
    </div>
  );
}
