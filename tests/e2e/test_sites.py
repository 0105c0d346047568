"""Web sites over real sockets: what `matchcue serve` serves of a built front end."""
import base64
import gzip
import hashlib
import http.client
import json
import pathlib
import socket
import subprocess
import tempfile
import unittest

from harness import BINARY, ENVIRONMENT, Server, free_ports

SCRIPT = "export const long = '" + "x" * 5_000 + "';"


def free_run(count):
    """A port that nobody listens on, nor on the ones that follow it."""
    while True:
        first = free_ports(1)[0]
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
            return first
        except OSError:
            continue


class Sites(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="matchcue-sites-")
        cls.addClassCleanup(cls.folder.cleanup)
        root = pathlib.Path(cls.folder.name)
        (root / "secret.txt").write_text("secret")
        for name in ("home", "bet", "match", "studio"):
            (root / "web" / name / "assets").mkdir(parents=True)
            (root / "web" / name / "index.html").write_text(f"<!doctype html>{name}")
            (root / "web" / name / "remoteEntry.js").write_text(f"var {name}")
            (root / "web" / name / "assets" / "main-B7xQd2_k.js").write_text(SCRIPT)
        (root / "web" / "studio" / "demo.html").write_text("the demo")
        cls.home = free_run(11)
        cls.server = Server("--web", root / "web", "--set", f"web.home={cls.home}")
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.start()

    def ask(self, site, path, method="GET", **headers):
        connection = self.server.open_http(self.home + site if site >= 0 else self.server.api_port)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return response, response.read()

    def test_every_site_is_at_its_place_after_home(self):
        for place, name in ((0, "home"), (1, "bet"), (8, "match")):
            response, body = self.ask(place, "/")
            self.assertEqual((response.status, body.decode()), (200, f"<!doctype html>{name}"))
        with self.assertRaises(OSError):
            self.ask(2, "/")

    def test_home_learns_where_everything_is(self):
        config = json.loads(self.ask(0, "/config.json", Host="localhost:1")[1])
        self.assertEqual(config["viewers"], f"ws://localhost:{self.server.viewers_port}/v1/ws")
        self.assertEqual(set(config["remotes"]), {"bet", "match"})
        digest = base64.b64encode(hashlib.sha384(SCRIPT.encode()).digest()).decode()
        self.assertEqual(config["remotes"]["bet"]["integrity"]["assets/main-B7xQd2_k.js"], f"sha384-{digest}")
        manifest = config["remotes"]["bet"]["manifest"]
        self.assertRegex(manifest, rf"^http://localhost:{self.home + 1}/builds/[\w-]{{16}}/mf-manifest\.json$")
        builds = manifest.removesuffix("mf-manifest.json").removeprefix(f"http://localhost:{self.home + 1}")
        response, body = self.ask(1, builds + "remoteEntry.js")
        self.assertEqual((response.status, body), (200, b"var bet"))
        self.assertIn("immutable", response.headers["Cache-Control"])

    def test_scripts_are_compressed_kept_and_known_again(self):
        path = "/assets/main-B7xQd2_k.js"
        response, body = self.ask(1, path, **{"Accept-Encoding": "gzip"})
        self.assertEqual(gzip.decompress(body).decode(), SCRIPT)
        self.assertIn("immutable", response.headers["Cache-Control"])
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        again, nothing = self.ask(1, path, **{"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]})
        self.assertEqual((again.status, nothing), (304, b""))
        head, nothing = self.ask(1, path, "HEAD")
        self.assertEqual((head.status, nothing, head.headers["Content-Length"]), (200, b"", str(len(SCRIPT))))

    def test_a_classic_remote_entry_is_a_script_that_is_asked_for_again(self):
        response, body = self.ask(1, "/remoteEntry.js")
        self.assertEqual((response.headers.get_content_type(), body), ("text/javascript", b"var bet"))
        self.assertEqual(response.headers["Cache-Control"], "no-cache")

    def test_nothing_leads_out_of_the_folder(self):
        for path in ("/../secret.txt", "/../../secret.txt", "/%2e%2e/%2e%2e/secret.txt", "/..%2f..%2fsecret.txt",
                     "//../../secret.txt", "/assets/../../../secret.txt", "/..\\..\\secret.txt"):
            response, body = self.ask(0, path)
            self.assertNotIn(b"secret\n", body)
            self.assertNotEqual(body, b"secret", path)
            self.assertIn(response.status, (400, 404), path)
        self.assertEqual(self.ask(0, "/", "POST")[0].status, 405)

    def test_the_studio_is_where_the_api_is(self):
        self.assertEqual(self.ask(-1, "/")[0].headers["Location"], "/studio/")
        self.assertEqual(self.ask(-1, "/demo")[0].headers["Location"], "/studio/demo.html")
        response, body = self.ask(-1, "/studio/demo.html")
        self.assertEqual(body, b"the demo")
        self.assertIn(f"frame-src http://127.0.0.1:{self.home}", response.headers["Content-Security-Policy"])
        self.assertEqual(json.loads(self.ask(-1, "/config.json")[1])["home"], f"http://127.0.0.1:{self.home}/")

    def test_a_taken_port_is_named(self):
        done = subprocess.run(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0", "--data-dir", self.folder.name + "/other",
             "--web", self.folder.name + "/web", "--set", f"web.home={self.home}"],
            capture_output=True, text=True, timeout=60, env=ENVIRONMENT, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"127.0.0.1:{self.home}", done.stderr)


class ItemsRemotes(unittest.TestCase):
    def test_a_remote_is_stored_in_one_spelling_and_nothing_else_is_taken(self):
        with Server() as server:
            def put(remote):
                return server.http("PUT", "/v1/items/I1", {"ITEM_TYPE": "GENERAL", "ITEM_LABEL": "X", "REMOTE": remote})
            status, answer = put("}],\"cues\":[{")
            self.assertEqual((status, answer["code"]), (400, "invalid_remote"))
            self.assertEqual(answer["errors"][0]["pointer"], "/REMOTE")
            self.assertEqual(put(' { "module" : "./Bet", "remote":"bet" } ')[0], 200)
            fields = server.must("GET", "/v1/items/I1")["fields"]
            self.assertEqual(fields["REMOTE"], '{"remote":"bet","module":"./Bet"}')
            self.assertEqual(server.must("GET", "/v1/items/ITEM_ID_9")["fields"]["REMOTE"], fields["REMOTE"])

    def test_items_of_the_samples_twelve_columns_are_still_imported(self):
        header = ("ITEM_ID,ITEM_LABEL,ITEM_TYPE,TWITTER_FOLLOWER_COUNT,INSTA_FOLLOWER_COUNT,FIFA_OVR_RATE,FIFA_POT_RATE,"
                  "FIFA_STATS,IS_CELEB,COUNTRY,IS_MONETIZE,IS_ENGAGE\n")
        with Server() as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.api_port, timeout=10)
            self.addCleanup(connection.close)
            connection.request("POST", "/v1/datasets/items/imports", header + "ITEM_ID_9,BET,GENERAL,,,,,,,,N,Y\n",
                               {"Content-Type": "text/csv"})
            report = json.loads(connection.getresponse().read())
            self.assertEqual((report["rows"], report["rejected_rows"]), (1, 0))
            self.assertNotIn("REMOTE", {name for name, value in server.must("GET", "/v1/items/ITEM_ID_9")["fields"].items()
                                        if value is not None})


if __name__ == "__main__":
    unittest.main()
