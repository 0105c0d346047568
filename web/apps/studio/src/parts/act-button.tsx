// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

interface ActButtonProps {
  /** Cannot be used now, often because of its own act. */
  readonly isOff: boolean;
  readonly children: ReactNode;
  readonly isPrimary?: boolean;
  readonly type?: "button" | "submit";
  onAct?(): void;
}

/** A button that has the focus still while it cannot be used: one that is `disabled` drops it. */
export function ActButton({ isOff, children, isPrimary = false, type = "button", onAct }: ActButtonProps): ReactNode {
  return (
    <button
      type={type}
      className={isPrimary ? "button primary" : "button"}
      aria-disabled={isOff}
      onClick={(event) => {
        if (isOff) event.preventDefault();
        else onAct?.();
      }}
    >
      {children}
    </button>
  );
}
