"""A disk that is full, a copy that is taken meanwhile, and a person who is removed: the real program over real sockets."""
import asyncio
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

from harness import BINARY, ENVIRONMENT, Server

NATIVE = {"subprotocols": ["matchcue.v1.json"]}


def run(*words):
    result = subprocess.run([BINARY, "--json", *map(str, words)], capture_output=True, text=True, timeout=120,
                            env=ENVIRONMENT, check=False)
    return result.returncode, result.stdout or result.stderr


async def receive(socket, kind):
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if message["t"] == kind:
            return message


async def watch(server, viewer):
    """Opens a viewer's connection and returns it with the first slate."""
    socket = await server.connect("/v1/ws", **NATIVE)
    await socket.send(json.dumps({"t": "hello", "viewer": viewer, "content": "c1"}))
    return socket, await receive(socket, "slate")


def interaction_with(slate, number):
    return json.dumps({"t": "interaction", "id": f"i{number}", "cue": slate["cues"][0]["id"], "kind": "click"})


def files_with(folder, text):
    return [str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


class Storage(unittest.IsolatedAsyncioTestCase):
    def start(self, *arguments):
        server = Server(*arguments).__enter__()
        self.addCleanup(server.__exit__)
        server.map_content("c1", "1")
        server.set_state("1", MATCH_EVENT="GOAL", SCORE_DIFFERENCE="0")
        return server

    async def test_a_full_disk_is_said_by_name_and_costs_nobody_their_slates(self):
        server = self.start()
        socket, slate = await watch(server, "anna")
        files = [path for path in server.data.iterdir() if path.is_file()]
        full = max(path.stat().st_size for path in files if path.name != "matchcue.db")
        limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (full, limits[1]))
        status, problem = await asyncio.to_thread(server.http, "PUT", "/v1/viewers/berta", {"AGE": 30})
        self.assertEqual((status, problem["code"]), (503, "storage_full"))
        await socket.send(interaction_with(slate, 1))
        self.assertEqual((await receive(socket, "error"))["id"], "i1")
        self.assertEqual(server.must("GET", "/healthz")["storage"], "storage_full")
        self.assertIn("matchcue_storage_trouble 1", server.must("GET", "/metrics"))
        other, _ = await watch(server, "carla")  # somebody who comes now is shown something, too
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
        await asyncio.to_thread(server.must, "PUT", "/v1/viewers/berta", {"AGE": 30})
        await socket.send(interaction_with(slate, 1))
        await receive(socket, "ack")
        self.assertEqual(server.must("GET", "/healthz")["storage"], "ok")
        await socket.close()
        await other.close()

    async def test_a_backup_is_taken_while_the_server_runs_and_comes_back(self):
        server = self.start()
        server.must("PUT", "/v1/viewers/berta", {"AGE": 30})
        with tempfile.TemporaryDirectory() as folder:
            code, output = run("--data-dir", server.data, "backup", f"{folder}/backup")
            self.assertEqual(code, 0, output)
            self.assertEqual(run("verify", server.data)[0], 6, "a server has it open")
            code, output = run("--data-dir", f"{folder}/data", "restore", f"{folder}/backup")
            self.assertEqual(code, 0, output)
            self.assertTrue(json.loads(output)["verification"]["whole"])
            self.assertEqual(run("--data-dir", f"{folder}/data", "restore", f"{folder}/backup")[0], 6)
        server.stop()
        self.assertEqual(run("verify", server.data)[0], 0)

    async def test_young_decisions_are_kept_when_old_ones_are_to_be_dropped(self):
        server = self.start("--set", "retention.decision_days=1")
        socket, slate = await watch(server, "anna")
        await socket.send(interaction_with(slate, 1))
        await receive(socket, "ack")
        await socket.close()
        self.assertEqual(server.stop(), 0)
        server.start()  # looks at once what is too old
        self.assertEqual(server.must("GET", f"/v1/decisions/{slate['decision']}")["identical"], True)
        metrics = server.must("GET", "/metrics")
        for _ in range(500):
            if "matchcue_decision_log_oldest_timestamp_seconds 0" not in metrics:
                break
            await asyncio.sleep(0.02)
            metrics = server.must("GET", "/metrics")
        oldest = next(line for line in metrics.splitlines() if line.startswith("matchcue_decision_log_oldest_"))
        self.assertGreater(float(oldest.split()[1]), 0)
        self.assertIn("matchcue_retention_freed_bytes_total 0", metrics)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(run("verify", server.data)[0], 0)

    async def test_an_erased_person_is_nowhere_and_the_learner_goes_on_without_them(self):
        server = self.start()
        somebody, others = "somebody-4711-x", ["anna", "berta"]
        server.must("PUT", f"/v1/viewers/{somebody}", {"AGE": 30})
        sockets = []
        for number, viewer in enumerate([somebody, *others]):
            socket, slate = await watch(server, viewer)
            await socket.send(interaction_with(slate, number))
            await receive(socket, "ack")
            sockets.append(socket)
        server.must("POST", "/v1/viewers/anonymous-0815-y/identify", {"viewer": somebody})
        server.must("POST", "/v1/learner/settle", {})
        self.assertTrue(files_with(server.data, somebody))
        erased = await asyncio.to_thread(server.command, "viewer", "erase", somebody)
        self.assertEqual(sorted(erased["ids"]), ["anonymous-0815-y", somebody])
        self.assertEqual((erased["viewers"], erased["links"], erased["feedback"]), (1, 1, 1))
        self.assertGreaterEqual(erased["decisions"], 1)
        self.assertEqual(erased["bytes_found"], [])
        # What comes afterwards is decided, learned and stored without them.
        server.set_state("1", MATCH_EVENT="SHOT")
        server.must("POST", "/v1/learner/settle", {})
        self.assertEqual(server.must("GET", "/v1/learner")["trouble"], "")
        server.kill()
        for text in (somebody, "anonymous-0815-y"):
            self.assertEqual(files_with(server.data, text), [])
        server.start()
        server.must("POST", "/v1/learner/settle", {})
        self.assertEqual(server.stop(), 0)
        for text in (somebody, "anonymous-0815-y"):
            self.assertEqual(files_with(server.data, text), [])
        code, output = run("--data-dir", server.data, "learn", "verify")
        self.assertEqual(code, 0, output)
        self.assertTrue(json.loads(output)["same"])
        self.assertEqual(run("verify", server.data)[0], 0)
        for socket in sockets:
            await socket.close()


if __name__ == "__main__":
    unittest.main()
