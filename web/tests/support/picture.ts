// SPDX-License-Identifier: Apache-2.0
//
// A live picture for tests: ffmpeg writes an HLS playlist with programme date times into a folder.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

export interface LivePicture {
  /** Holds live.m3u8. */
  readonly folder: string;
  stop(): Promise<void>;
}

export async function startPicture(): Promise<LivePicture> {
  const folder = await mkdtemp(path.join(tmpdir(), "matchcue-picture-"));
  const words =
    "-hide_banner -loglevel error -re -f lavfi -i testsrc2=size=320x180:rate=12 -c:v libx264 -preset ultrafast -tune zerolatency -g 12 " +
    "-f hls -hls_time 1 -hls_list_size 60 -hls_flags program_date_time+delete_segments+independent_segments live.m3u8";
  const child = spawn("ffmpeg", words.split(" "), { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((done) => child.once("close", done));
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 30_000;
  while (!existsSync(path.join(folder, "live.m3u8"))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error("ffmpeg made no picture");
    }
    await wait(50);
  }
  return { folder, stop };
}
