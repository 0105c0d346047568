// SPDX-License-Identifier: Apache-2.0
//
// How many bytes the viewer SDK costs a viewer: client and protocol in one minified file, and the hls.js clock beside it.
//
//   node bench/sdk-size.mjs
import path from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "vite";

const BAR_BYTES = 15_000;
const packages = path.resolve(import.meta.dirname, "../packages");

async function bundle(code) {
  const entry = "virtual:sdk";
  const result = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { alias: { "@matchcue/client": path.join(packages, "client/src"), "@matchcue/protocol": path.join(packages, "protocol/src") } },
    plugins: [{ name: "entry", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) }],
    build: { write: false, target: "es2022", minify: true, rollupOptions: { input: entry, preserveEntrySignatures: "strict" } },
  });
  return Buffer.from(result.output.map((part) => part.code ?? part.source).join(""));
}

const sdk = await bundle(`export { connect } from "@matchcue/client/client.ts"; export { hlsClock } from "@matchcue/client/hls-clock.ts";`);
if (!sdk.includes("interaction")) throw new Error("the bundle does not hold the SDK");
const gzipped = gzipSync(sdk, { level: 9 }).length;
console.log(JSON.stringify({ what: "viewer SDK", bytes: sdk.length, gzipped_bytes: gzipped, bar_bytes: BAR_BYTES, ratio_to_bar: Number((gzipped / BAR_BYTES).toFixed(3)) }));
if (gzipped > BAR_BYTES) process.exitCode = 1;
