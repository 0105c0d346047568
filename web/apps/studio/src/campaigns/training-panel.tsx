// SPDX-License-Identifier: Apache-2.0
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";

import { isRunning, listTrainings, RECIPES, stopTraining, train, type Training } from "../api/campaigns.ts";
import { asProblem, type Problem } from "../api/problem.ts";
import { ActButton } from "../parts/act-button.tsx";
import { useAnnouncer } from "../parts/announcer.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { useEvery } from "../parts/every.ts";
import { Field } from "../parts/field.tsx";
import { Chip, Panel } from "../parts/panel.tsx";
import { useResource } from "../parts/resource.ts";
import { linkTo } from "../parts/route.ts";
import { Loaded } from "../parts/states.tsx";
import { clock, duration, percent, readable } from "../parts/words.ts";
import { emptyOrder, readOrder, type OrderDraft } from "./order.ts";

/** No stream tells how far a training is: it is asked for while one runs. */
const RUNNING_MS = 1_500;
const TONES = { pending: "info", running: "info", done: "good", failed: "bad", stopped: "warn" } as const;

export function TrainingPanel({ onTrained }: { onTrained(): void }): ReactNode {
  const trainings = useResource("trainings", listTrainings);
  const { attempt } = useAnnouncer();
  const [stopping, setStopping] = useState<Training | null>(null);
  const running = trainings.data?.find(isRunning);
  const done = trainings.data?.filter(({ state }) => state === "done").length ?? 0;
  useEvery(RUNNING_MS, running !== undefined, trainings.reload);
  const trained = useEffectEvent(onTrained);
  useEffect(() => {
    if (done > 0) trained();
  }, [done]);

  const stop = (training: Training): void => {
    setStopping(null);
    void attempt(async () => {
      await stopTraining(training.id);
      trainings.reload();
      return { text: `${training.recipe} is asked to end.` };
    });
  };
  return (
    <Panel title="Training" className="training-panel">
      <OrderForm isBusy={running !== undefined} onStarted={trainings.reload} />
      <Loaded resource={trainings} rows={2}>
        {(all) => (
          <ul className="trainings">
            {all.map((training) => (
              <li key={training.id}>
                <TrainingRow training={training} onStop={() => setStopping(training)} />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {stopping ? (
        <Confirm
          title={`End the training of ${stopping.recipe}?`}
          text="A network keeps the best it has learned so far; other recipes leave nothing."
          act="End it"
          onConfirm={() => stop(stopping)}
          onClose={() => setStopping(null)}
        />
      ) : null}
    </Panel>
  );
}

function TrainingRow({ training, onStop }: { readonly training: Training; onStop(): void }): ReactNode {
  const { progress } = training;
  const epoch = progress.epoch === null ? "" : ` ${String(progress.epoch)}${progress.epochs === null ? "" : ` of ${String(progress.epochs)}`}`;
  const share = progress.share ?? (progress.epoch !== null && progress.epochs ? progress.epoch / progress.epochs : null);
  return (
    <div className="training">
      <span>
        <b>{training.recipe}</b> <Chip tone={TONES[training.state]}>{training.state}</Chip> <span className="quiet small">{clock(training.started)}</span>
      </span>
      {isRunning(training) ? (
        <div className="progress-line">
          <progress aria-label={`Training of ${training.recipe}`} max={1} {...(share === null ? {} : { value: share })} />
          <span className="quiet small">
            {readable(progress.stage.toUpperCase())}
            {epoch}
            {share === null ? "" : ` · ${percent(share)}`}
            {progress.loss === null ? "" : ` · loss ${progress.loss.toFixed(3)}`}
            {progress.eta_s === null ? "" : ` · ${duration(progress.eta_s * 1_000)} left`}
          </span>
          <button type="button" className="button tiny" onClick={onStop}>
            Cancel…
          </button>
        </div>
      ) : null}
      {training.error ? <p className="learner-words bad">{training.error.message}</p> : null}
      {training.solution_version ? <a href={linkTo("campaigns", training.solution_version)}>{training.solution_version}</a> : null}
    </div>
  );
}

function OrderForm({ isBusy, onStarted }: { readonly isBusy: boolean; onStarted(): void }): ReactNode {
  const { say } = useAnnouncer();
  const [draft, setDraft] = useState<OrderDraft>(emptyOrder);
  const [problem, setProblem] = useState<Problem | null>(null);
  const order = readOrder(draft);
  const put = (part: Partial<OrderDraft>): void => {
    setDraft({ ...draft, ...part });
    setProblem(null);
  };
  const send = (): void => {
    if (!order.order) return;
    train(order.order).then(
      (training) => {
        say({ text: `${training.recipe} is being trained.` });
        onStarted();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  const problemAt = (pointer: string): string | undefined => [...(problem?.fields ?? [])].find(([found]) => found.startsWith(pointer))?.[1];
  const isAtField = ["/recipe", "/event_type", "/hyperparameters", "/seed"].some(problemAt);
  return (
    <form
      className="order"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="form-grid">
        <Field label="Recipe" value={draft.recipe} choices={RECIPES} onChange={(recipe) => put({ recipe })} isRequired error={problemAt("/recipe")} />
        <Field label="Only events of type" value={draft.eventType} placeholder="all" onChange={(eventType) => put({ eventType })} error={problemAt("/event_type")} />
        <Field label="Hyperparameters" value={draft.hyperparameters} placeholder="name=value, …" onChange={(hyperparameters) => put({ hyperparameters })} error={order.trouble.hyperparameters ?? problemAt("/hyperparameters")} />
        <Field label="Seed" value={draft.seed} placeholder="1" onChange={(seed) => put({ seed })} error={order.trouble.seed ?? problemAt("/seed")} />
      </div>
      {problem && !isAtField ? (
        <p role="alert" className="field-note bad">
          {problem.message}
        </p>
      ) : null}
      <div className="dialog-acts start">
        <ActButton type="submit" isPrimary isOff={isBusy || !order.order}>
          Train
        </ActButton>
        {isBusy ? <span className="quiet small">One training runs at a time.</span> : null}
      </div>
    </form>
  );
}
