"""The server against a WebSocket client that others wrote (python3-websockets), and against bytes that none would send."""
import asyncio
import json
import unittest

import websockets

from harness import SAMPLE_STATE, Server, masked_frame, read_close_code

SUCCESS = '{"status": "success"}'
DEFAULT = '"this is default route. please use right action key"'
INTRODUCTION = '{"action":"sendmessage","consumer_id":"1","device_id":"d1","content_id":"c1"}'


class WebSocketCrosscheck(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.start()

    async def exchange(self, socket, message):
        await socket.send(message)
        return await asyncio.wait_for(socket.recv(), 10)

    async def test_the_sample_route_answers_as_the_sample_does(self):
        async with self.server.connect("/dev") as socket:
            self.assertEqual(await self.exchange(socket, INTRODUCTION), SUCCESS)
            self.assertEqual(await self.exchange(socket, "hello"), DEFAULT)
            failure = json.loads(await self.exchange(socket, '{"action":"sendmessage","consumer_id":"1"}'))
            self.assertEqual(failure["message"], "Internal server error")
            self.assertEqual(sorted(failure), ["connectionId", "message", "requestId"])
            self.assertEqual(await self.exchange(socket, INTRODUCTION), SUCCESS)

    async def test_a_fragmented_message_is_one_message(self):
        async with self.server.connect("/dev") as socket:
            self.assertEqual(await self.exchange(socket, [INTRODUCTION[:9], "", INTRODUCTION[9:]]), SUCCESS)

    async def test_a_ping_is_answered(self):
        async with self.server.connect("/dev") as socket:
            await asyncio.wait_for(await socket.ping(b"payload"), 10)

    async def test_a_close_is_echoed(self):
        async with self.server.connect("/dev") as socket:
            await socket.close(1000, "done")
        self.assertEqual((socket.close_code, socket.close_reason), (1000, "done"))

    async def test_a_message_over_the_limit_closes_with_1009(self):
        async with self.server.connect("/dev") as socket:
            with self.assertRaises(websockets.ConnectionClosed):
                await socket.send("x" * 200_000)
                await asyncio.wait_for(socket.recv(), 10)
        self.assertEqual(socket.close_code, 1009)

    async def test_another_path_is_refused(self):
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            async with self.server.connect("/production"):
                pass
        self.assertEqual(refused.exception.status_code, 403)

    async def test_the_native_subprotocol_is_echoed_and_unknown_content_is_named(self):
        async with self.server.connect("/v1/ws", subprotocols=["matchcue.v1.json"]) as socket:
            self.assertEqual(socket.subprotocol, "matchcue.v1.json")
            answer = json.loads(await self.exchange(socket, '{"t":"hello","viewer":"v1","content":"nowhere"}'))
            self.assertEqual((answer["t"], answer["code"]), ("error", "unknown_content"))

    async def test_a_change_reaches_the_viewers_of_the_sample_route(self):
        self.server.set_state("1", **SAMPLE_STATE)
        async with self.server.connect("/dev") as socket:
            self.assertEqual(await self.exchange(socket, INTRODUCTION), SUCCESS)
            self.server.set_state("1", MATCH_TIMING="2ND_HALF")
            slate = json.loads(await asyncio.wait_for(socket.recv(), 10))
            self.assertLessEqual(set(slate), {"SOCIAL", "MONETIZE", "GENERAL", "PLAYER", "UNKNOWN"})
            self.assertTrue(all(item.startswith("ITEM_ID_") for item in slate.values()), slate)

    def assert_refused(self, frame, code):
        with self.server.raw_upgrade("/dev") as raw:
            raw.sendall(frame)
            self.assertEqual(read_close_code(raw), code)

    def test_invalid_utf8_closes_with_1007(self):
        self.assert_refused(masked_frame(0x81, b"\xce\xba\xed\xa0\x80"), 1007)

    def test_an_unmasked_frame_closes_with_1002(self):
        self.assert_refused(b"\x81\x02hi", 1002)

    def test_a_reserved_bit_closes_with_1002(self):
        self.assert_refused(masked_frame(0xC1, b"hi"), 1002)

    def test_a_reserved_opcode_closes_with_1002(self):
        self.assert_refused(masked_frame(0x83, b"hi"), 1002)

    def test_a_fragmented_ping_closes_with_1002(self):
        self.assert_refused(masked_frame(0x09, b"hi"), 1002)

    def test_a_continuation_of_nothing_closes_with_1002(self):
        self.assert_refused(masked_frame(0x80, b"hi"), 1002)

    def test_an_impossible_close_code_is_answered_with_1002(self):
        self.assert_refused(masked_frame(0x88, (1005).to_bytes(2, "big")), 1002)


if __name__ == "__main__":
    unittest.main()
