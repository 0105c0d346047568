// SPDX-License-Identifier: Apache-2.0
//
// The page: the picture, what has just happened in it, and the slots around it.

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";

import type { RevealedCue } from "@matchcue/client/client.ts";
import type { Cue } from "@matchcue/protocol/frames.ts";
import type { Playhead } from "@matchcue/remote-kit/contract.ts";
import { useSnapshot } from "@matchcue/react/use-client.ts";

import type { Theme, Visit } from "./address.ts";
import { Announcer } from "./announcer.tsx";
import { MomentPanel } from "./moment-panel.tsx";
import { slotBelow, slotsBeside } from "./moment-words.ts";
import { Page } from "./page-context.ts";
import { NoPicture, Picture } from "./picture.tsx";
import { Slot } from "./slot.tsx";
import type { Session, Start } from "./start.ts";
import { TopBar, useConnection, type Connection } from "./top-bar.tsx";

export interface AppProps {
  readonly start: Start;
  readonly visit: Visit;
  readonly firstTheme: Theme;
  /** BCP 47 */
  readonly locale: string;
  /** Chosen by the viewer, to be remembered. */
  readonly onDelay: (seconds: number) => void;
  readonly onTheme: (theme: Theme) => void;
}

export function App({ start, visit, firstTheme, locale, onDelay, onTheme }: AppProps) {
  const [theme, setTheme] = useState(firstTheme);
  const [delaySeconds, setDelaySeconds] = useState(visit.delaySeconds);
  const { session, trouble } = useSyncExternalStore(start.subscribe, start.snapshot);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const look: LookProps = {
    name: visit.name,
    theme,
    delaySeconds,
    onDelay(seconds) {
      setDelaySeconds(seconds);
      onDelay(seconds);
    },
    onTheme(chosen) {
      setTheme(chosen);
      onTheme(chosen);
    },
  };
  if (session) return <Live session={session} look={look} locale={locale} />;
  return <Starting trouble={trouble} look={look} />;
}

interface LookProps {
  readonly name: string;
  readonly theme: Theme;
  readonly delaySeconds: number;
  readonly onDelay: (seconds: number) => void;
  readonly onTheme: (theme: Theme) => void;
}

const noCues: ReadonlyMap<string, RevealedCue> = new Map();

/** There is no configuration yet. */
function Starting({ trouble, look }: { readonly trouble: string; readonly look: LookProps }) {
  const connection: Connection = trouble ? { tone: "bad", words: "Not ready yet" } : { tone: "busy", words: "Starting…" };
  const picture = trouble ? <NoPicture words="This page is not ready yet. Trying again by itself." why={trouble} /> : <NoPicture words="Starting…" />;
  return <Layout look={look} connection={connection} picture={picture} context={{}} cues={noCues} onDismiss={() => undefined} />;
}

function Live({ session, look, locale }: { readonly session: Session; readonly look: LookProps; readonly locale: string }) {
  const { config, client, clock, remotes } = session;
  const { theme, delaySeconds } = look;
  const snapshot = useSnapshot(client);
  const connection = useConnection(snapshot);
  const page = useMemo(() => ({ client, remotes, theme, locale }), [client, remotes, theme, locale]);
  useEffect(() => {
    clock.setDelay(delaySeconds);
    client.clockChanged();
  }, [client, clock, delaySeconds]);
  const onPlayhead = useCallback(
    (playhead: Playhead) => {
      if (clock.hear(playhead)) client.clockChanged();
    },
    [client, clock],
  );
  const onPlayer = useCallback(
    (there: boolean) => {
      clock.expect(there);
      client.clockChanged();
    },
    [client, clock],
  );
  const picture = config.picture ? (
    <Picture url={config.picture.url} delaySeconds={delaySeconds} onPlayhead={onPlayhead} onPlayer={onPlayer} />
  ) : (
    <NoPicture words="This match has no picture here." />
  );
  return (
    <Page value={page}>
      <Layout
        look={look}
        connection={connection}
        picture={picture}
        context={snapshot.context}
        cues={snapshot.cues}
        onDismiss={client.dismiss}
      />
      <Announcer cues={snapshot.cues} />
    </Page>
  );
}

interface LayoutProps extends Pick<Parameters<typeof MomentPanel>[0], "context"> {
  readonly look: LookProps;
  readonly connection: Connection;
  readonly picture: ReactNode;
  readonly cues: ReadonlyMap<string, RevealedCue>;
  readonly onDismiss: (cue: Cue) => void;
}

/** Slots that this page has no place of its own for, from the first cue in them on. */
function useOtherSlots(cues: ReadonlyMap<string, RevealedCue>): readonly string[] {
  const [others, setOthers] = useState<readonly string[]>([]);
  const usual: readonly string[] = [slotBelow, ...slotsBeside];
  const fresh = [...cues.keys()].filter((slot) => !usual.includes(slot) && !others.includes(slot));
  if (fresh.length > 0) setOthers([...others, ...fresh]);
  return others;
}

function Layout({ look, connection, picture, context, cues, onDismiss }: LayoutProps) {
  const { name, theme, delaySeconds, onDelay, onTheme } = look;
  const others = useOtherSlots(cues);
  const slot = (id: string) => <Slot key={id} slot={id} revealed={cues.get(id)} onDismiss={onDismiss} />;
  return (
    <div className="home">
      <TopBar name={name} connection={connection} theme={theme} onTheme={onTheme} />
      <main className="stage">
        <div className="watch">
          <div className="picture-frame">{picture}</div>
          <MomentPanel context={context} delaySeconds={delaySeconds} onDelay={onDelay} />
          {slot(slotBelow)}
        </div>
        <div className="beside">{slotsBeside.map(slot)}</div>
        {others.length > 0 && <div className="others">{others.map(slot)}</div>}
      </main>
    </div>
  );
}
