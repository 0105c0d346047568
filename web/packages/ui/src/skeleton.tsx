// SPDX-License-Identifier: Apache-2.0
import "./skeleton.css";

/** Keeps a place while something loads. */
export function Skeleton({ height, width = "100%" }: { readonly height: string; readonly width?: string }) {
  return <span className="mq-skeleton" aria-hidden="true" style={{ blockSize: height, inlineSize: width }} />;
}
