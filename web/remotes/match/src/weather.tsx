// SPDX-License-Identifier: Apache-2.0
//
// The weather where the match is played. The venue is the moment's; the numbers are placeholders.

import { useState } from "react";

import type { CueProps } from "@matchcue/remote-kit/contract.ts";
import { momentOf } from "@matchcue/remote-kit/moment.ts";
import { cueModule } from "@matchcue/remote-kit/react.tsx";
import { Button } from "@matchcue/ui/button.tsx";
import { Card } from "@matchcue/ui/card.tsx";
import { PlaceholderNote, Stat } from "@matchcue/ui/parts.tsx";
import { cardStyles } from "@matchcue/ui/styles.ts";

import css from "./weather.css?inline";

interface Weather {
  readonly sky: "sun" | "cloud" | "rain";
  readonly words: string;
  readonly celsius: number;
  /** km/h */
  readonly wind: number;
  /** Chance of rain, 0 to 1. */
  readonly rain: number;
}

const BY_COUNTRY: Readonly<Record<string, Weather>> = {
  Netherlands: { sky: "rain", words: "Showers off the sea", celsius: 14, wind: 29, rain: 0.7 },
  France: { sky: "sun", words: "A clear evening", celsius: 23, wind: 8, rain: 0.05 },
  Argentina: { sky: "cloud", words: "Clouds, and dry", celsius: 18, wind: 14, rain: 0.2 },
};
const ELSEWHERE: Weather = { sky: "cloud", words: "Some clouds", celsius: 17, wind: 12, rain: 0.2 };

function Sky({ sky }: { readonly sky: Weather["sky"] }) {
  return (
    <svg className="weather__sky" viewBox="0 0 160 100" preserveAspectRatio="xMaxYMin slice" aria-hidden="true">
      <circle cx="124" cy="32" r="22" className="weather__sun" />
      {sky === "sun" && <circle cx="124" cy="32" r="34" className="weather__halo" />}
      {sky !== "sun" && (
        <path d="M82 66 a13 13 0 0 1 3 -26 a19 19 0 0 1 36 -3 a15 15 0 0 1 20 14 a9 9 0 0 1 -1 15 Z" className="weather__cloud" />
      )}
      {sky === "rain" && <path d="M94 72 l-4 12 M108 72 l-4 12 M122 72 l-4 12 M136 72 l-4 12" className="weather__rain" />}
    </svg>
  );
}

function WeatherReport({ cue, context, actions, locale }: CueProps) {
  const [fahrenheit, setFahrenheit] = useState(false);
  const { venue, country, phase } = momentOf(context);
  const { sky, words, celsius, wind, rain } = BY_COUNTRY[country] ?? ELSEWHERE;
  const degrees = fahrenheit ? Math.round((celsius * 9) / 5 + 32) : celsius;
  return (
    <Card slot={cue.slot} kicker={phase === "before" ? "At kick-off" : "At the ground"} title={venue || "Where they play"} look="weather" art={<Sky sky={sky} />}>
      <div className="weather__now" role="status">
        <span className="weather__degrees mq-number">
          {degrees}
          <sup>{fahrenheit ? "°F" : "°C"}</sup>
        </span>
        <span className="mq-strong">{words}</span>
      </div>
      <div className="weather__row">
        <Stat value={`${String(wind)} km/h`} label="wind" />
        <Stat value={new Intl.NumberFormat(locale, { style: "percent" }).format(rain)} label="chance of rain" />
        <Button
          tone="quiet"
          onPress={() => {
            setFahrenheit(!fahrenheit);
            actions.click();
          }}
        >
          {fahrenheit ? "In °C" : "In °F"}
        </Button>
      </div>
      <PlaceholderNote>your weather service.</PlaceholderNote>
    </Card>
  );
}

export const { contract, mount } = cueModule(WeatherReport, cardStyles(css));
