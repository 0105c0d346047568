// The server against npm's ws: the sample route and the native protocol.
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { connect, runCommand, startServer } from "./harness.mjs";

const introduction = '{"action":"sendmessage","consumer_id":"1","device_id":"d1","content_id":"c1"}';
const success = '{"status": "success"}';
let server;
before(async () => {
  server = await startServer();
});
after(() => server?.stop());

test("the sample route answers as the sample does", async () => {
  const { socket, receive } = await connect(server, "/dev");
  socket.send(introduction);
  assert.equal(await receive(), success);
  socket.send('{"action":"other"}');
  assert.equal(await receive(), '"this is default route. please use right action key"');
  socket.terminate();
});

test("a fragmented message is one message", async () => {
  const { socket, receive } = await connect(server, "/dev");
  socket.send(introduction.slice(0, 20), { fin: false });
  socket.send(introduction.slice(20), { fin: true });
  assert.equal(await receive(), success);
  socket.terminate();
});

test("a ping is answered with its payload, a close with its code", async () => {
  const { socket } = await connect(server, "/dev");
  socket.ping("payload");
  assert.equal((await once(socket, "pong"))[0].toString(), "payload");
  socket.close(1000, "done");
  assert.equal((await once(socket, "close"))[0], 1000);
});

test("a native viewer is welcomed and gets a slate of their own", async () => {
  await runCommand(server, "event", "map", "channel-1", "final");
  await runCommand(server, "event", "set", "final", "MATCH_EVENT=GOAL", "MATCH_TIMING=INTERVAL");
  const { socket, receive } = await connect(server, "/v1/ws", ["matchcue.v1.json"]);
  assert.equal(socket.protocol, "matchcue.v1.json");
  socket.send(JSON.stringify({ t: "hello", viewer: "v1", content: "channel-1", device: "d1" }));
  const welcome = JSON.parse(await receive());
  assert.equal(welcome.t, "welcome");
  await runCommand(server, "event", "set", "final", "MATCH_TIMING=2ND_HALF");
  let slate = JSON.parse(await receive());
  while (slate.context?.MATCH_TIMING !== "2ND_HALF") slate = JSON.parse(await receive());
  assert.equal(slate.t, "slate");
  assert.ok(slate.seq > welcome.seq);
  assert.ok(slate.cues.length > 0);

  const cue = slate.cues[0].id;
  socket.send(JSON.stringify({ t: "interaction", id: "i1", cue, kind: "click", value: 1 }));
  assert.deepEqual(JSON.parse(await receive()), { t: "ack", id: "i1" });
  socket.terminate();
});
