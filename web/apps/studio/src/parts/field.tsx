// SPDX-License-Identifier: Apache-2.0
import { useId, type ReactNode } from "react";

interface FieldProps {
  readonly label: string;
  readonly value: string;
  onChange(value: string): void;
  /** Known values; others may be typed. */
  readonly choices?: readonly string[];
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  readonly placeholder?: string;
  readonly type?: "text" | "password" | "number";
  readonly isChanged?: boolean;
  readonly isRequired?: boolean;
  /** Has the focus when its dialog or page opens. */
  readonly isFirst?: boolean;
}

/** A line of text with its label, and with what is wrong about it. */
export function Field({ label, value, onChange, choices, error, hint, placeholder, type = "text", isChanged, isRequired, isFirst }: FieldProps): ReactNode {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={isChanged ? "field changed" : "field"}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        placeholder={placeholder}
        required={isRequired}
        autoFocus={isFirst}
        data-first={isFirst ? "" : undefined}
        autoComplete="off"
        spellCheck={false}
        list={choices ? `${id}-choices` : undefined}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {choices ? (
        <datalist id={`${id}-choices`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      ) : null}
      {note ? (
        <p id={`${id}-note`} className={error ? "field-note bad" : "field-note"}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
