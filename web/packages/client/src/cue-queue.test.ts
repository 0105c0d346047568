// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, test } from "vitest";

import { CueQueue } from "./cue-queue.ts";
import { FakePicture, FakePlatform, slate } from "./fake-platform.ts";

let platform: FakePlatform;
let picture: FakePicture;
let dismissed: Set<string>;
let changes: number;

function makeQueue(clock: FakePicture | undefined = picture): CueQueue {
  return new CueQueue(platform, clock, (cue) => dismissed.has(cue), () => (changes += 1));
}
/** The ids on screen. */
const shown = (queue: CueQueue) => [...queue.view().cues.values()].map(({ cue }) => cue.id).sort();
const at = (media_time: string) => ({ media_time: `2026-06-11T${media_time}Z` });
const play = (time: string, rate = 1) => picture.play(`2026-06-11T${time}Z`, rate);

beforeEach(() => {
  platform = new FakePlatform();
  picture = new FakePicture(platform);
  dismissed = new Set();
  changes = 0;
});

describe("a slate with a place in the picture", () => {
  test("is held until the picture has reached it, and shown then without being asked", async () => {
    play("18:59:50");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:00")));
    expect([shown(queue), queue.view().held, queue.view().context]).toEqual([[], 1, {}]);
    await platform.pass(9_999);
    expect(shown(queue)).toEqual([]);
    await platform.pass(1);
    expect([shown(queue), queue.view().held, queue.view().context]).toEqual([["GENERAL1"], 0, { MATCH_EVENT: "M1" }]);
    expect(queue.view().cues.get("GENERAL")).toMatchObject({ seq: 1, event: "1", revealedAt: platform.now() });
  });

  test("waits while nobody knows where the picture is", async () => {
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("18:00:00")));
    await platform.pass(30_000);
    expect(queue.view().held).toBe(1);
    play("18:00:01");
    await platform.pass(1_000);
    expect(shown(queue)).toEqual(["GENERAL1"]);
  });

  test("stays on screen when the picture is lost sight of", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:00")));
    picture.now = () => null;
    await platform.pass(5_000);
    expect(shown(queue)).toEqual(["GENERAL1"]);
  });

  test("waits as long as the picture stands, and is reached sooner when it runs", async () => {
    play("18:59:50", 0);
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:00")));
    await platform.pass(60_000);
    expect(shown(queue)).toEqual([]);
    play("18:59:50", 2);
    queue.refresh();
    await platform.pass(5_000);
    expect(shown(queue)).toEqual(["GENERAL1"]);
  });

  test("is shown at once where there is no clock", () => {
    const queue = new CueQueue(platform, undefined, () => false, () => {});
    queue.add(slate(1, ["GENERAL"], at("23:00:00")));
    expect([shown(queue), queue.view().held]).toEqual([["GENERAL1"], 0]);
  });

  test("expires by the picture: for one who is behind, not before they could see it", async () => {
    play("18:59:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:00")));
    await platform.pass(605_000);
    expect(shown(queue), "the wall clock says that it expired").toEqual(["GENERAL1"]);
    await platform.pass(54_999);
    expect(shown(queue)).toEqual(["GENERAL1"]);
    await platform.pass(1);
    expect(shown(queue)).toEqual([]);
  });
});

test("when the picture dies, what is on screen and what waits for it go two minutes after their time", async () => {
  play("19:00:00", 0);
  const queue = makeQueue();
  queue.add(slate(1, ["GENERAL"], at("19:00:00")));
  queue.add(slate(2, ["PLAYER"], at("19:00:10")));
  await platform.pass(719_000);
  expect([shown(queue), queue.view().held]).toEqual([["GENERAL1"], 1]);
  await platform.pass(1_000);
  expect([shown(queue), queue.view().held]).toEqual([[], 0]);
});

test("a slate without a place in the picture is shown at once, and expires by the wall clock", async () => {
  const queue = makeQueue();
  queue.add(slate(1));
  expect(shown(queue)).toEqual(["GENERAL1"]);
  await platform.pass(599_999);
  expect(shown(queue)).toEqual(["GENERAL1"]);
  await platform.pass(1);
  expect(shown(queue)).toEqual([]);
});

describe("one slate supersedes another", () => {
  test("slot by slot, and only once it is revealed", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL", "PLAYER"], at("18:59:00")));
    queue.add(slate(2, ["GENERAL"], at("19:00:10")));
    expect(shown(queue)).toEqual(["GENERAL1", "PLAYER1"]);
    await platform.pass(10_000);
    expect(shown(queue)).toEqual(["GENERAL2", "PLAYER1"]);
  });

  test("in the picture's order, whatever the order they came in", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:20")));
    queue.add(slate(2, ["GENERAL"], at("19:00:10")));
    await platform.pass(10_000);
    expect(shown(queue)).toEqual(["GENERAL2"]);
    await platform.pass(10_000);
    expect([shown(queue), queue.view().context]).toEqual([["GENERAL1"], { MATCH_EVENT: "M1" }]);
    queue.add(slate(3, ["GENERAL"], at("19:00:15")));
    expect(shown(queue), "a late entry about an earlier moment").toEqual(["GENERAL1"]);
  });

  test("by number, where they have the same place or none", () => {
    const queue = makeQueue();
    queue.add(slate(1));
    queue.add(slate(2));
    expect(shown(queue)).toEqual(["GENERAL2"]);
    play("19:00:00");
    queue.add(slate(3, ["GENERAL"], at("19:00:00")));
    queue.add(slate(4, ["GENERAL"], at("19:00:00")));
    queue.add(slate(5));
    expect(shown(queue)).toEqual(["GENERAL5"]);
  });

  test("also one that came at once, when a moment is told a little late", () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1));
    queue.add(slate(2, ["GENERAL"], at("18:59:57")));
    expect(shown(queue)).toEqual(["GENERAL2"]);
  });
});

describe("a seek", () => {
  test("back takes away what the picture has not reached any more, and shows what was there", async () => {
    play("19:00:30");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:00:00")));
    queue.add(slate(2, ["GENERAL"], at("19:00:20")));
    expect(shown(queue)).toEqual(["GENERAL2"]);
    play("19:00:10");
    queue.refresh();
    expect([shown(queue), queue.view().held]).toEqual([["GENERAL1"], 1]);
    await platform.pass(10_000);
    expect(shown(queue)).toEqual(["GENERAL2"]);
  });

  test("that nobody tells of is noticed within a second", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("19:05:00")));
    play("19:06:00");
    await platform.pass(1_000);
    expect(shown(queue)).toEqual(["GENERAL1"]);
  });
});

describe("a retraction", () => {
  test("takes cues away, shown or held, and nothing older takes their place", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL", "PLAYER"], at("18:59:00")));
    queue.add(slate(2, ["GENERAL", "PLAYER"], at("19:00:00")));
    queue.add(slate(3, ["GENERAL"], at("19:00:10")));
    queue.retract(["GENERAL2", "GENERAL3", "unheard of"]);
    expect([shown(queue), queue.view().held]).toEqual([["PLAYER2"], 0]);
    await platform.pass(10_000);
    expect(shown(queue)).toEqual(["PLAYER2"]);
  });
});

test("a dismissed cue is shown no more, and its slot is free for the next", () => {
  const queue = makeQueue();
  queue.add(slate(1, ["GENERAL", "PLAYER"]));
  dismissed.add("GENERAL1");
  queue.refresh();
  expect(shown(queue)).toEqual(["PLAYER1"]);
  queue.add(slate(1, ["GENERAL", "PLAYER"]));
  expect(shown(queue)).toEqual(["PLAYER1"]);
  queue.add(slate(2));
  expect(shown(queue)).toEqual(["GENERAL2", "PLAYER1"]);
});

describe("lost continuity", () => {
  test("forgets what is shown and held, once there is something else", () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL", "PLAYER"]));
    queue.add(slate(2, ["GENERAL"], at("19:00:10")));
    queue.forget();
    expect(shown(queue), "no flicker").toEqual(["GENERAL1", "PLAYER1"]);
    queue.add(slate(3));
    expect([shown(queue), queue.view().held]).toEqual([["GENERAL3"], 0]);
  });

  test("or after a second at the latest", async () => {
    const queue = makeQueue();
    queue.add(slate(1));
    queue.forget();
    expect([shown(queue), queue.oldest()]).toEqual([["GENERAL1"], Infinity]);
    await platform.pass(1_000);
    expect(shown(queue)).toEqual([]);
  });

  test("leaves nothing behind that what follows is measured by", () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(9, ["GENERAL"], at("19:00:00")));
    queue.forget();
    queue.add(slate(1));
    queue.add(slate(2, ["GENERAL"], at("18:59:00")));
    expect(shown(queue)).toEqual(["GENERAL2"]);
  });

  test("does not touch a cue that comes again: it is the same object", () => {
    const queue = makeQueue();
    queue.add(slate(1));
    const before = queue.view().cues.get("GENERAL");
    queue.forget();
    queue.add(slate(1));
    expect(queue.view().cues.get("GENERAL")).toBe(before);
  });
});

describe("the context", () => {
  test("is of the moment furthest on that the picture has reached, also when its cues have expired", async () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("18:59:00")));
    queue.add(slate(2, ["GENERAL"], { ...at("19:30:00"), expires_at: "2026-06-11T19:40:00Z" }));
    await platform.pass(1_200_000);
    expect([shown(queue), queue.view().held, queue.view().context]).toEqual([[], 1, { MATCH_EVENT: "M1" }]);
  });

  test("tells nothing of what a seek back has put ahead", () => {
    play("19:00:00");
    const queue = makeQueue();
    queue.add(slate(1, ["GENERAL"], at("18:59:00")));
    play("18:58:00");
    queue.refresh();
    expect(queue.view().context).toEqual({});
  });
});

test("whatever way the viewer seeks, they see what one sees who has just come", () => {
  let seed = 1;
  const below = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const time = (seconds: number) => new Date(Date.parse("2026-06-11T19:00:00Z") + seconds * 1_000).toISOString();
  for (let round = 0; round < 200; ++round) {
    const slates = Array.from({ length: 12 }, (_, i) => slate(i + 1, [["A"], ["B"], ["A", "B"]][below(3)], { media_time: time(below(60)) }));
    const seeking = makeQueue();
    for (const each of slates) {
      picture.play(time(below(60)), 0);
      seeking.add(each);
    }
    for (let seek = 0; seek < 5; ++seek) {
      picture.play(time(below(60)), 0);
      seeking.refresh();
      const coming = makeQueue();
      for (const each of slates) coming.add(each);
      expect([shown(seeking), seeking.view().held, seeking.view().context]).toEqual([shown(coming), coming.view().held, coming.view().context]);
    }
  }
});

test("it says so when something changes, and only then", async () => {
  play("19:00:00");
  const queue = makeQueue();
  queue.add(slate(1, ["GENERAL"], at("19:00:00")));
  const view = queue.view();
  expect(changes).toBe(1);
  await platform.pass(60_000);
  queue.refresh();
  queue.retract(["unheard of"]);
  expect(changes).toBe(1);
  expect(queue.view()).toBe(view);
});

test("it knows the oldest slate that is still needed", async () => {
  play("19:00:00");
  const queue = makeQueue();
  expect(queue.oldest()).toBe(Infinity);
  queue.add(slate(3, ["GENERAL", "PLAYER"], at("18:59:00")));
  queue.add(slate(4, ["GENERAL"], at("18:59:30")));
  queue.add(slate(5, ["PLAYER"], at("19:00:10")));
  expect(queue.oldest(), "its PLAYER is on screen").toBe(3);
  await platform.pass(10_000);
  expect(queue.oldest()).toBe(4);
});

test("it keeps a bounded number of slates, the newest", () => {
  play("18:00:00");
  const queue = makeQueue();
  for (let seq = 1; seq <= 1_000; ++seq) queue.add(slate(seq, ["GENERAL"], at("19:00:00")));
  expect([queue.view().held, queue.oldest()]).toEqual([64, 937]);
});
