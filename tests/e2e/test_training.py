"""From an order to train over HTTP to a campaign that decides, beside a server that goes on serving."""
import os
import pathlib
import signal
import time
import unittest

from harness import BINARY, Server

WAIT_SECONDS_MAX = 120
SLOW = {"recipe": "similar-items", "hyperparameters": {"window": 30}}  # some seconds on the sample's data


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def order(self, **order):
        return self.server.must("POST", "/v1/solution-versions", order)

    def get(self, training):
        return self.server.must("GET", f"/v1/trainings/{training['id']}")

    def wait(self, training, done=lambda now: now["ended"]):
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not done(now := self.get(training)):
            self.assertLess(time.monotonic(), deadline, now)
            time.sleep(0.02)
        return now

    def train(self, **order):
        done = self.wait(self.order(**order))
        self.assertEqual(done["state"], "done", done)
        return done["solution_version"]

    def deploy(self, version):
        self.server.must("PUT", "/v1/campaign", {"solution_version": version})
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while self.server.must("GET", "/v1/campaign")["solution_version"] != version:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_what_is_trained_is_listed_deployed_and_decides(self):
        popular = self.train(recipe="popularity-count")
        related = self.train(recipe="sims", event_type="CLICK", hyperparameters={"window": 3}, seed=7)
        versions = self.server.must("GET", "/v1/solution-versions")["solution_versions"]
        by_id = {version["solution_version"]: version for version in versions}
        self.assertEqual(by_id[popular]["recipe"], "popularity-count")
        self.assertEqual(len(by_id[related]["data"]["hash"]), 64)
        self.assertGreater(by_id[popular]["metrics"]["calibration"]["choices"], 0)
        made = self.server.must("GET", f"/v1/solution-versions/{related}")
        self.assertEqual((made["parameters"]["window"], made["seed"], made["data"]["event_type"]), ("3", 7, "CLICK"))
        self.assertIsNone(self.server.must("POST", "/v1/recommendations", {"viewer": "1"})["campaign"])
        self.addCleanup(self.deploy, None)
        for version in (popular, related):
            self.deploy(version)
            self.assertEqual(self.server.must("POST", "/v1/recommendations", {"viewer": "1"})["campaign"], version)
        trainings = self.server.must("GET", "/v1/trainings")["trainings"]
        self.assertLessEqual({popular, related}, {training["solution_version"] for training in trainings})

    def test_a_deployed_ranking_puts_a_list_into_each_viewers_order(self):
        version = self.train(recipe="personalized-ranking")
        self.deploy(version)
        self.addCleanup(self.deploy, None)
        context = {"MATCH_EVENT": "GOAL"}
        orders = set()
        for viewer in map(str, range(1, 9)):
            slot = self.server.must("POST", "/v1/recommendations", {"viewer": viewer, "context": context})["slots"][0]
            best_first = [candidate["item"] for candidate in slot["candidates"] if candidate["excluded"] is None]
            made = self.server.must("POST", "/v1/rankings",
                                    {"viewer": viewer, "context": context, "items": ["gone", *sorted(best_first)]})
            ranked = [(item["item"], item["excluded"]) for item in made["ranking"]]
            self.assertEqual(ranked, [*((item, None) for item in best_first), ("gone", "unknown")])
            self.assertAlmostEqual(sum(item["share"] or 0 for item in made["ranking"]), 1)
            self.assertEqual(made["campaign"], version)
            orders.add(tuple(best_first))
        self.assertGreater(len(orders), 1)

    def test_too_little_data_is_told_to_who_asks(self):
        failed = self.wait(self.order(recipe="sims", event_type="NEVER"))
        self.assertEqual((failed["state"], failed["solution_version"]), ("failed", None))
        self.assertIn("fewer than 1000 interactions after filtering by event type: NEVER", failed["error"]["message"])

    def test_what_cannot_be_trained_is_refused_with_field_and_value(self):
        for order, field, value in (({"recipe": "simms"}, "/recipe", "did you mean sims?"),
                                    ({"recipe": "sims", "hyperparameters": {"window": -1}},
                                     "/hyperparameters/window", 'cannot be "-1"'),
                                    ({"recipe": "sims", "hyperparameters": {"lambda": 1}},
                                     "/hyperparameters/lambda", "no hyperparameter")):
            status, problem = self.server.http("POST", "/v1/solution-versions", order)
            self.assertEqual(status, 400)
            self.assertEqual(problem["errors"][0]["pointer"], field)
            self.assertIn(value, problem["detail"])

    def test_one_at_a_time_which_can_be_stopped(self):
        training = self.order(**SLOW)
        status, problem = self.server.http("POST", "/v1/solution-versions", {"recipe": "sims"})
        self.assertEqual((status, problem["code"]), (409, "training_busy"))
        self.server.must("DELETE", f"/v1/trainings/{training['id']}")
        stopped = self.wait(training)
        self.assertEqual((stopped["state"], stopped["solution_version"]), ("stopped", None))
        self.assertEqual(self.server.http("DELETE", f"/v1/trainings/{training['id']}")[1]["code"], "training_over")


def trainers_of(server):
    """Process ids of the trainings that a server has begun."""
    found = []
    for folder in pathlib.Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            continue
        if f"--parent={server.process.pid}".encode() in words:
            found.append(int(folder.name))
    return found


class Ending(unittest.TestCase):
    def check(self, end):
        with Server() as server:
            server.must("POST", "/v1/solution-versions", SLOW)
            trainers = trainers_of(server)
            self.assertEqual(len(trainers), 1, BINARY)
            deadline = time.monotonic() + WAIT_SECONDS_MAX
            while os.getpriority(os.PRIO_PROCESS, trainers[0]) < 10:
                self.assertLess(time.monotonic(), deadline, "the training takes as much as the server")
            end(server)
            while any(pathlib.Path(f"/proc/{trainer}").exists() for trainer in trainers):
                self.assertLess(time.monotonic(), deadline, "the training outlives its server")
                time.sleep(0.02)
            server.start()
            self.assertEqual(server.must("GET", "/v1/trainings")["trainings"], [])

    def test_a_training_ends_with_its_server(self):
        self.check(lambda server: self.assertEqual(server.stop(), 0))

    def test_a_training_ends_with_its_server_when_that_is_killed(self):
        self.check(lambda server: os.kill(server.process.pid, signal.SIGKILL) or server.process.wait())


if __name__ == "__main__":
    unittest.main()
