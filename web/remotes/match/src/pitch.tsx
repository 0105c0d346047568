// SPDX-License-Identifier: Apache-2.0
//
// A goal and the part of the pitch before it, from above, and what the ball did there.

/** Where the ball went, by what happened; the goal is at the top, from 38 to 62 of 100. */
const WAYS: Readonly<Record<string, string>> = {
  GOAL: "M24 58 Q30 30 58 5",
  PENALTY: "M50 27 L43 5",
  "FREE-KICK": "M70 52 Q34 34 42 6",
  SHOT: "M62 50 Q66 26 68 5",
  THROW: "M3 34 Q20 26 36 30",
  INJURY: "M30 52 L44 36",
  "YELLOW-CARD": "M76 56 L60 40",
  SUBSTITUTION: "M97 58 Q80 52 68 36",
};

export function wayOf(event: string): string {
  return WAYS[event] ?? "M20 56 Q46 48 52 24";
}

export function Pitch({ way, look }: { readonly way: string; readonly look: string }) {
  const end = way.split(/[LQ ]/).slice(-2).join(" ");
  const [startX, startY] = way.slice(1).split(/[LQ ]/);
  const [endX, endY] = end.split(" ");
  return (
    <svg className={look} viewBox="0 0 100 64" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="100" height="64" className="pitch__grass" />
      {[0, 2, 4, 6].map((band) => (
        <rect key={band} y={4 + band * 10} width="100" height="10" className="pitch__band" />
      ))}
      <g className="pitch__lines">
        <path d="M0 6 H100 M26 6 V34 H74 V6 M38 6 V16 H62 V6 M40 34 Q50 42 60 34" />
        <path d="M42 6 V2 H58 V6" />
      </g>
      <path key={way} d={way} className="pitch__way" pathLength="1" />
      <circle cx={startX} cy={startY} r="1.7" className="pitch__from" />
      <circle cx={endX} cy={endY} r="2.4" className="pitch__ball" />
    </svg>
  );
}
