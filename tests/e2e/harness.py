"""Starts the real program for end-to-end tests, and talks to it.

    with Server() as server:
        server.set_state("1", MATCH_EVENT="GOAL")
        async with server.connect("/dev") as socket: ...

MATCHCUE_BINARY names the program; without it, that of the release preset. Ports are free ones, data goes to a temporary
folder, and the process is stopped by its own id, whatever happens.
"""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

import websockets

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("MATCHCUE_BINARY", ROOT / "build/release/matchcue"))
# Every other MATCHCUE_* variable is a setting, and an unknown setting is refused.
# Web sites have fixed ports, and are served where a test asks for them.
ENVIRONMENT = {"MATCHCUE_WEB__FOLDER": "off"} | {
    name: value for name, value in os.environ.items() if name != "MATCHCUE_BINARY"}
START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 20

# The sample's own record: the first state of event 1.
SAMPLE_STATE = {"MATCH_EVENT": "GOAL", "MATCH_TIMING": "INTERVAL", "MATCH_TYPE": "LEAGUE", "MATCH_VENUE": "France",
                "SCORE_DIFFERENCE": "0"}


def free_ports(count):
    """Ports that nobody listens on now; all held open together so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


class Server:
    """One running `matchcue serve`. start() and kill() may be repeated: the data and the ports stay."""

    def __init__(self, *arguments, listen="127.0.0.1"):
        self.arguments, self.listen = arguments, listen
        self.folder = tempfile.TemporaryDirectory(prefix="matchcue-e2e-")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.log = pathlib.Path(self.folder.name) / "log"
        self.viewers_port, self.api_port = free_ports(2)
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()

    def start(self):
        command = [BINARY, "serve", "--listen", f"{self.listen}:{self.viewers_port}",
                   "--api", f"127.0.0.1:{self.api_port}", "--data-dir", self.data, *self.arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENVIRONMENT,
                                            cwd=self.folder.name)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not get ready:\n{self.log.read_text()}")
            time.sleep(0.02)

    def is_ready(self):
        try:
            return self.http("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self):
        """Asks it to stop, waits, and returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS_MAX)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def open_http(self, port):
        return http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def http(self, method, path, body=None, port=None, headers=()):
        """(status, parsed JSON or text) of one request to the API listener, or to `port`."""
        connection = self.open_http(port or self.api_port)
        try:
            headers = dict(headers)
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
            is_json = "json" in response.headers.get("Content-Type", "")
            return response.status, json.loads(text) if is_json and text else text
        finally:
            connection.close()

    def must(self, method, path, body=None):
        status, answer = self.http(method, path, body)
        assert 200 <= status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def reach(self):
        """The options by which a command reaches this server."""
        return "--server", f"http://127.0.0.1:{self.api_port}"

    def acknowledged_interactions(self):
        """How many were, since the server started."""
        name = 'matchcue_feedback_total{outcome="stored"}'
        lines = self.must("GET", "/metrics").splitlines()
        return int(sum(float(line.split()[-1]) for line in lines if line.startswith(name)))

    def command(self, *arguments):
        """Runs another matchcue command against this server; returns its JSON answer."""
        result = subprocess.run([BINARY, "--json", *self.reach(), *arguments],
                                capture_output=True, text=True, timeout=60, cwd=self.folder.name, env=ENVIRONMENT)
        assert result.returncode == 0, f"{arguments}: {result.returncode} {result.stderr}"
        return json.loads(result.stdout) if result.stdout.strip() else None

    def set_state(self, event, **state):
        return self.command("event", "set", event, *(f"{name}={value}" for name, value in state.items()))

    def map_content(self, content, event):
        return self.command("event", "map", content, event)

    def url(self, path):
        return f"ws://127.0.0.1:{self.viewers_port}{path}"

    def connect(self, path, **options):
        """An independent client's connection: an async context manager (python3-websockets)."""
        return websockets.connect(self.url(path), compression=None, open_timeout=10, close_timeout=10, **options)

    def raw_upgrade(self, path):
        """A socket right after the 101, for bytes that no decent client would send."""
        raw = socket.create_connection(("127.0.0.1", self.viewers_port), timeout=10)
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        answer = b""
        while not answer.endswith(b"\r\n\r\n"):
            answer += raw.recv(1)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer, answer
        return raw


def masked_frame(first_byte, payload):
    """One client frame, at most 125 bytes of payload; the mask is zero, which leaves them as they are."""
    assert len(payload) <= 125
    return bytes([first_byte, 0x80 | len(payload), 0, 0, 0, 0]) + payload


def read_close_code(raw):
    """The code of the close frame that the server sends next on a raw socket, other frames skipped."""
    def read(count):
        data = b""
        while len(data) < count:
            more = raw.recv(count - len(data))
            assert more, "the connection ended without a close frame"
            data += more
        return data

    while True:
        first, length = read(2)
        if length == 126:
            length = int.from_bytes(read(2), "big")
        payload = read(length)
        if first == 0x88:
            return int.from_bytes(payload[:2], "big")
