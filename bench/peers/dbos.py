"""DBOS: a Node.js process with its SDK from npm, and Debian's PostgreSQL with a data folder of its own, on loopback."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess

import flow_client
import harness
import installing
import peer
from flow_peer import FlowPeer

PACKAGES = ("@dbos-inc/dbos-sdk@5.3.0",)
SERVICE = "dbos_service.mjs"


class Dbos(FlowPeer):
    name = "DBOS"
    ways = ("DBOS, start and wait", "DBOS, one request")

    def start(self):
        place = self.place
        installed = installing.npm_packages(place.installed, "dbos", *PACKAGES)
        folder = place.folder("dbos")
        database = self.start_postgres(folder)
        self.port = harness.free_port()
        shutil.copy(peer.ROOT / "bench" / "peers" / SERVICE, installed)
        app = self.run(["node", "--no-deprecation", installed / SERVICE, self.port, database], folder / "log")
        self.await_true(lambda: "ready" in (folder / "log").read_text(), app, folder / "log")
        self.version = f"{PACKAGES[0]} with {self.postgres_version}"
        self.conversations = dict(zip(self.ways, (start_and_wait, run)))

    def start_postgres(self, folder):
        """As a user who is not root, because PostgreSQL refuses root. Its defaults: fsync and synchronous_commit are on."""
        programs, environment = find_postgres(self.place.installed)
        as_user = {"env": {**os.environ, **environment}}
        data = folder / "postgres"
        data.mkdir()
        if peer.is_root():
            user = next(pwd.getpwnam(name) for name in ("postgres", "nobody") if has_user(name))
            os.chown(data, user.pw_uid, user.pw_gid)
            as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": data}
        peer.run_to_end([programs / "initdb", "-D", data / "data", "-U", "bench", "--auth", "trust", "-E", "UTF8", "--locale", "C"],
                        "initdb", **as_user)
        port, log = harness.free_port(), folder / "postgres.log"
        del as_user["env"]
        server = self.run([programs / "postgres", "-D", data / "data", "-h", "127.0.0.1", "-p", port, "-k", data], log, environment, **as_user)
        self.await_true(lambda: subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)],
                                               env={**os.environ, **environment}, check=False).returncode == 0, server, log)
        self.postgres_version = peer.run_to_end([programs / "postgres", "--version"], "postgres --version",
                                                env={**os.environ, **environment}).strip()
        return f"postgresql://bench@127.0.0.1:{port}/bench"


def has_user(name):
    return any(each.pw_name == name for each in pwd.getpwall())


def find_postgres(installed):
    """The folder of its programs, and the environment that they need."""
    for programs in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (programs / "initdb").exists():
            return programs, {}
    unpacked = installing.debian_packages(installed, "postgresql", "postgresql")
    found = sorted(unpacked.glob("usr/lib/postgresql/*/bin"))
    if not found:
        raise peer.Unavailable("Debian's package postgresql has brought no server")
    return found[-1], installing.library_path(unpacked)


def start_and_wait():
    answer = yield flow_client.request("POST", "/start", flow_client.INPUT)
    flow_client.expect_input((yield flow_client.request("GET", f"/wait/{json.loads(answer)['workflowID']}")))


def run():
    flow_client.expect_input((yield flow_client.request("POST", "/run", flow_client.INPUT)))
