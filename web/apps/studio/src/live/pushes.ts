// SPDX-License-Identifier: Apache-2.0
//
// How long it took from a moment to the last viewer's push.

import type { Push } from "../api/view.ts";

export interface PushSummary {
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

export interface Histogram {
  /** Upper edge of each bin in ms, ascending. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly width: number;
}

const BINS = 20;

/** The next of 1, 2, 5 times a power of ten. */
export function roundUp(number: number): number {
  const power = 10 ** Math.floor(Math.log10(number));
  return ([1, 2, 5].find((step) => step * power >= number) ?? 10) * power;
}

export function quantile(ascending: readonly number[], share: number): number {
  const at = Math.ceil(share * ascending.length) - 1;
  return ascending[Math.min(ascending.length - 1, Math.max(0, at))] ?? 0;
}

export function summarize(pushes: readonly Push[]): PushSummary | null {
  if (!pushes.length) return null;
  const ms = pushes.map((push) => push.ms).sort((a, b) => a - b);
  return { median: quantile(ms, 0.5), p95: quantile(ms, 0.95), worst: ms.at(-1) ?? 0 };
}

/** Bins of equal width up to twice the 95th percentile; the last one holds what is beyond. */
export function histogramOf(pushes: readonly Push[]): Histogram {
  const summary = summarize(pushes);
  const limit = summary ? Math.max(1, Math.min(summary.worst, 2 * summary.p95)) : BINS;
  const width = roundUp(limit / BINS);
  const bins = Math.max(4, Math.ceil(limit / width));
  const counts = Array.from({ length: bins }, () => 0);
  for (const { ms } of pushes) {
    const bin = Math.min(bins - 1, Math.floor(ms / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges: counts.map((_, index) => (index + 1) * width), counts, width };
}
