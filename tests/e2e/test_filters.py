"""Filters, from the command line to a viewer's socket and back out of the log."""
import asyncio
import json
import subprocess
import unittest

from harness import BINARY, ENVIRONMENT, Server

# Beside the sample's items, in slots of their own.
ITEMS = {"bet": ("CORNER", 1), "quiz": ("CORNER", 2), "trivia": ("CORNER", 3), "messi": ("STAR", 4)}


class Filters(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        for item, (kind, rate) in ITEMS.items():
            cls.server.must("PUT", f"/v1/items/{item}",
                            {"ITEM_TYPE": kind, "ITEM_LABEL": item.upper(), "FIFA_OVR_RATE": rate})
        cls.server.must("PUT", "/v1/viewers/kid", {"AGE": 12})
        cls.server.map_content("c1", "1")

    def command(self, *words):
        return self.server.command("filter", *words)

    def error_of(self, *words):
        result = subprocess.run(
            [BINARY, "--server", f"http://127.0.0.1:{self.server.api_port}", *words],
            capture_output=True, text=True, timeout=60, cwd=self.server.folder.name, env=ENVIRONMENT)
        return result.returncode, result.stderr

    def test_a_mistake_is_shown_with_its_column(self):
        code, message = self.error_of("filter", "put", "wrong", 'EXCLUDE ItemID WHERE Items.ITEM_LABLE IN ("BET")')
        self.assertEqual(code, 4)
        self.assertIn('column 28: Items has no column "ITEM_LABLE"; did you mean ITEM_LABEL?\n', message)
        self.assertIn("\n" + " " * 29 + "^", message)
        self.assertEqual(self.error_of("filter", "show", "wrong")[0], 5)

    def test_kept_tried_previewed_and_deleted(self):
        expression = 'INCLUDE ItemID WHERE Items.FIFA_OVR_RATE <= $RATE'
        self.assertEqual(self.command("put", "cheap", expression)["expression"], expression)
        self.assertIn("cheap", [one["name"] for one in self.command("list")["filters"]])
        outcome = self.command("test", "cheap", "--value", "RATE=2")
        self.assertEqual((outcome["passed"], outcome["personal"]), (["bet", "quiz"], False))
        preview = self.server.command("recommend", "kid", "--filter", "cheap", "--filter-value", "RATE=1")
        chosen = {slot["slot"]: slot["chosen"] for slot in preview["slots"]}
        self.assertEqual((chosen["CORNER"], chosen["STAR"], chosen["SOCIAL"]), ("bet", None, None))
        code, message = self.error_of("recommend", "kid", "--filter", "cheap")
        self.assertEqual(code, 4)
        self.assertIn("$RATE has no value", message)
        self.assertEqual(self.command("delete", "cheap")["name"], "cheap")
        self.assertEqual(self.error_of("filter", "delete", "cheap")[0], 5)

    async def test_in_force_on_the_screen_and_in_the_record(self):
        self.command("put", "young", 'EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ($L) IF CurrentUser.AGE < 18')
        self.command("put", "seen", 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)')
        event = await asyncio.to_thread(self.command, "use", "1", "young", "--value", 'L="BET","QUIZ"')
        self.assertEqual([one["filter"] for one in event["event"]["filters"]], ["young"])
        async with self.server.connect("/v1/ws", subprotocols=["matchcue.v1.json"]) as socket:
            async def frame():
                return json.loads(await asyncio.wait_for(socket.recv(), 10))
            await socket.send(json.dumps({"t": "hello", "viewer": "kid", "content": "c1", "device": "d"}))
            self.assertEqual((await frame())["t"], "welcome")
            slate = await frame()
            cues = {cue["slot"]: cue for cue in slate["cues"]}
            self.assertEqual(cues["CORNER"]["item"], "trivia")
            decisions = [slate["decision"]]
            await socket.send(json.dumps({"t": "interaction", "id": "1", "cue": cues["CORNER"]["id"],
                                          "kind": "click"}))
            self.assertEqual((await frame())["t"], "ack")
            self.assertEqual(self.error_of("filter", "delete", "young")[0], 6)
            await asyncio.to_thread(self.command, "use", "1", "seen")
            slate = await frame()
            shown = {cue["slot"]: cue["item"] for cue in slate["cues"]}
            self.assertEqual((shown.get("CORNER"), shown["STAR"]), (None, "messi"))
            decisions.append(slate["decision"])
        await asyncio.to_thread(self.command, "drop", "1", "young")
        await asyncio.to_thread(self.command, "drop", "1", "seen")
        self.server.kill()
        self.server.start()
        for decision, filters in zip(decisions, [["young"], ["seen", "young"]]):
            shown = self.server.command("decision", "show", decision)
            self.assertTrue(shown["identical"])
            self.assertEqual([one["filter"] for one in shown["filters"]], filters)
        self.assertEqual(shown["past"], [["trivia"]])
        kinds = [change["kind"] for change in self.server.must("GET", "/v1/events/1/changes")["changes"]]
        self.assertEqual(kinds, ["filter"] * 4)


if __name__ == "__main__":
    unittest.main()
