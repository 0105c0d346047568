// SPDX-License-Identifier: Apache-2.0

import { type ReactNode, useEffect, useMemo, useRef } from "react";

import type { Client, RevealedCue } from "@matchcue/client/client.ts";
import type { Cue } from "@matchcue/protocol/frames.ts";

import { useCue } from "./use-client.ts";

/** What a viewer may do with the cue that is shown. */
export interface SlotActions {
  click(): void;
  /** Chose the option of this number, from 0. */
  answer(option: number): void;
  convert(value?: number): void;
  /** Takes the cue off the screen for good. */
  dismiss(): void;
}

export interface CueSlotProps {
  readonly client: Client;
  readonly slot: string;
  readonly className?: string | undefined;
  /** Renders the cue. Called anew, with fresh state, for each cue. */
  children(revealed: RevealedCue, actions: SlotActions): ReactNode;
}

function actionsOn(client: Client, cue: Cue): SlotActions {
  return {
    click: () => client.interact(cue, "click"),
    answer: (option) => client.interact(cue, "answer", option),
    convert: (value) => client.interact(cue, "convert", value),
    dismiss: () => client.dismiss(cue),
  };
}

/** The place of one slot: nothing while it has no cue, else a <div> whose visibility is the cue's impression. */
export function CueSlot({ client, slot, className, children }: CueSlotProps): ReactNode {
  const revealed = useCue(client, slot);
  return revealed && <ShownCue key={revealed.cue.id} client={client} revealed={revealed} className={className} render={children} />;
}

interface ShownCueProps {
  readonly client: Client;
  readonly revealed: RevealedCue;
  readonly className: string | undefined;
  readonly render: CueSlotProps["children"];
}

function ShownCue({ client, revealed, className, render }: ShownCueProps): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const { cue } = revealed;
  useEffect(() => (element.current ? client.observe(element.current, cue) : undefined), [client, cue]);
  const actions = useMemo(() => actionsOn(client, cue), [client, cue]);
  return (
    <div ref={element} className={className} data-slot={cue.slot}>
      {render(revealed, actions)}
    </div>
  );
}
