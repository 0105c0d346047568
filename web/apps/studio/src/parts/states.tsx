// SPDX-License-Identifier: Apache-2.0
//
// What a panel shows while there is nothing to show.

import type { ReactNode } from "react";

import type { Problem } from "../api/problem.ts";
import type { Resource } from "./resource.ts";

/** Rows of the height of what will come, so that nothing jumps. */
export function Loading({ rows = 4 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="loading" role="status">
      <span className="hidden">Loading</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} className="bone" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children ? <div className="quiet">{children}</div> : null}
    </div>
  );
}

export function Trouble({ problem, onRetry }: { readonly problem: Problem; onRetry?: () => void }): ReactNode {
  return (
    <div className="trouble" role="alert">
      <p>{problem.message}</p>
      <p className="quiet small">
        {problem.code === "scope_missing" ? "Your token is not good for this. " : ""}
        {problem.requestId ? `Request ${problem.requestId}` : ""}
      </p>
      {onRetry ? (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}

/** Loading, trouble or the thing itself. */
export function Loaded<T>({ resource, rows, children }: { readonly resource: Resource<T>; readonly rows?: number; children(data: T): ReactNode }): ReactNode {
  const { data, problem, reload } = resource;
  if (data === null) return problem ? <Trouble problem={problem} onRetry={reload} /> : <Loading {...(rows ? { rows } : {})} />;
  return (
    <>
      {problem ? <p className="stale-note">Not up to date: {problem.message}</p> : null}
      {children(data)}
    </>
  );
}
