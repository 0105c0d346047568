// SPDX-License-Identifier: Apache-2.0
import { remote } from "../../tools/site.ts";

export default remote("match", {
  "./Weather": "./src/weather.tsx",
  "./Prediction": "./src/prediction.tsx",
  "./Clips": "./src/clips.tsx",
  "./Gallery": "./src/gallery.tsx",
  "./Schedule": "./src/schedule.tsx",
  "./BestMoment": "./src/best-moment.tsx",
  "./Recommendation": "./src/recommendation.tsx",
});
