// SPDX-License-Identifier: Apache-2.0
//
// One viewer: their state, their last slates, why each was decided, and what they did.

import { useState, type ReactNode } from "react";

import { findViewer, listFeedback, type Interaction, type Viewer } from "../api/viewers.ts";
import { Field } from "../parts/field.tsx";
import { useItems } from "../parts/items.tsx";
import { Chip, Facts, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { go, linkTo } from "../parts/route.ts";
import { Empty, Loaded, Trouble } from "../parts/states.tsx";
import { clock, percent, readable, shown } from "../parts/words.ts";
import { Slates } from "./slates.tsx";
import { Why } from "./why.tsx";

interface ViewerPageProps {
  readonly viewer: string | null;
  readonly decision: string | null;
}

export function ViewerPage({ viewer, decision }: ViewerPageProps): ReactNode {
  return (
    <div className="page viewer-page">
      <LookUp key={`look up ${viewer ?? ""}`} viewer={viewer} />
      {viewer === null ? (
        <Empty title="Whom shall we look at?">Type a viewer&apos;s id, such as 1. You see their state, their last slates and why each was decided.</Empty>
      ) : (
        <OneViewer key={viewer} id={viewer} decision={decision} />
      )}
    </div>
  );
}

function LookUp({ viewer }: { readonly viewer: string | null }): ReactNode {
  const [id, setId] = useState(viewer ?? "");
  return (
    <form
      className="look-up"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (id.trim()) go("viewer", id.trim());
      }}
    >
      <Field label="Viewer" value={id} onChange={setId} placeholder="Viewer's id" isFirst={viewer === null} />
      <button type="submit" className="button primary">
        Look up
      </button>
    </form>
  );
}

function OneViewer({ id, decision }: { readonly id: string; readonly decision: string | null }): ReactNode {
  const viewer = useResource(`viewer ${id}`, (signal) => findViewer(id, signal));
  const feedback = useResource(`feedback ${id}`, (signal) => listFeedback(id, signal));
  const reload = (): void => {
    viewer.reload();
    feedback.reload();
  };
  if (viewer.problem?.status === 404) return <Trouble problem={viewer.problem} />;
  return (
    <Loaded resource={viewer} rows={10}>
      {(found) => {
        const chosen = decision ?? found.slates.at(-1)?.decision ?? null;
        return (
          <div className="viewer-grid">
            <div className="live-column">
              <ViewerPanel viewer={found} onReload={reload} />
              <Slates viewer={found} chosen={chosen} />
            </div>
            {chosen === null ? (
              <Panel title="Why">
                <Empty title="Nothing was decided for this viewer yet.">Slates are decided at moments, for viewers who are connected.</Empty>
              </Panel>
            ) : (
              <Why key={chosen} id={chosen} />
            )}
            <Panel title="Feedback" className="feedback-panel" aside={<span className="quiet small">newest first</span>}>
              <Loaded resource={feedback}>{(interactions) => <Feedback interactions={interactions} />}</Loaded>
            </Panel>
          </div>
        );
      }}
    </Loaded>
  );
}

function ViewerPanel({ viewer, onReload }: { readonly viewer: Viewer; onReload(): void }): ReactNode {
  const fields = Object.entries(viewer.fields).map(([name, value]) => [readable(name), shown(value)] as const);
  return (
    <Panel
      title={`Viewer ${viewer.id}`}
      aside={
        <>
          <Chip tone={viewer.connected ? "good" : "plain"}>{viewer.connected ? "Connected" : "Not connected"}</Chip>
          <button type="button" className="button plain" onClick={onReload}>
            Refresh
          </button>
        </>
      }
    >
      {viewer.known ? null : <p className="quiet">Not in the catalogue of viewers: decided for without traits.</p>}
      <Facts
        facts={[
          ...fields,
          ...(viewer.identified_as ? [["Identified as", <a key="link" href={linkTo("viewer", viewer.identified_as)}>{viewer.identified_as}</a>] as const] : []),
          ...(viewer.earlier_ids.length ? [["Earlier ids", viewer.earlier_ids.join(", ")] as const] : []),
        ]}
      />
    </Panel>
  );
}

const TONES: Readonly<Record<string, "good" | "info" | "warn" | "plain">> = { click: "good", convert: "good", answer: "info", dismiss: "warn" };

function Feedback({ interactions }: { readonly interactions: readonly Interaction[] }): ReactNode {
  const { labelOf } = useItems();
  if (interactions.length === 0) return <Empty title="This viewer has not done anything yet." />;
  return (
    // A region that scrolls can be reached by keyboard.
    <div className="scroll table-place" tabIndex={0} role="region" aria-label="Feedback, scrollable">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Did</th>
            <th scope="col">Item</th>
            <th scope="col" className="figure">
              Propensity
            </th>
          </tr>
        </thead>
        <tbody>
          {interactions.map((one) => (
            <tr key={`${one.id} ${one.cue}`}>
              <td className="figure-left">{clock(one.at)}</td>
              <td>
                <Chip tone={TONES[one.kind] ?? "plain"}>{one.kind}</Chip>
              </td>
              <td data-slot={one.slot}>
                <span className="slot-dot" title={one.slot} aria-hidden="true" />
                {one.attributed ? labelOf(one.item) : <span className="quiet">unattributed</span>}
                <span className="hidden">, {one.slot}</span>
              </td>
              <td className="figure">{one.attributed ? percent(one.propensity) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
