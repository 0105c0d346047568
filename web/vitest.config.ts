// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: { include: ["packages/**/*.test.{ts,tsx}", "remotes/**/*.test.{ts,tsx}", "apps/**/*.test.{ts,tsx}", "tests/**/*.test.ts", "tools/*.test.mjs"], environment: "happy-dom", testTimeout: 30_000 },
});
