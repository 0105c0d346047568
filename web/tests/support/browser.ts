// SPDX-License-Identifier: Apache-2.0
//
// Debian's Chromium, headless, with nothing of its own on the network.

import { chromium, type Browser } from "playwright-core";

export function startBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...more],
  });
}
