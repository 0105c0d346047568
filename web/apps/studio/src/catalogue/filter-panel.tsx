// SPDX-License-Identifier: Apache-2.0
import { useContext, useState, useSyncExternalStore, type ReactNode } from "react";

import { listFilters, tryFilter, type Filter } from "../api/catalogue.ts";
import { dropFilter, putFilterInForce, type FilterUse } from "../api/events.ts";
import { asProblem } from "../api/problem.ts";
import { useAnnouncer } from "../parts/announcer.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { Chip, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { Empty, Loaded, Loading } from "../parts/states.tsx";
import { LiveContext } from "../stream/use-live.ts";

const nothing = (): null => null;
const noop = (): (() => void) => () => undefined;

/** Which filters are in force for the live event, and which are only kept. */
export function FilterPanel(): ReactNode {
  const store = useContext(LiveContext);
  const live = useSyncExternalStore(store?.subscribe ?? noop, store?.snapshot ?? nothing);
  const filters = useResource("filters", listFilters);
  const { attempt } = useAnnouncer();
  const [using, setUsing] = useState<Filter | null>(null);
  const inForce = live?.event?.filters ?? [];
  const event = live?.event?.id ?? null;
  const mayAct = event !== null && live?.link.status === "live";

  const drop = (filter: string): void => {
    if (event === null) return;
    void attempt(async () => {
      store?.accept(await dropFilter(event, filter));
      return { text: `Filter ${filter} is out of force.` };
    });
  };
  return (
    <Panel title="Filters" className="filter-panel">
      <Loaded resource={filters} rows={3}>
        {(all) =>
          all.length === 0 && inForce.length === 0 ? (
            <Empty title="No filters are kept.">
              <code>matchcue filter put NAME EXPRESSION</code> adds one.
            </Empty>
          ) : (
            <ul className="filters">
              {named(all, inForce).map(({ name, expression, use }) => (
                <li key={name}>
                  <div>
                    <b>{name}</b> {use ? <Chip tone="good">In force</Chip> : <Chip>Kept</Chip>}
                    <code>{expression}</code>
                    {use && Object.keys(use.filter_values).length ? <p className="quiet small">{JSON.stringify(use.filter_values)}</p> : null}
                  </div>
                  {use ? (
                    <button type="button" className="button tiny" disabled={!mayAct} onClick={() => drop(name)}>
                      Drop
                    </button>
                  ) : (
                    <button type="button" className="button tiny" disabled={!mayAct} onClick={() => setUsing({ name, expression, created: "" })}>
                      Use…
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {using && event !== null ? <UseDialog filter={using} event={event} onClose={() => setUsing(null)} onUsed={(next) => store?.accept(next)} /> : null}
    </Panel>
  );
}

interface NamedFilter {
  readonly name: string;
  readonly expression: string;
  readonly use: FilterUse | null;
}

/** Those in force first; one may be in force as it was before it was replaced. */
function named(all: readonly Filter[], inForce: readonly FilterUse[]): readonly NamedFilter[] {
  const used = inForce.map((use) => ({ name: use.filter, expression: use.expression, use }));
  const kept = all.filter(({ name }) => !used.some((one) => one.name === name)).map(({ name, expression }) => ({ name, expression, use: null }));
  return [...used, ...kept];
}

interface UseDialogProps {
  readonly filter: Filter;
  readonly event: string;
  onUsed(event: Awaited<ReturnType<typeof putFilterInForce>>): void;
  onClose(): void;
}

function UseDialog({ filter, event, onUsed, onClose }: UseDialogProps): ReactNode {
  const trial = useResource(`trial ${filter.name}`, (signal) => tryFilter(filter.name, signal));
  const { say } = useAnnouncer();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string | null>(null);
  const placeholders = trial.data?.placeholders ?? [...filter.expression.matchAll(/\$([A-Za-z0-9_]+)/g)].map(([, name]) => name ?? "");
  const send = (): void => {
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
    putFilterInForce(event, filter.name, given).then(
      (next) => {
        onUsed(next);
        say({ text: `Filter ${filter.name} is in force.` });
        onClose();
      },
      (error: unknown) => setTrouble(asProblem(error).message),
    );
  };
  return (
    <Dialog title={`Put ${filter.name} in force`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(submit) => {
          submit.preventDefault();
          send();
        }}
      >
        <code>{filter.expression}</code>
        {trial.isLoading ? <Loading rows={1} /> : null}
        {trial.data ? (
          <p className="quiet">
            {trial.data.passed.length} items pass, {trial.data.filtered.length} do not{trial.data.personal ? ", before what depends on the viewer" : ""}.
          </p>
        ) : null}
        {placeholders.map((name) => (
          <Field key={name} label={`$${name}`} value={values[name] ?? ""} onChange={(value) => setValues({ ...values, [name]: value })} hint={'Numbers as they are, texts in quotes: "comedy","drama"'} />
        ))}
        {trouble ? <p role="alert" className="field-note bad pre">{trouble}</p> : null}
        <div className="dialog-acts">
          <button type="submit" className="button primary">
            Put it in force
          </button>
        </div>
      </form>
    </Dialog>
  );
}
