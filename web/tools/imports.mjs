// SPDX-License-Identifier: Apache-2.0
//
// What ESLint does not see of the imports: relative ones that leave their package, and cycles of modules. As a program it
// checks web/ and says what is wrong.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const web = path.resolve(import.meta.dirname, "..");
const imports = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\sfrom\s+)?"([^"]+)"/g;

/** "packages/client" of "packages/client/src/client.ts". */
const packageOf = (file) => file.split("/").slice(0, 2).join("/");

/** The file that `name` means in `importer`, both relative to web/; null when it is somebody else's. Imports say file names whole. */
function resolve(importer, name) {
  if (name.startsWith(".")) return path.posix.normalize(path.posix.join(path.posix.dirname(importer), name));
  const [, folder, file] = /^@matchcue\/([^/]+)\/(.+)$/.exec(name) ?? [];
  return folder ? `packages/${folder}/src/${file}` : null;
}

/** A cycle through `file` as a path that ends where it begins, or null. `done` are files without any. */
function cycleFrom(file, importsOf, done, trail = []) {
  const seen = trail.indexOf(file);
  if (seen >= 0) return [...trail.slice(seen), file];
  if (done.has(file)) return null;
  for (const imported of importsOf.get(file) ?? []) {
    const cycle = cycleFrom(imported, importsOf, done, [...trail, file]);
    if (cycle) return cycle;
  }
  done.add(file);
  return null;
}

/** What is wrong with `sources`, texts by file relative to web/; a line each. Imports of types alone make no cycle. */
export function problems(sources) {
  const importsOf = new Map();
  const found = [];
  for (const [file, text] of sources) {
    const names = [...text.matchAll(imports)].map(([, name]) => name);
    importsOf.set(file, names.map((name) => resolve(file, name)).filter((imported) => sources.has(imported)));
    for (const name of names.filter((each) => each.startsWith("."))) {
      if (packageOf(resolve(file, name)) !== packageOf(file)) found.push(`${file} imports "${name}" of another package: import it by its name`);
    }
  }
  const done = new Set();
  for (const file of importsOf.keys()) {
    const cycle = cycleFrom(file, importsOf, done);
    if (cycle) return [...found, `a cycle: ${cycle.join(" -> ")}`];
  }
  return found;
}

function readSources() {
  const files = ["packages", "remotes", "apps"].flatMap((folder) =>
    readdirSync(path.join(web, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  const ours = files.filter((file) => /\/src\/.*\.tsx?$/.test(file) && !file.includes("node_modules"));
  return new Map(ours.map((file) => [file, readFileSync(path.join(web, file), "utf8")]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = readSources();
  const found = problems(sources);
  for (const line of found) console.error(line);
  console.log(`imports: ${sources.size} files, ${found.length} problems`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
