// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

export interface ButtonProps {
  readonly tone?: "solid" | "quiet";
  /** Done already. It stays where it is and keeps the focus; pressing it does nothing. */
  readonly done?: boolean;
  /** When the visible words alone do not say what it is for. Begins with them. */
  readonly label?: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

export function Button({ tone = "solid", done = false, label, onPress, children }: ButtonProps) {
  return (
    <button
      type="button"
      className="mq-button"
      data-tone={tone}
      aria-disabled={done || undefined}
      aria-label={label}
      onClick={() => {
        if (!done) onPress();
      }}
    >
      {children}
    </button>
  );
}
