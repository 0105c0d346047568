"""A server that others can reach: who gets in, who does not, and who stays out."""
import asyncio
import http.client
import json
import pathlib
import ssl
import subprocess
import unittest

import websockets
from harness import BINARY, ENVIRONMENT, SAMPLE_STATE, Server

ORIGIN = "https://www.example.com"


class SecureServer(Server):
    """On every address, with everything that this needs: certificate, keys, operators, origins."""

    def __init__(self):
        super().__init__(listen="0.0.0.0")
        folder = pathlib.Path(self.folder.name)
        self.certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        self.signing, checking = folder / "signing.json", folder / "checking.json"
        self.signing.write_text(self.tool("ticket", "key", "2026", "--checking-file", checking))
        self.tokens = folder / "tokens"
        self.token = self.make_operator("ann", "admin")
        self.arguments = ("--set", f"viewers.ticket_keys={checking}", "--set", f"viewers.origins={ORIGIN}",
                          "--api-token-file", self.tokens, "--tls-cert", self.certificate, "--tls-key", key,
                          "--set", f"api=0.0.0.0:{self.api_port}")
        self.trust = ssl.create_default_context(cafile=self.certificate)

    def tool(self, *arguments):
        done = subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")[0]

    def make_operator(self, name, scope):
        return self.tool("token", "make", name, "--scope", scope, "--file", self.tokens)

    def ticket(self, viewer, *arguments):
        return self.tool("ticket", "make", viewer, "--keys", self.signing, *arguments)

    def open_http(self, port):
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=self.trust)

    def http(self, method, path, body=None, port=None, headers=()):
        return super().http(method, path, body, port, {"Authorization": f"Bearer {self.token}", **dict(headers)})

    def reach(self):
        return "--server", f"https://127.0.0.1:{self.api_port}", "--ca", self.certificate, "--token", self.token

    def connect_viewer(self, origin=ORIGIN):
        return websockets.connect(f"wss://localhost:{self.viewers_port}/v1/ws", ssl=self.trust, origin=origin,
                                  subprotocols=["matchcue.v1.json"])


async def enter(socket, ticket, **more):
    """Says hello, without a ticket where it is None; returns the answer."""
    hello = {"t": "hello", "content": "c1", **more} | ({} if ticket is None else {"ticket": ticket})
    await socket.send(json.dumps(hello))
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


class Access(unittest.TestCase):
    def test_without_all_of_it_the_server_does_not_start_and_says_what_is_missing(self):
        server = Server(listen="0.0.0.0")
        with self.assertRaises(AssertionError) as refused:
            with server:
                pass
        for missing in ("viewers.ticket_keys", "viewers.origins", "tls.certificate", "--viewers-auth none"):
            self.assertIn(missing, str(refused.exception))
        with Server("--viewers-auth", "none", listen="0.0.0.0") as open_to_all:
            self.assertTrue(open_to_all.is_ready())

    def test_a_ticket_lets_a_viewer_in_and_nothing_else_does(self):
        async def scenario(server):
            async with server.connect_viewer() as socket:
                self.assertEqual((await enter(socket, server.ticket("bob")))["t"], "welcome")
                server.set_state("1", **SAMPLE_STATE)
                server.command("moment", "fire", "1", "MATCH_EVENT=PENALTY")
                slate = json.loads(await asyncio.wait_for(socket.recv(), 10))
                self.assertIn(slate["t"], ("slate", "retract"))
            for wrong in (None, "nonsense", server.ticket("bob") + "x", server.ticket("ann"),
                          server.ticket("bob", "--audience", "others")):
                async with server.connect_viewer() as socket:
                    self.assertEqual((await enter(socket, wrong, viewer="bob"))["fatal"], True)
                    with self.assertRaises(websockets.ConnectionClosed) as closed:
                        await asyncio.wait_for(socket.recv(), 10)
                    self.assertEqual(closed.exception.code, 4008)
            with self.assertRaises(websockets.InvalidStatusCode) as refused:
                async with server.connect_viewer(origin="https://evil.example"):
                    pass
            self.assertEqual(refused.exception.status_code, 403)

        with SecureServer() as server:
            server.command("event", "map", "c1", "1")
            asyncio.run(scenario(server))

    def test_a_revoked_viewer_is_let_go_at_once_and_stays_out_after_a_kill(self):
        async def refuse(server, ticket):
            async with server.connect_viewer() as socket:
                answer = await enter(socket, ticket)
                self.assertEqual(answer.get("code"), "ticket_revoked")

        async def scenario(server):
            ticket = server.ticket("bob")
            async with server.connect_viewer() as socket:
                self.assertEqual((await enter(socket, ticket))["t"], "welcome")
                await asyncio.sleep(1.1)  # a ticket says the second in which it was issued
                server.command("ticket", "revoke", "--viewer", "bob")
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    while True:
                        await asyncio.wait_for(socket.recv(), 10)
                self.assertEqual(closed.exception.code, 4008)
            await refuse(server, ticket)
            server.kill()
            server.start()
            await refuse(server, ticket)

        with SecureServer() as server:
            server.command("event", "map", "c1", "1")
            asyncio.run(scenario(server))
            records = server.command("audit")["records"]
            self.assertEqual([record["operation"] for record in records], ["mapContent", "revokeTickets"])
            self.assertEqual({record["who"] for record in records}, {"ann"})

    def test_operators_come_and_go_while_it_runs(self):
        with SecureServer() as server:
            reader = server.make_operator("ray", "read")
            deadline_tries = 100
            status = 401
            while status == 401 and deadline_tries:
                status = server.http("GET", "/v1/items", headers={"Authorization": f"Bearer {reader}"})[0]
                deadline_tries -= 1
                if status == 401:
                    subprocess.run(["sleep", "0.1"], check=True)
            self.assertEqual(status, 200)
            status, problem = server.http("PATCH", "/v1/events/1", {"state": SAMPLE_STATE},
                                          headers={"Authorization": f"Bearer {reader}"})
            self.assertEqual((status, problem["type"]), (403, "urn:matchcue:error:scope_missing"))
            self.assertEqual(server.must("GET", "/v1/audit")["records"], [])


if __name__ == "__main__":
    unittest.main()
