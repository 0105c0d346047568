// SPDX-License-Identifier: Apache-2.0
//
// Whether the server is well, and what operators asked of it.

import { useState, type ReactNode } from "react";

import { findStatus, findVersionOfServer, listAudit, type AuditRecord } from "../api/system.ts";
import { Chip, Facts, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { useRoving } from "../parts/roving.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { day, clock } from "../parts/words.ts";

export function SystemPage(): ReactNode {
  const alive = useResource("healthz", (signal) => findStatus("/healthz", signal));
  const ready = useResource("readyz", (signal) => findStatus("/readyz", signal));
  const version = useResource("version", findVersionOfServer);
  const audit = useResource("audit", listAudit);
  const reload = (): void => {
    for (const one of [alive, ready, version, audit]) one.reload();
  };
  return (
    <div className="page system-page">
      <Panel
        title="Health"
        aside={
          <button type="button" className="button plain" onClick={reload}>
            Refresh
          </button>
        }
      >
        <Loaded resource={ready} rows={2}>
          {(status) => (
            <>
              {status.storage === "ok" ? null : <p className="learner-words bad">Storage: {status.storage}. Reading goes on; changes are refused until it is well.</p>}
              <Facts
                facts={[
                  ["Process", <State key="alive" word={alive.data?.status ?? "–"} isGood={alive.data?.status === "ok"} />],
                  ["Serving", <State key="ready" word={status.status} isGood={status.status === "ready"} />],
                  ["Storage", <State key="storage" word={status.storage} isGood={status.storage === "ok"} />],
                  ["Version", version.data ?? "–"],
                  ["API", <a key="api" href="/openapi.json">openapi.json</a>],
                ]}
              />
            </>
          )}
        </Loaded>
      </Panel>
      <Panel title="Audit log" className="audit-panel" aside={<span className="quiet small">newest first, at most 200</span>}>
        <Loaded resource={audit} rows={10}>
          {(records) => <Audit records={records} />}
        </Loaded>
      </Panel>
    </div>
  );
}

function State({ word, isGood }: { readonly word: string; readonly isGood: boolean }): ReactNode {
  return <Chip tone={isGood ? "good" : "bad"}>{word}</Chip>;
}

function Audit({ records }: { readonly records: readonly AuditRecord[] }): ReactNode {
  const { ref, ...handlers } = useRoving();
  const [open, setOpen] = useState<number | null>(null);
  const record = records.find(({ number }) => number === open) ?? null;
  if (records.length === 0) return <Empty title="Nothing was changed yet." />;
  return (
    <div className="audit">
      <div ref={ref} className="scroll audit-list" {...handlers}>
        <ul>
          {records.map((one) => (
            <li key={one.number}>
              <button type="button" data-row={String(one.number)} className="audit-row" aria-expanded={one.number === open} onClick={() => setOpen(one.number === open ? null : one.number)}>
                <span className="quiet figure-left">{day(one.at)}</span>
                <b>{one.operation}</b>
                <span className="ellipsis quiet">{one.target}</span>
                <span>{one.who}</span>
                <Chip tone={one.status === null ? "warn" : one.status < 300 ? "good" : "bad"}>{one.status ?? "not answered"}</Chip>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {record ? <Detail record={record} /> : <p className="quiet audit-detail">Choose a record to see what was asked for, and what was before and after.</p>}
    </div>
  );
}

function Detail({ record }: { readonly record: AuditRecord }): ReactNode {
  const parts = [
    ["Asked for", record.request],
    ["Before", record.before],
    ["After", record.after],
  ] as const;
  return (
    <div className="audit-detail scroll" tabIndex={0} role="region" aria-label={`Record ${String(record.number)}, scrollable`}>
      <p>
        <b>{record.operation}</b> by {record.who} from {record.from}, {clock(record.at)}
      </p>
      {parts.map(([name, value]) => (
        <section key={name}>
          <h3>{name}</h3>
          <pre>{value === null || value === undefined ? "–" : JSON.stringify(value, null, 2)}</pre>
        </section>
      ))}
    </div>
  );
}
