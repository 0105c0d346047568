// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

import { Dialog } from "./dialog.tsx";
import { turnShortcuts, useAllShortcuts, useShortcutsOn } from "./keys.ts";

const MOVING: readonly (readonly [string, string])[] = [
  ["Tab", "From panel to panel; a list is one stop"],
  ["↑ ↓ Home End", "Within a list"],
  ["Enter", "In the feed: correct this moment"],
  ["+", "On an item: pin it on every screen"],
  ["x", "On an item: block it"],
  ["r", "On an item: release it"],
  ["Esc", "Closes what is open"],
];

/** Every key that does something on this page, and the switch for the one-key ones. */
export function Help({ onClose }: { onClose(): void }): ReactNode {
  const shortcuts = useAllShortcuts();
  const isOn = useShortcutsOn();
  const groups = [...new Set(shortcuts.map(({ group }) => group))];
  return (
    <Dialog title="Keys" isWide onClose={onClose}>
      <div className="help">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map(({ key, does }) => (
                  <div key={key}>
                    <dt>
                      <kbd>{key}</kbd>
                    </dt>
                    <dd>{does}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Moving</h3>
          <dl>
            {MOVING.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={(event) => turnShortcuts(event.target.checked)} /> One-key shortcuts are on
      </label>
    </Dialog>
  );
}
