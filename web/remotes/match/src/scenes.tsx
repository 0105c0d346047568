// SPDX-License-Identifier: Apache-2.0
//
// Pictures from the ground, drawn: a photographer's would take their place.

function Stand() {
  const seats = Array.from({ length: 6 }, (_, row) => row);
  return (
    <>
      <rect width="400" height="220" fill="var(--mq-scene-sky)" />
      {seats.map((row) => (
        <path
          key={row}
          d={`M0 ${String(92 + row * 15)} Q200 ${String(66 + row * 17)} 400 ${String(92 + row * 15)}`}
          fill="none"
          stroke={row % 2 ? "var(--mq-scene-far)" : "var(--mq-scene-mid)"}
          strokeWidth="12"
          strokeDasharray={row % 2 ? "5 3" : "7 4"}
        />
      ))}
      <path d="M0 176 Q200 158 400 176 V220 H0 Z" fill="var(--mq-scene-grass)" />
      {[52, 348].map((x) => (
        <g key={x} fill="var(--mq-scene-light)">
          <path d={`M${String(x - 26)} 40 h52 v20 h-52 Z`} />
          <path d={`M${String(x - 26)} 60 L${String(200 - (200 - x) * 0.1 - 70)} 176 h140 L${String(x + 26)} 60 Z`} opacity="0.13" />
        </g>
      ))}
    </>
  );
}

function Spot() {
  return (
    <>
      <rect width="400" height="220" fill="var(--mq-scene-sky)" />
      <path d="M0 104 H400 V220 H0 Z" fill="var(--mq-scene-grass)" />
      <path d="M0 104 H400 L470 134 H-70 Z M-160 178 H560 L640 220 H-240 Z" fill="var(--mq-scene-mid)" opacity="0.35" />
      <g fill="none" stroke="var(--mq-scene-light)" strokeWidth="3">
        <path d="M128 104 V34 H272 V104" strokeWidth="5" />
        <path d="M146 34 V104 M164 34 V104 M182 34 V104 M200 34 V104 M218 34 V104 M236 34 V104 M254 34 V104 M128 52 H272 M128 70 H272 M128 88 H272" opacity="0.35" strokeWidth="1.5" />
        <path d="M92 104 L40 160 H360 L308 104" opacity="0.7" />
      </g>
      <ellipse cx="204" cy="199" rx="24" ry="5" opacity="0.35" />
      <circle cx="200" cy="184" r="17" fill="var(--mq-scene-light)" />
      <path d="M200 176 l8 6 -3 9 h-10 l-3 -9 Z" fill="var(--mq-scene-sky)" />
    </>
  );
}

function Scarves() {
  const fans = Array.from({ length: 9 }, (_, fan) => fan);
  return (
    <>
      <rect width="400" height="220" fill="var(--mq-scene-far)" />
      {fans.map((fan) => {
        const x = fan * 50 - 4;
        const y = 92 + (fan % 3) * 16;
        return (
          <g key={fan}>
            <path d={`M${String(x - 20)} ${String(y - 44)} Q${String(x)} ${String(y - 30)} ${String(x + 20)} ${String(y - 44)} v15 Q${String(x)} ${String(y - 15)} ${String(x - 20)} ${String(y - 29)} Z`} fill={fan % 2 ? "var(--mq-scene-light)" : "var(--mq-scene-scarf)"} />
            <path d={`M${String(x - 20)} ${String(y - 32)} L${String(x - 12)} ${String(y + 34)} M${String(x + 20)} ${String(y - 32)} L${String(x + 12)} ${String(y + 34)}`} stroke="var(--mq-scene-sky)" strokeWidth="8" />
            <circle cx={x} cy={y} r="15" fill="var(--mq-scene-sky)" />
            <path d={`M${String(x - 24)} 220 V${String(y + 38)} Q${String(x)} ${String(y + 8)} ${String(x + 24)} ${String(y + 38)} V220 Z`} fill="var(--mq-scene-sky)" />
          </g>
        );
      })}
    </>
  );
}

export const SCENES = [
  { name: "Under the lights", Scene: Stand },
  { name: "Eleven metres", Scene: Spot },
  { name: "The away end", Scene: Scarves },
] as const;
