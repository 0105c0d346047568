// SPDX-License-Identifier: Apache-2.0
//
// Flags drawn by hand. A country that is not here gets its first two letters, so a card is never without.

interface Bands {
  readonly along: "x" | "y";
  readonly colours: readonly string[];
}

const FLAGS: Readonly<Record<string, Bands>> = {
  ARGENTINA: { along: "y", colours: ["#74acdf", "#ffffff", "#74acdf"] },
  FRANCE: { along: "x", colours: ["#0b2a6b", "#ffffff", "#d8202f"] },
  NETHERLANDS: { along: "y", colours: ["#ae1c28", "#ffffff", "#21468b"] },
};

/** Decoration beside a country that is written. `country` as the catalogue has it: ARGENTINA. */
export function Flag({ country }: { readonly country: string }) {
  const flag = FLAGS[country.toUpperCase()];
  return (
    <svg className="mq-flag" viewBox="0 0 18 12" preserveAspectRatio="none" aria-hidden="true">
      {flag ? (
        flag.colours.map((colour, index) =>
          flag.along === "x" ? (
            <rect key={index} x={index * 6} width="6.1" height="12" fill={colour} />
          ) : (
            <rect key={index} y={index * 4} width="18" height="4.1" fill={colour} />
          ),
        )
      ) : (
        <>
          <rect width="18" height="12" fill="var(--mq-raised)" />
          <text x="9" y="9" textAnchor="middle" fontSize="8" fontWeight="700" fill="var(--mq-ink)">
            {country.slice(0, 2).toUpperCase()}
          </text>
        </>
      )}
    </svg>
  );
}
