// SPDX-License-Identifier: Apache-2.0
//
// What may be shown: items with their overrides, the filters in force, and where rows come in.

import { useContext, useState, useSyncExternalStore, type ReactNode } from "react";

import type { Override, OverrideAction } from "../api/events.ts";
import { useItems } from "../parts/items.tsx";
import { Chip, Panel } from "../parts/panel.tsx";
import { Empty, Loading, Trouble } from "../parts/states.tsx";
import { count, readable } from "../parts/words.ts";
import { useActions } from "../live/actions.ts";
import { LiveContext } from "../stream/use-live.ts";
import { FilterPanel } from "./filter-panel.tsx";
import { ImportPanel } from "./import-panel.tsx";

const noEvent = { subscribe: () => () => undefined, snapshot: () => null };

export function CataloguePage(): ReactNode {
  const store = useContext(LiveContext);
  const live = useSyncExternalStore(store?.subscribe ?? noEvent.subscribe, store?.snapshot ?? noEvent.snapshot);
  return (
    <div className="page catalogue-page">
      <ItemsPanel overrides={live?.event?.overrides ?? []} hasEvent={Boolean(live?.event)} />
      <div className="live-column">
        <FilterPanel />
        <ImportPanel />
      </div>
    </div>
  );
}

interface ItemsPanelProps {
  readonly overrides: readonly Override[];
  readonly hasEvent: boolean;
}

function ItemsPanel({ overrides, hasEvent }: ItemsPanelProps): ReactNode {
  const { all, resource } = useItems();
  const [sought, setSought] = useState("");
  const words = sought.trim().toLowerCase();
  const found = all
    .filter(({ id, label, slot }) => `${id} ${readable(label)} ${label} ${slot}`.toLowerCase().includes(words))
    .sort((a, b) => a.slot.localeCompare(b.slot) || a.id.localeCompare(b.id, "en", { numeric: true }));
  return (
    <Panel
      title="Items"
      className="items-panel"
      aside={
        <input className="search" type="search" placeholder="Find an item" aria-label="Find an item" value={sought} onChange={(event) => setSought(event.target.value)} />
      }
    >
      {resource.problem ? <Trouble problem={resource.problem} onRetry={resource.reload} /> : null}
      {all.length === 0 && resource.isLoading ? <Loading rows={10} /> : null}
      {all.length === 0 && !resource.isLoading && !resource.problem ? <Empty title="No items yet.">Import a CSV file of items: nothing can be shown before.</Empty> : null}
      {all.length > 0 ? (
        <>
          <p className="quiet small">
            {count(found.length)} of {count(all.length)} items · {count(overrides.length)} overrides
          </p>
          <div className="scroll table-place" tabIndex={0} role="region" aria-label="Items, scrollable">
            <table>
              <thead>
                <tr>
                  <th scope="col">Item</th>
                  <th scope="col">Slot</th>
                  <th scope="col">Only for</th>
                  <th scope="col">Component</th>
                  <th scope="col">In this live event</th>
                </tr>
              </thead>
              <tbody>
                {found.slice(0, 500).map((item) => (
                  <tr key={item.id}>
                    <th scope="row">
                      {readable(item.label) || item.id} <span className="quiet small">{item.id}</span>
                    </th>
                    <td data-slot={item.slot}>
                      <span className="slot-name">{item.slot}</span>
                    </td>
                    <td>{[...(item.min_age === null ? [] : [`${String(item.min_age)}+`]), ...item.countries].join(", ") || "–"}</td>
                    <td className="quiet">{componentOf(item.fields["REMOTE"])}</td>
                    <td>{hasEvent ? <OverrideChoice item={item.id} held={overrides.find((one) => one.item === item.id)?.action ?? null} /> : "–"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      ) : null}
    </Panel>
  );
}

/** REMOTE is a JSON object as text. */
function componentOf(remote: unknown): string {
  if (typeof remote !== "string" || remote === "") return "–";
  try {
    const { remote: site, module } = JSON.parse(remote) as { remote?: string; module?: string };
    return [site, module?.replace("./", "")].filter(Boolean).join(" / ");
  } catch {
    return "not readable";
  }
}

function OverrideChoice({ item, held }: { readonly item: string; readonly held: Override["action"] | null }): ReactNode {
  const { labelOf } = useItems();
  const actions = useActions();
  const choices: readonly (readonly [OverrideAction, string])[] = [
    ["pin", "Pin"],
    ["block", "Block"],
  ];
  return (
    <span className="override-choice">
      {choices.map(([action, word]) => (
        <button
          key={action}
          type="button"
          className="button tiny"
          aria-pressed={held === action}
          aria-label={`${word} ${labelOf(item)}`}
          disabled={actions.isReadOnly}
          onClick={() => actions.override(item, held === action ? "release" : action)}
        >
          {word}
        </button>
      ))}
      {held ? <Chip tone={held === "pin" ? "good" : "bad"}>{held === "pin" ? "Pinned" : "Blocked"}</Chip> : null}
    </span>
  );
}
