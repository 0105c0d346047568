"""Starting, stopping and killing the real program."""
import unittest

from harness import SAMPLE_STATE, Server


class Serve(unittest.TestCase):
    def test_it_gets_ready_and_stops_cleanly_when_asked(self):
        with Server() as server:
            self.assertEqual(server.http("GET", "/healthz")[0], 200)
            self.assertEqual(server.stop(), 0)

    def test_an_acknowledged_state_survives_a_kill(self):
        with Server() as server:
            server.set_state("1", **SAMPLE_STATE)
            server.kill()
            server.start()
            self.assertEqual(server.must("GET", "/v1/events/1")["state"], SAMPLE_STATE)


if __name__ == "__main__":
    unittest.main()
