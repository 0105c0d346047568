// SPDX-License-Identifier: Apache-2.0
//
// How fast slates reach viewers, as pictures and in words.

import { useMemo, type ReactNode } from "react";
import uPlot from "uplot";

import type { Push } from "../api/view.ts";
import { Panel } from "../parts/panel.tsx";
import { Plot } from "../parts/plot.tsx";
import { count, duration, rate, tick } from "../parts/words.ts";
import type { Pace } from "../stream/live-store.ts";
import { histogramOf, summarize } from "./pushes.ts";

type Options = Omit<uPlot.Options, "width" | "height">;
type Colour = (name: string) => string;

function axisOf(colour: Colour, format: (value: number) => string, size: number): uPlot.Axis {
  return {
    stroke: colour("--mq-quiet"),
    font: `11px ${colour("--mq-font")}`,
    grid: { show: false },
    ticks: { show: false },
    gap: 4,
    size,
    space: 44,
    values: (_, splits) => splits.map(format),
  };
}

const still = { cursor: { show: false }, legend: { show: false } } as const;

function barOptions(colour: Colour): Options {
  const bars = uPlot.paths.bars?.({ size: [0.82, 60], align: -1 });
  return {
    ...still,
    padding: [6, 10, 0, 6],
    scales: { x: { time: false, range: (_, low, high) => [Math.min(0, low), Math.max(high, 1)] }, y: { range: (_, __, high) => [0, Math.max(1, high)] } },
    axes: [axisOf(colour, tick, 18), { show: false }],
    series: [{}, { fill: colour("--mq-accent"), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }],
  };
}

function lineOptions(colour: Colour): Options {
  const bars = uPlot.paths.bars?.({ size: [0.7, 4] });
  return {
    ...still,
    padding: [4, 2, 2, 2],
    scales: { y: { range: (_, __, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [{ show: false }, { show: false }],
    series: [{}, { fill: colour("--mq-focus"), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) }],
  };
}

function traceOptions(colour: Colour): Options {
  return {
    ...still,
    padding: [4, 4, 4, 4],
    scales: { x: { time: false }, y: { range: (_, __, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [{ show: false }, { show: false }],
    series: [{}, { stroke: colour("--mq-accent"), width: 1.5, points: { show: true, size: 3, fill: colour("--mq-accent") } }],
  };
}

export function PushPanel({ pushes }: { readonly pushes: readonly Push[] }): ReactNode {
  const summary = summarize(pushes);
  const bars = useMemo((): uPlot.AlignedData => {
    const { edges, counts } = histogramOf(pushes);
    return [[...edges], [...counts]];
  }, [pushes]);
  const trace = useMemo((): uPlot.AlignedData => [pushes.map((_, index) => index), pushes.map(({ ms }) => ms)], [pushes]);
  return (
    <Panel title="Moment to last push, ms" className="push-panel" aside={<span className="quiet small">last {count(pushes.length)}</span>}>
      <div className="plot-histogram">
        <Plot data={bars} options={barOptions} />
      </div>
      <div className="plot-trace">
        <Plot data={trace} options={traceOptions} />
      </div>
      <p className="plot-words">
        {summary ? (
          <>
            <span>
              median <b>{tick(summary.median)}</b>
            </span>
            <span>
              p95 <b>{tick(summary.p95)}</b>
            </span>
            <span>
              worst <b>{tick(summary.worst)}</b>
            </span>
          </>
        ) : (
          <span>No moment has been pushed yet.</span>
        )}
      </p>
    </Panel>
  );
}

export function PacePanel({ pace }: { readonly pace: readonly Pace[] }): ReactNode {
  const data = useMemo((): uPlot.AlignedData => [pace.map(({ at }) => at / 1_000), pace.map(({ slatesPerSecond }) => slatesPerSecond)], [pace]);
  const now = pace.at(-1)?.slatesPerSecond ?? 0;
  const most = Math.max(0, ...pace.map(({ slatesPerSecond }) => slatesPerSecond));
  return (
    <Panel title="Slates a second" className="pace-panel" aside={<span className="quiet small">{pace.length > 1 ? `last ${duration((pace.at(-1)?.at ?? 0) - (pace[0]?.at ?? 0))}` : ""}</span>}>
      <div className="plot-pace">
        <Plot data={data} options={lineOptions} />
      </div>
      <p className="plot-words">
        <span>
          now <b>{rate(now)}</b>
        </span>
        <span>
          most <b>{rate(most)}</b>
        </span>
      </p>
    </Panel>
  );
}
