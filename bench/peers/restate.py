"""Restate: its server from npm, and a Node.js process with the handler, a service of its SDK."""
import http.client
import json
import shutil

import flow_client
import harness
import installing
import peer
from flow_peer import FlowPeer

PACKAGES = ("@restatedev/restate-server@1.7.12", "@restatedev/restate-sdk@1.17.2")
SERVICE = "restate_service.mjs"


class Restate(FlowPeer):
    name = "Restate"
    ways = ("Restate, start and attach", "Restate, one request")

    def start(self):
        place = self.place
        installed = installing.npm_packages(place.installed, "restate", *PACKAGES)
        folder = place.folder("restate")
        service, admin, node = harness.free_port(), harness.free_port(), harness.free_port()
        self.port = harness.free_port()
        # A module finds its packages from the folder that it lies in.
        shutil.copy(peer.ROOT / "bench" / "peers" / SERVICE, installed)
        worker = self.run(["node", installed / SERVICE, service], folder / "service.log", {"RESTATE_LOGGING": "ERROR"})
        self.await_true(lambda: "ready" in (folder / "service.log").read_text(), worker, folder / "service.log")
        [binary] = installed.glob("node_modules/@restatedev/restate-server-*/bin/restate-server")
        server = self.run([binary, "--base-dir", folder / "data", "--no-logo", "--listen-mode", "tcp", "--bind-ip", "127.0.0.1",
                           "--bind-address", f"127.0.0.1:{node}", "--log-filter", "warn", "--shutdown-timeout", "5s"], folder / "log",
                          {"RESTATE_INGRESS__BIND_ADDRESS": f"127.0.0.1:{self.port}", "RESTATE_ADMIN__BIND_ADDRESS": f"127.0.0.1:{admin}",
                           "RESTATE_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "1"})
        self.await_answer(server, folder / "log", admin, "/health")
        self.await_answer(server, folder / "log", self.port, "/restate/health")
        connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=60)
        connection.request("POST", "/deployments", json.dumps({"uri": f"http://127.0.0.1:{service}"}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (200, 201):
            raise peer.Unavailable(f"Restate did not take the service: {text[:300]}")
        self.version = " and ".join(PACKAGES)
        self.conversations = dict(zip(self.ways, (start_and_attach, run)))


def start_and_attach():
    answer = yield flow_client.request("POST", "/bench/flow/send", flow_client.INPUT)
    flow_client.expect_input((yield flow_client.request("GET", f"/restate/invocation/{json.loads(answer)['invocationId']}/attach")))


def run():
    flow_client.expect_input((yield flow_client.request("POST", "/bench/flow", flow_client.INPUT)))
