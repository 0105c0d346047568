// SPDX-License-Identifier: Apache-2.0
import { useState, useSyncExternalStore, type ReactNode } from "react";

import { tokenDesk } from "../api/token.ts";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";

/** Asks for the operator's token when the server wants one. */
export function TokenDialog(): ReactNode {
  const isAsking = useSyncExternalStore(tokenDesk.subscribe, tokenDesk.isAsking);
  return isAsking ? <TokenForm /> : null;
}

function TokenForm(): ReactNode {
  const [token, setToken] = useState("");
  return (
    <Dialog title="This server wants an operator's token" onClose={() => tokenDesk.give(null)}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) tokenDesk.give(token.trim());
        }}
      >
        <Field label="Token" type="password" value={token} onChange={setToken} isRequired isFirst hint="Kept by this tab until it is closed." />
        <div className="dialog-acts">
          <button type="submit" className="button primary">
            Use it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
