// SPDX-License-Identifier: Apache-2.0
import "@fontsource-variable/inter/wght.css";
import "@matchcue/ui/tokens.css";
import "../styles/base.css";
import "../styles/demo.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { AnnouncerProvider } from "../parts/announcer.tsx";
import { DemoPage } from "./demo-page.tsx";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <AnnouncerProvider>
        <DemoPage />
      </AnnouncerProvider>
    </StrictMode>,
  );
}
