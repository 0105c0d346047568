// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { connectOn, type Client, type ConnectOptions } from "./client.ts";
import { FakePicture, FakePlatform, FakeStore, settle, slate, welcome } from "./fake-platform.ts";

let platform: FakePlatform;
let store: FakeStore;
let client: Client;

beforeEach(() => {
  platform = new FakePlatform();
  store = new FakeStore();
});
afterEach(() => client.close());

/** A page with a client on it. Calling it again is loading the page again. */
async function load(more: Partial<ConnectOptions> = {}): Promise<Client> {
  client = connectOn(platform, { url: "ws://127.0.0.1:8080/v1/ws", content: "c1", viewer: "v1", storage: store, ...more });
  await settle();
  platform.socket().open();
  return client;
}
const shown = () => [...client.snapshot().cues.values()].map(({ cue }) => cue.id);
const cueIn = (slot: string) => {
  const revealed = client.snapshot().cues.get(slot);
  if (!revealed) throw new Error(`nothing in ${slot}`);
  return revealed.cue;
};
const resumeOf = () => platform.socket().of("hello")[0]?.resume;

describe("the snapshot", () => {
  test("tells how it is, from the start", async () => {
    await load();
    expect(client.snapshot()).toEqual({ status: "connecting", trouble: null, cues: new Map(), context: {}, held: 0, unsent: 0, continuity: null });
    platform.socket().say(welcome());
    expect(client.snapshot()).toMatchObject({ status: "connected", continuity: "kept" });
    platform.socket().say(slate(1));
    expect(client.snapshot().cues.get("GENERAL")).toMatchObject({ seq: 1, decision: "d_1", context: { MATCH_EVENT: "M1" } });
  });

  test("is the same object until something changes, and listeners hear of each change", async () => {
    await load();
    let heard = 0;
    const stop = client.subscribe(() => (heard += 1));
    platform.socket().say(welcome());
    const { cues } = client.snapshot();
    const before = client.snapshot();
    platform.socket().say({ t: "ack", id: "unheard of" });
    client.clockChanged();
    expect([client.snapshot() === before, heard]).toEqual([true, 1]);
    platform.socket().end(1006);
    expect([client.snapshot().cues === cues, client.snapshot().trouble?.code, heard]).toEqual([true, "unreachable", 2]);
    stop();
    platform.socket().end(1006);
    expect(heard).toBe(2);
  });

  test("keeps what is on screen while the connection is away", async () => {
    await load();
    platform.socket().say(welcome());
    platform.socket().say(slate(1));
    platform.socket().end(1006);
    expect([client.snapshot().status, shown()]).toEqual(["waiting", ["GENERAL1"]]);
  });
});

describe("a page that is loaded again", () => {
  test("resumes before the oldest slate that is shown or held, so that all of them come again", async () => {
    const clock = new FakePicture(platform);
    clock.play("2026-06-11T19:00:00Z", 0);
    await load({ clock });
    expect(resumeOf()).toBeUndefined();
    platform.socket().say(welcome());
    platform.socket().say(slate(5, ["GENERAL"], { media_time: "2026-06-11T18:59:00Z" }));
    platform.socket().say(slate(6, ["GENERAL"], { media_time: "2026-06-11T19:00:30Z" }));
    client.close();
    await load({ clock });
    expect(resumeOf()).toEqual({ epoch: "k3", seq: 4 });
    clock.play("2026-06-11T19:01:00Z", 0);
    platform.socket().say(welcome({ seq: 4 }));
    platform.socket().say(slate(5, ["GENERAL"], { media_time: "2026-06-11T18:59:00Z" }));
    platform.socket().say(slate(6, ["GENERAL"], { media_time: "2026-06-11T19:00:30Z" }));
    client.close();
    await load({ clock });
    expect(resumeOf(), "5 is superseded").toEqual({ epoch: "k3", seq: 5 });
  });

  test("resumes after the last frame where nothing is on screen", async () => {
    await load();
    platform.socket().say(welcome({ seq: 8 }));
    platform.socket().say(slate(9));
    platform.socket().say({ t: "retract", seq: 10, cues: ["GENERAL9"], reason: "offside" });
    client.close();
    await load();
    expect(resumeOf()).toEqual({ epoch: "k3", seq: 10 });
  });

  test("does not show a cue that was dismissed, and did not forget to say so", async () => {
    await load();
    platform.socket().say(welcome());
    platform.socket().say(slate(1, ["GENERAL", "PLAYER"]));
    const cue = cueIn("GENERAL");
    client.dismiss(cue);
    client.dismiss(cue);
    expect(shown()).toEqual(["PLAYER1"]);
    expect(platform.socket().of("interaction")).toEqual([{ t: "interaction", id: "i-1", cue: "GENERAL1", kind: "dismiss" }]);
    client.close();
    await load();
    platform.socket().say(welcome());
    platform.socket().say(slate(1, ["GENERAL", "PLAYER"]));
    expect(shown()).toEqual(["PLAYER1"]);
    expect(platform.socket().of("interaction").map(({ id }) => id)).toEqual(["i-1"]);
    platform.socket().say({ t: "ack", id: "i-1" });
    expect(client.snapshot().unsent).toBe(0);
  });

  test("of another viewer knows nothing of this one", async () => {
    await load();
    platform.socket().say(welcome());
    platform.socket().say(slate(1));
    client.interact(cueIn("GENERAL"), "click");
    client.close();
    await load({ viewer: "v2" });
    platform.socket().say(welcome());
    expect([resumeOf(), platform.socket().of("interaction"), client.snapshot().unsent]).toEqual([undefined, [], 0]);
  });

  test("makes nothing of a storage that somebody broke", async () => {
    await load();
    platform.socket().say(welcome());
    client.close();
    for (const key of store.map.keys()) store.setItem(key, '{"epoch":5}');
    await load();
    expect(resumeOf()).toBeUndefined();
  });

  test("works without storage", async () => {
    await load({ storage: null });
    platform.socket().say(welcome());
    platform.socket().say(slate(1));
    client.dismiss(cueIn("GENERAL"));
    expect(shown()).toEqual([]);
  });
});

test("dismissals are bounded: the newest are kept", async () => {
  await load();
  platform.socket().say(welcome());
  for (let seq = 1; seq <= 201; ++seq) {
    platform.socket().say(slate(seq));
    client.dismiss(cueIn("GENERAL"));
  }
  client.close();
  await load();
  platform.socket().say(welcome());
  platform.socket().say(slate(201));
  expect(shown()).toEqual([]);
  platform.socket().say({ ...slate(202), cues: slate(1).cues });
  expect(shown()).toEqual(["GENERAL1"]);
});

test("lost continuity is said, and what follows is all there is", async () => {
  await load();
  platform.socket().say(welcome());
  platform.socket().say(slate(5, ["GENERAL", "PLAYER"]));
  platform.socket().end();
  await platform.pass(2_000);
  platform.socket().open().say(welcome({ epoch: "k4", seq: 1, continuity: "lost" }));
  platform.socket().say(slate(2));
  expect([client.snapshot().continuity, shown()]).toEqual(["lost", ["GENERAL2"]]);
});

test("an interaction that nobody answers ends the half-open connection, and goes over the next", async () => {
  await load();
  platform.socket().say(welcome());
  platform.socket().say(slate(1));
  client.interact(cueIn("GENERAL"), "click");
  await platform.pass(15_000);
  expect([client.snapshot().status, platform.socket().closedByUs]).toEqual(["waiting", true]);
  await platform.pass(2_000);
  platform.socket().open().say(welcome());
  expect(platform.socket().of("interaction").map(({ id }) => id)).toEqual(["i-1"]);
});

describe("the server is told where the picture is", () => {
  let clock: FakePicture;
  beforeEach(async () => {
    clock = new FakePicture(platform);
    await load({ clock });
    clock.play("2026-06-11T19:00:00Z");
    platform.socket().say(welcome());
  });
  const said = () => platform.socket().of("clock");

  test("when it welcomes, and every ten seconds", async () => {
    expect(said()).toEqual([{ t: "clock", pdt: "2026-06-11T19:00:00.000Z", rate: 1 }]);
    await platform.pass(30_000);
    expect(said().length).toBe(4);
  });

  test("on a seek, in words that it accepts", async () => {
    await platform.pass(1_000);
    clock.play("2026-06-11T18:00:00Z", 99);
    client.clockChanged();
    expect(said().at(-1)).toEqual({ t: "clock", pdt: "2026-06-11T18:00:00.000Z", rate: 16 });
  });

  test("not for each of a hundred small seeks, but of the last", async () => {
    await platform.pass(5_000);
    for (let i = 0; i < 100; ++i) {
      clock.play(new Date(Date.parse("2026-06-11T18:30:00Z") + i).toISOString(), 0);
      client.clockChanged();
      await platform.pass(10);
    }
    await platform.pass(500);
    expect(said().length).toBeLessThanOrEqual(5);
    expect(said().at(-1)?.pdt).toBe("2026-06-11T18:30:00.099Z");
  });

  test("and not when nobody knows", async () => {
    clock.now = () => null;
    await platform.pass(30_000);
    expect(said().length).toBe(1);
  });
});

test("after close() nothing happens any more", async () => {
  await load();
  platform.socket().say(welcome());
  platform.socket().say(slate(1));
  client.close();
  expect(platform.socket().closedByUs).toBe(true);
  await platform.pass(3_600_000);
  expect(platform.sockets.length).toBe(1);
  expect(client.snapshot().status).toBe("stopped");
});

test("what a page still says after close() sets nothing going again", async () => {
  const clock = new FakePicture(platform);
  clock.play("2026-06-11T19:00:00Z");
  await load({ clock });
  platform.socket().say(welcome());
  platform.socket().say(slate(1, ["GENERAL"], { media_time: "2026-06-11T19:00:00Z" }));
  platform.socket().say(slate(2, ["PLAYER"], { media_time: "2026-06-11T19:05:00Z" }));
  const cue = cueIn("GENERAL");
  client.close();
  client.clockChanged();
  client.dismiss(cue);
  expect([platform.timers(), shown()]).toEqual([0, []]);
});
