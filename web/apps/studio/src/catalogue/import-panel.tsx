// SPDX-License-Identifier: Apache-2.0
//
// Brings a CSV file in: first as a check that writes nothing, where one wants it, then for good.

import { useId, useState, type ReactNode } from "react";

import { importFile, type DatasetKind, type ImportReport, type RunningImport } from "../api/catalogue.ts";
import { asProblem } from "../api/problem.ts";
import { ActButton } from "../parts/act-button.tsx";
import { useAnnouncer } from "../parts/announcer.tsx";
import { useItems } from "../parts/items.tsx";
import { Panel } from "../parts/panel.tsx";
import { count, percent } from "../parts/words.ts";

const KINDS: readonly (readonly [DatasetKind, string])[] = [
  ["items", "Items"],
  ["users", "Viewers"],
  ["interactions", "Interactions"],
];

type State =
  | { readonly is: "idle" }
  | { readonly is: "running"; readonly sent: number; readonly running: RunningImport }
  | { readonly is: "done"; readonly report: ImportReport; readonly isDryRun: boolean }
  | { readonly is: "failed"; readonly message: string };

export function ImportPanel(): ReactNode {
  const { say } = useAnnouncer();
  const { resource } = useItems();
  const id = useId();
  const [kind, setKind] = useState<DatasetKind>("items");
  const [file, setFile] = useState<File | null>(null);
  const [state, setState] = useState<State>({ is: "idle" });

  function begin(isDryRun: boolean): void {
    if (!file) return;
    const running = importFile(kind, file, isDryRun, (sent) => setState({ is: "running", sent, running }));
    setState({ is: "running", sent: 0, running });
    running.done.then(
      (report) => {
        setState({ is: "done", report, isDryRun });
        say({ text: summaryOf(report, isDryRun), tone: report.rejected_rows ? "bad" : "good" });
        if (kind === "items" && !isDryRun) resource.reload();
      },
      (error: unknown) => {
        const { message } = asProblem(error);
        setState({ is: "failed", message });
        say({ text: message, tone: "bad" });
      },
    );
  }

  return (
    <Panel title="Import" className="import-panel">
      <fieldset className="choices inline">
        <legend className="hidden">What the file holds</legend>
        {KINDS.map(([value, words]) => (
          <label key={value} className="check">
            <input type="radio" name={`${id}-kind`} checked={kind === value} onChange={() => setKind(value)} /> {words}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-file`}>CSV file, at most 1 GiB</label>
        <input
          id={`${id}-file`}
          type="file"
          accept=".csv,text/csv"
          onChange={(event) => {
            setFile(event.target.files?.[0] ?? null);
            setState({ is: "idle" });
          }}
        />
      </div>
      <div className="dialog-acts start">
        <ActButton isOff={!file || state.is === "running"} onAct={() => begin(true)}>
          Check only
        </ActButton>
        <ActButton isPrimary isOff={!file || state.is === "running"} onAct={() => begin(false)}>
          Import
        </ActButton>
      </div>
      <Outcome state={state} />
    </Panel>
  );
}

function summaryOf({ rows, rejected_rows, written }: ImportReport, isDryRun: boolean): string {
  const left = rejected_rows ? `, ${count(rejected_rows)} left out` : "";
  if (isDryRun) return `Checked ${count(rows)} rows${left}. Nothing was written.`;
  return `${count(rows)} rows${left}: ${count(written.added)} added, ${count(written.replaced)} replaced, ${count(written.unchanged)} unchanged.`;
}

function Outcome({ state }: { readonly state: State }): ReactNode {
  if (state.is === "idle") return null;
  if (state.is === "failed") return <p className="learner-words bad">{state.message}</p>;
  if (state.is === "running") {
    return (
      <div className="progress-line">
        <progress aria-label="Sent" max={1} {...(state.sent < 1 ? { value: state.sent } : {})} />
        <span className="quiet">{state.sent < 1 ? `Sent ${percent(state.sent)}` : "Sent; being checked and written"}</span>
        <button type="button" className="button tiny" onClick={() => state.running.cancel()}>
          Cancel
        </button>
      </div>
    );
  }
  const { report, isDryRun } = state;
  return (
    <>
      <p className={report.rejected_rows ? "learner-words warn" : "learner-words good"}>{summaryOf(report, isDryRun)}</p>
      {report.rejects.length ? <Rejects report={report} /> : null}
    </>
  );
}

function Rejects({ report }: { readonly report: ImportReport }): ReactNode {
  return (
    <div className="scroll table-place rejects" tabIndex={0} role="region" aria-label="Rows that were left out, scrollable">
      <table>
        <thead>
          <tr>
            <th scope="col" className="figure">
              Line
            </th>
            <th scope="col">Column</th>
            <th scope="col">Value</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {report.rejects.map(({ line, column, value, reason }, index) => (
            <tr key={index}>
              <td className="figure">{line}</td>
              <td>{column || "–"}</td>
              <td>
                <code>{value || "–"}</code>
              </td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.rejected_rows > report.rejects.length ? <p className="quiet small">The first {count(report.rejects.length)} of {count(report.rejected_rows)}.</p> : null}
    </div>
  );
}
