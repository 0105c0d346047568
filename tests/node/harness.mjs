// Starts the real program for tests in Node, and talks to it; tests/e2e/harness.py is the same in Python.
// MATCHCUE_BINARY names the program; without it, that of the release preset.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

import WebSocket from "ws";

const root = path.resolve(import.meta.dirname, "../..");
export const binary = process.env.MATCHCUE_BINARY ?? path.join(root, "build/release/matchcue");

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function isReady(api) {
  try {
    return (await fetch(`${api}/readyz`)).ok;
  } catch {
    return false;
  }
}

// One running `matchcue serve FLAGS`: `api` and `viewers` are its addresses, stop() ends it and removes its data.
export async function startServer(...flags) {
  const folder = await mkdtemp(path.join(tmpdir(), "matchcue-node-"));
  const [viewers, api] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  // Web sites have fixed ports, and are served where a test asks for them.
  const words = ["serve", "--listen", viewers, "--api", api, "--data-dir", path.join(folder, "data"), "--web", "off", ...flags];
  const child = spawn(binary, words, {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((done) => child.once("close", done));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 20_000;
  while (!(await isReady(`http://${api}`))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error("the server did not get ready");
    }
    await wait(20);
  }
  return { api: `http://${api}`, viewers: `ws://${viewers}`, stop };
}

// Runs another matchcue command against the server; its JSON answer, the last line where there are several.
export async function runCommand(server, ...words) {
  const { stdout } = await promisify(execFile)(binary, ["--json", "--server", server.api, ...words], { timeout: 60_000 });
  return stdout.trim() === "" ? null : JSON.parse(stdout.trim().split("\n").at(-1));
}

// An open connection of npm's ws, with receive(): the next message, or an error after ten seconds.
export async function connect(server, route, protocols = []) {
  const socket = new WebSocket(server.viewers + route, protocols, { perMessageDeflate: false });
  const messages = [];
  const waiting = [];
  socket.on("message", (data) => {
    const receiver = waiting.shift();
    receiver ? receiver(data.toString()) : messages.push(data.toString());
  });
  await new Promise((done, failed) => socket.once("open", done).once("error", failed));
  const receive = async () => {
    if (messages.length > 0) return messages.shift();
    const next = new Promise((done) => waiting.push(done));
    const late = wait(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error("no message in 10 s")));
    return Promise.race([next, late]);
  };
  return { socket, receive };
}
