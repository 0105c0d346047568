"""What a match director's page lives on: a stream that tells what happens to a live event as it happens."""
import hashlib
import json
import pathlib
import tempfile
import threading
import time
import unittest

from harness import SAMPLE_STATE, Server, masked_frame

SOON_SECONDS = 1
PATH = "/v1/events/1/watch"


class Stream:
    """Reads a stream on a thread of its own; frames are kept with when they came."""

    def __init__(self, server, path=PATH, token=None):
        self.connection = server.open_http(server.api_port)
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        self.answer = self.connection.getresponse()
        self.frames, self.changed, self.ended = [], threading.Condition(), False
        self.thread = threading.Thread(target=self.read, daemon=True)
        if self.answer.status == 200:
            self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def read(self):
        frame = {}
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    frame[name] = value
                    continue
                with self.changed:
                    self.frames.append({**frame, "data": json.loads(frame["data"])})
                    self.changed.notify_all()
                frame = {}
        except (OSError, ValueError, AttributeError):
            pass  # it was closed
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def wait(self, kind, is_it, seconds=SOON_SECONDS):
        """The data of the first frame of this kind for which that holds."""
        find = lambda: next((frame["data"] for frame in self.frames if frame["event"] == kind and is_it(frame["data"])),
                            None)
        with self.changed:
            self.changed.wait_for(lambda: find() is not None or self.ended, seconds)
            found = find()
        assert found is not None, f"no such {kind} in {seconds} s: {[frame['event'] for frame in self.frames]}"
        return found

    def wait_for_end(self, seconds):
        data = self.wait("end", lambda data: True, seconds)
        with self.changed:
            assert self.changed.wait_for(lambda: self.ended, SOON_SECONDS), "it goes on after its end"
        return data["reason"]


def director(server):
    server.set_state("1", **SAMPLE_STATE)
    server.map_content("c1", "1")


class Watch(unittest.TestCase):
    def test_what_happens_is_seen_within_a_second(self):
        with Server() as server:
            director(server)
            with Stream(server) as stream:
                stream.wait("change", lambda change: change["kind"] == "state")
                stream.wait("view", lambda view: view["event"]["state"] == SAMPLE_STATE)
                moment = server.must("POST", "/v1/events/1/moments", {"state": {"MATCH_EVENT": "PENALTY"}})
                sequence = moment["event"]["sequence"]
                stream.wait("change", lambda change: change["sequence"] == sequence and change["kind"] == "moment")
                server.must("POST", f"/v1/events/1/moments/{sequence}/corrections",
                            {"state": {"MATCH_EVENT": "GOAL"}, "reason": "VAR"})
                stream.wait("change", lambda change: change["corrects"] == sequence and change["reason"] == "VAR")
                server.must("PUT", "/v1/events/1/overrides/ITEM_ID_1", {"action": "pin", "reason": "sponsor"})
                pin = {"action": "pin", "item": "ITEM_ID_1"}
                stream.wait("change", lambda change: change["override"] == pin)
                stream.wait("view", lambda view: view["event"]["overrides"] == [pin])
                sequences = [frame["data"]["sequence"] for frame in stream.frames if frame["event"] == "change"]
                self.assertEqual(sequences, sorted(set(sequences)))
                listed = server.must("GET", "/v1/events/1/changes")["changes"]
                self.assertEqual([frame["data"] for frame in stream.frames if frame["event"] == "change"], listed)
                self.assertEqual([frame["id"] for frame in stream.frames if frame["event"] == "change"],
                                 [str(change["sequence"]) for change in listed])

    def test_the_audience_is_in_the_view_with_how_the_pushes_went(self):
        with Server() as server:
            director(server)
            with Stream(server) as stream, server.raw_upgrade("/v1/ws") as viewer:
                viewer.sendall(masked_frame(0x81, b'{"t":"hello","viewer":"1","content":"c1"}'))
                stream.wait("view", lambda view: view["audience"]["connections"] == 1)
                sequence = server.must("POST", "/v1/events/1/moments", {})["event"]["sequence"]
                view = stream.wait("view", lambda view: view["audience"]["pushes"])
                [push] = view["audience"]["pushes"]
                self.assertEqual((push["sequence"], push["viewers"]), (sequence, 1))
                self.assertGreater(push["ms"], 0)
                self.assertTrue(view["audience"]["on_screen"])

    def test_it_ends_at_once_and_says_so_when_the_server_stops(self):
        with Server() as server:
            director(server)
            with Stream(server) as stream:
                stream.wait("view", lambda view: True)
                begin = time.monotonic()
                self.assertEqual(server.stop(), 0)
                self.assertLess(time.monotonic() - begin, 5)
                self.assertEqual(stream.wait_for_end(SOON_SECONDS), "stopping")

    def test_it_needs_a_token_where_tokens_are_and_ends_with_it(self):
        with tempfile.TemporaryDirectory() as folder:
            tokens = pathlib.Path(folder) / "tokens"
            line = lambda name, scopes, token: f"{name} {scopes} {hashlib.sha256(token.encode()).hexdigest()}\n"
            boss = line("boss", "admin", "boss-secret")
            tokens.write_text(boss)
            tokens.chmod(0o600)
            with Server("--set", f"api.token_file={tokens}") as server:
                server.must = lambda method, path, body=None: server.http(
                    method, path, body, headers={"Authorization": "Bearer boss-secret"})[1]
                server.must("PATCH", "/v1/events/1", {"state": SAMPLE_STATE})
                for token in (None, "wrong"):
                    with Stream(server, token=token) as refused:
                        self.assertEqual(refused.answer.status, 401)
                tokens.write_text(boss + line("director", "read", "secret"))
                deadline = time.monotonic() + 5
                while server.http("GET", "/v1/events/1", headers={"Authorization": "Bearer secret"})[0] != 200:
                    self.assertLess(time.monotonic(), deadline)
                with Stream(server, token="secret") as stream:
                    stream.wait("view", lambda view: True)
                    tokens.write_text(boss)
                    self.assertEqual(stream.wait_for_end(2), "token_unknown")


class Viewer:
    """Somebody with a screen: what it shows, by slot."""

    def __init__(self, server, name, device="phone"):
        self.raw = server.raw_upgrade("/v1/ws")
        self.raw.settimeout(SOON_SECONDS)
        self.screen, self.retracted = {}, []
        self.say({"t": "hello", "viewer": name, "content": "c1", "device": device})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.close()

    def say(self, frame):
        payload = json.dumps(frame).encode()
        head = bytes([0x81, 0x80 | min(len(payload), 126)])
        length = len(payload).to_bytes(2, "big") if len(payload) >= 126 else b""
        self.raw.sendall(head + length + bytes(4) + payload)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            more = self.raw.recv(count - len(data))
            assert more, "the connection ended"
            data += more
        return data

    def take(self):
        """The next frame, after which the screen is as it says."""
        first, length = self.exactly(2)
        if length == 126:
            length = int.from_bytes(self.exactly(2), "big")
        frame = json.loads(self.exactly(length)) if first == 0x81 else {"t": self.exactly(length)}
        if frame["t"] == "slate":
            self.screen = {cue["slot"]: cue for cue in frame["cues"]}
        elif frame["t"] == "retract":
            self.retracted += frame["cues"]
            self.screen = {slot: cue for slot, cue in self.screen.items() if cue["id"] not in frame["cues"]}
        return frame

    def until(self, kind):
        while (frame := self.take())["t"] != kind:
            pass
        return frame

    def items(self):
        return {slot: cue["item"] for slot, cue in self.screen.items()}


class Screens(unittest.TestCase):
    """What an operator does, on the screens of those who watch; each read fails after a second."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__)
        self.server.start()
        director(self.server)
        items = self.server.must("GET", "/v1/items")["items"]
        self.labels = {item["id"]: item["label"] for item in items}
        self.general = [item["id"] for item in items if item["slot"] == "GENERAL" and item["min_age"] is None]
        self.server.must("POST", "/v1/events/1/moments", {})

    def override(self, item, action):
        return self.server.must("PUT", f"/v1/events/1/overrides/{item}", {"action": action})

    def test_a_blocked_item_leaves_the_screen_and_a_pinned_one_comes(self):
        with Viewer(self.server, "1") as viewer:
            viewer.until("slate")
            before, cue = viewer.items(), viewer.screen["GENERAL"]
            with_general = lambda item: {**before, "GENERAL": item}
            self.override(cue["item"], "block")
            viewer.until("slate")
            self.assertIn(cue["id"], viewer.retracted)
            second = viewer.items()["GENERAL"]
            self.assertNotEqual(second, cue["item"])
            self.assertEqual(viewer.items(), with_general(second))
            other = next(item for item in self.general if item not in (cue["item"], second))
            self.override(other, "pin")
            slate = viewer.until("slate")
            self.assertEqual(viewer.items(), with_general(other))
            decision = self.server.must("GET", f"/v1/decisions/{slate['decision']}")
            [choice] = [choice for choice in decision["choices"] if choice["slot"] == "GENERAL"]
            self.assertEqual((choice["item"], choice["propensity"]), (other, 1))
            self.assertTrue(decision["identical"])
            self.override(other, "release")
            viewer.until("slate")
            self.assertEqual(viewer.items(), with_general(second))

    def test_what_was_dismissed_stays_away_and_the_look_up_says_so(self):
        with Viewer(self.server, "1") as viewer:
            viewer.until("slate")
            cue, before = viewer.screen["GENERAL"], viewer.items()
            for number, kind in enumerate(("impression", "dismiss")):
                viewer.say({"t": "interaction", "id": f"i{number}", "cue": cue["id"], "kind": kind})
                viewer.until("ack")
        with Viewer(self.server, "1") as reloaded:
            reloaded.until("slate")
            self.assertEqual({**reloaded.items(), "GENERAL": cue["item"]}, before)
            self.assertNotIn("GENERAL", reloaded.screen)
        slates = self.server.must("GET", "/v1/viewers/1")["slates"]
        [shown] = [each for each in slates[-1]["cues"] if each["cue"] == cue["id"]]
        self.assertEqual((shown["item"], shown["label"], shown["acts"]),
                         (cue["item"], self.labels[cue["item"]], ["impression", "dismiss"]))
        self.assertTrue(self.server.must("GET", f"/v1/decisions/{slates[-1]['decision']}")["slots"])


if __name__ == "__main__":
    unittest.main()
