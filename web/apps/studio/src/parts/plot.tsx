// SPDX-License-Identifier: Apache-2.0
//
// A uPlot chart as wide as its place. It is hidden from screen readers: what it shows is said in words beside it.

import { useEffect, useEffectEvent, useRef, type ReactNode } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

interface PlotProps {
  readonly data: uPlot.AlignedData;
  /** Made once; colours are those of the page at that time. */
  options(colour: (name: string) => string): Omit<uPlot.Options, "width" | "height">;
}

function canDraw(): boolean {
  return Boolean(document.createElement("canvas").getContext("2d"));
}

export function Plot({ data, options }: PlotProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const make = useEffectEvent((element: HTMLElement) => {
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return new uPlot({ ...options((name) => style.getPropertyValue(name).trim()), width, height }, data, element);
  });
  useEffect(() => {
    const element = place.current;
    if (!element || !canDraw()) return;
    const made = make(element);
    chart.current = made;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setData(data);
  }, [data]);
  return <div ref={place} className="plot" aria-hidden="true" />;
}
