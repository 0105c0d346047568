// SPDX-License-Identifier: Apache-2.0
import "@matchcue/ui/page.css";
import "./slots.css";
import "./home.css";

import { createRoot } from "react-dom/client";

import { memoryOf, readTheme, readVisit, rememberDelay, rememberTheme } from "./address.ts";
import { App } from "./app.tsx";
import { begin, startPage } from "./start.ts";

const root = document.getElementById("home");
if (!root) throw new Error("the page has no #home");
const memory = memoryOf(window);
const address = "/config.json";
const visit = readVisit(location.search, memory);
const theme = readTheme(memory, matchMedia("(prefers-color-scheme: light)").matches);
// Before the first paint, or a light page would begin with a dark flash.
document.documentElement.dataset["theme"] = theme;
createRoot(root).render(
  <App
    start={startPage(address, (config) => begin(address, config, visit))}
    visit={visit}
    firstTheme={theme}
    locale={navigator.language}
    onDelay={(seconds) => rememberDelay(memory, window, visit.viewer, seconds)}
    onTheme={(chosen) => rememberTheme(memory, chosen)}
  />,
);
