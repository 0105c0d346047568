// SPDX-License-Identifier: Apache-2.0
import { useId, type ReactNode } from "react";

interface PanelProps {
  readonly title: string;
  readonly className?: string;
  /** Beside the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, className, aside, children }: PanelProps): ReactNode {
  const heading = useId();
  return (
    <section className={`panel ${className ?? ""}`} aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Chip({ tone = "plain", children }: { readonly tone?: "plain" | "good" | "warn" | "bad" | "info"; readonly children: ReactNode }): ReactNode {
  return <span className={`chip ${tone}`}>{children}</span>;
}
