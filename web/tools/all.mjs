// SPDX-License-Identifier: Apache-2.0
//
// Builds every site: node tools/all.mjs [NAME...]
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

const web = path.resolve(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
for (const group of ["remotes", "apps"]) {
  for (const name of existsSync(path.join(web, group)) ? readdirSync(path.join(web, group)) : []) {
    const folder = path.join(web, group, name);
    if ((wanted.length && !wanted.includes(name)) || !existsSync(path.join(folder, "vite.config.ts"))) continue;
    console.log(`web: ${name}`);
    process.chdir(folder);
    await build({ root: folder, logLevel: "warn" });
  }
}
