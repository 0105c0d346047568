// SPDX-License-Identifier: Apache-2.0
//
// What is served under the learner, what was, what runs in the shadow; versions, and training new ones.

import { useState, type ReactNode } from "react";

import { deploy, findCampaign, listVersions, putShadow, rollBack, type Campaign, type VersionSummary } from "../api/campaigns.ts";
import { ActButton } from "../parts/act-button.tsx";
import { useAnnouncer } from "../parts/announcer.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { Chip, Facts, Panel } from "../parts/panel.tsx";
import { useEvery } from "../parts/every.ts";
import { useResource, type Resource } from "../parts/resource.ts";
import { useRoving } from "../parts/roving.ts";
import { linkTo } from "../parts/route.ts";
import { Empty, Loaded } from "../parts/states.tsx";
import { count, day, percent } from "../parts/words.ts";
import { ShadowPanel } from "./shadow-panel.tsx";
import { TrainingPanel } from "./training-panel.tsx";
import { VersionPanel } from "./version-panel.tsx";

/** A campaign is prepared beside the stream: asked for again while it is, and for a while after each act, whose answer comes
 *  before it has taken effect. */
const PREPARING_MS = 2_000;
const LOOKS_AFTER_ACT = 5;

type Act = { readonly title: string; readonly text: string; readonly act: string; readonly done: string; run(): Promise<Campaign> };

const learnerAlone = "the learner alone";

const deployAct = (version: string | null): Act => ({
  title: version === null ? "Take the campaign away?" : `Serve ${version}?`,
  text: "Viewers keep what they see; the next moment is decided with it, once it has been prepared. You can roll back.",
  act: version === null ? "Take it away" : "Deploy",
  done: version === null ? "The learner alone will decide." : `${version} is being prepared.`,
  run: () => deploy(version),
});

const rollBackAct = (to: string): Act => ({
  title: `Roll back to ${to}?`,
  text: "What was served before is served again, from the next moment on.",
  act: "Roll back",
  done: `Rolling back to ${to}.`,
  run: rollBack,
});

export function CampaignsPage({ version }: { readonly version: string | null }): ReactNode {
  const campaign = useResource("campaign", findCampaign);
  const versions = useResource("versions", listVersions);
  const { attempt } = useAnnouncer();
  const [asking, setAsking] = useState<Act | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [looks, setLooks] = useState(0);
  useEvery(PREPARING_MS, looks > 0 || (campaign.data !== null && campaign.data.preparing !== null), () => {
    setLooks((left) => Math.max(0, left - 1));
    campaign.reload();
  });

  async function run({ run: act, done }: Pick<Act, "run" | "done">): Promise<void> {
    setBusy(true);
    const isDone = await attempt(async () => {
      campaign.put(await act());
      return { text: done };
    });
    setBusy(false);
    setAsking(null);
    if (isDone) setLooks(LOOKS_AFTER_ACT);
    else campaign.reload();
  }
  const shadow = (wanted: string | null): void => void run({ run: () => putShadow(wanted), done: wanted === null ? "Nothing is in the shadow." : `${wanted} goes into the shadow.` });

  return (
    <div className="page campaigns-page">
      <div className="live-column">
        <ServedPanel campaign={campaign} onAct={setAsking} />
        <ShadowPanel campaign={campaign} onEnd={() => shadow(null)} />
        <TrainingPanel onTrained={versions.reload} />
      </div>
      <div className="live-column">
        <VersionsPanel versions={versions} chosen={version} campaign={campaign.data} />
        {version === null ? null : <VersionPanel key={version} id={version} campaign={campaign.data} onDeploy={() => setAsking(deployAct(version))} onShadow={() => shadow(version)} />}
      </div>
      {asking ? <Confirm title={asking.title} text={asking.text} act={asking.act} isBusy={isBusy} onConfirm={() => void run(asking)} onClose={() => setAsking(null)} /> : null}
    </div>
  );
}

function ServedPanel({ campaign, onAct }: { readonly campaign: Resource<Campaign>; onAct(act: Act): void }): ReactNode {
  return (
    <Panel title="Served" className="served-panel">
      <Loaded resource={campaign} rows={4}>
        {(now) => {
          const before = now.history[1];
          const name = before?.solution_version ?? learnerAlone;
          return (
            <>
              <p className="served-name">{now.solution_version ?? "The learner alone"}</p>
              {now.preparing ? (
                <p className="learner-words info" role="status">
                  {now.preparing} is being prepared: what it makes of every viewer is worked out first.
                </p>
              ) : null}
              {now.trouble ? <p className="learner-words bad">{now.trouble}</p> : null}
              {now.solution_version ? (
                <Facts
                  facts={[
                    ["Recipe", now.recipe],
                    ["Knows", `${count(now.viewers)} viewers`],
                    ["The learner weighs it", now.weight.toFixed(2)],
                  ]}
                />
              ) : (
                <p className="quiet">No campaign lies under it. It starts from nothing, and learns what viewers like at this live event.</p>
              )}
              <div className="dialog-acts start">
                <ActButton isOff={!before} onAct={() => onAct(rollBackAct(name))}>
                  Roll back{before ? ` to ${name}` : ""}
                </ActButton>
                {now.solution_version ? (
                  <button type="button" className="button" onClick={() => onAct(deployAct(null))}>
                    Learner alone
                  </button>
                ) : null}
              </div>
              <h3>History</h3>
              <div className="scroll history" tabIndex={0} role="region" aria-label="History, scrollable">
                <ol>
                  {now.history.map((one) => (
                    <li key={`${one.at} ${String(one.step)}`}>
                      <span>{one.solution_version ?? learnerAlone}</span> <span className="quiet">{day(one.at)}, from learner step {count(one.step)}</span>
                    </li>
                  ))}
                </ol>
              </div>
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

interface VersionsProps {
  readonly versions: Resource<readonly VersionSummary[]>;
  readonly chosen: string | null;
  readonly campaign: Campaign | null;
}

function VersionsPanel({ versions, chosen, campaign }: VersionsProps): ReactNode {
  const { ref, ...handlers } = useRoving();
  return (
    <Panel title="Solution versions" className="versions-panel" aside={<span className="quiet small">newest first</span>}>
      <Loaded resource={versions} rows={5}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nothing has been trained yet.">Train a recipe on what viewers did; the version that comes of it can be deployed.</Empty>
          ) : (
            <div ref={ref} className="scroll versions" {...handlers}>
              <ul>
                {all.toReversed().map((one) => (
                  <li key={one.solution_version}>
                    <a href={linkTo("campaigns", one.solution_version)} data-row={one.solution_version} aria-current={one.solution_version === chosen ? "true" : undefined}>
                      <b>{one.solution_version}</b>
                      <span className="quiet small">
                        {day(one.created)}
                        {typeof one.data?.["interactions"] === "number" ? ` · ${count(one.data["interactions"])} interactions` : ""}
                      </span>
                      <span className="version-marks">
                        {one.solution_version === campaign?.solution_version ? <Chip tone="good">Served</Chip> : null}
                        {one.solution_version === campaign?.shadow?.solution_version ? <Chip tone="info">Shadow {percent(campaign.shadow.agreement)}</Chip> : null}
                        {one.trouble ? <Chip tone="bad">{one.trouble}</Chip> : null}
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          )
        }
      </Loaded>
    </Panel>
  );
}
