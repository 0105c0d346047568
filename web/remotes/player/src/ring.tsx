// SPDX-License-Identifier: Apache-2.0
//
// A rating as a ring, and how far it may grow as a fainter one.

const RADIUS = 34;
const LENGTH = 2 * Math.PI * RADIUS;
/** Ratings below this do not occur among professionals; the ring's whole length is for the rest. */
const FROM = 40;
const TO = 99;

const share = (rating: number) => Math.min(Math.max((rating - FROM) / (TO - FROM), 0), 1);

function Arc({ rating, colour, width }: { readonly rating: number; readonly colour: string; readonly width: number }) {
  return (
    <circle
      cx="40"
      cy="40"
      r={RADIUS}
      fill="none"
      stroke={colour}
      strokeWidth={width}
      strokeDasharray={`${String(LENGTH * share(rating))} ${String(LENGTH)}`}
      transform="rotate(-90 40 40)"
    />
  );
}

export function Ring({ rating, potential }: { readonly rating: number; readonly potential: number | null }) {
  return (
    <div className="ring" role="img" aria-label={`Rating ${String(rating)} of 99`}>
      <svg viewBox="0 0 80 80" aria-hidden="true">
        <circle cx="40" cy="40" r={RADIUS} fill="none" stroke="var(--mq-line)" strokeWidth="7" />
        {potential !== null && <Arc rating={potential} colour="color-mix(in oklab, var(--mq-slot) 40%, transparent)" width={7} />}
        <Arc rating={rating} colour="var(--mq-slot)" width={7} />
      </svg>
      <span className="ring__number mq-number" aria-hidden="true">
        {rating}
      </span>
    </div>
  );
}
