// SPDX-License-Identifier: Apache-2.0
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

import { ActButton } from "./act-button.tsx";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly isWide?: boolean;
  onClose(): void;
}

/** A modal dialog: the browser keeps the focus in it and gives it back, if it is closed before it is taken away. Mounted means open. */
export function Dialog({ title, children, isWide = false, onClose }: DialogProps): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={isWide ? "dialog wide" : "dialog"}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button plain icon" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly act: string;
  readonly isBusy?: boolean;
  onConfirm(): void;
  onClose(): void;
}

/** Only before what cannot simply be taken back. */
export function Confirm({ title, text, act, isBusy = false, onConfirm, onClose }: ConfirmProps): ReactNode {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="quiet">{text}</p>
      <div className="dialog-acts">
        <button type="button" className="button" data-first onClick={onClose}>
          Leave it
        </button>
        <ActButton isPrimary isOff={isBusy} onAct={onConfirm}>
          {act}
        </ActButton>
      </div>
    </Dialog>
  );
}
