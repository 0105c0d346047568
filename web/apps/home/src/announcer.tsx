// SPDX-License-Identifier: Apache-2.0
//
// Tells screen readers politely what came, once it is on screen.

import { useEffect, useRef, useState } from "react";

import type { RevealedCue } from "@matchcue/client/client.ts";

import { cueName, slotName } from "./moment-words.ts";

/** Cues come one after the other; they are told together. */
const gatherMs = 400;

export function Announcer({ cues }: { readonly cues: ReadonlyMap<string, RevealedCue> }) {
  const told = useRef(new Set<string>());
  const [words, setWords] = useState("");
  useEffect(() => {
    const gathered = setTimeout(() => {
      const fresh = [...cues.values()].filter(({ cue }) => !told.current.has(cue.id));
      told.current = new Set([...cues.values()].map(({ cue }) => cue.id));
      if (fresh.length > 0) setWords(`New: ${fresh.map(({ cue }) => `${cueName(cue)} in ${slotName(cue.slot)}`).join(", ")}.`);
    }, gatherMs);
    return () => clearTimeout(gathered);
  }, [cues]);
  return (
    <p className="unseen" role="status">
      {words}
    </p>
  );
}
