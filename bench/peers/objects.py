"""Objects of 1 KB and 10 MB, put and got over HTTP: stepd's S3 protocol beside nginx over files (bench/s3.py)."""
import contextlib
import os
import shutil
import subprocess
import time

import harness
import installing
import peer
import s3

CONNECTIONS = 4
CASES = {f"{method} {size}": (method, size) for method in ("GET", "PUT") for size in s3.SIZES}


def key_of(size):
    return size.replace(" ", "")


class ObjectPeer(peer.Peer):
    port = None

    def fill(self, folder):
        for label, size in s3.SIZES.items():
            (folder / key_of(label)).write_bytes(os.urandom(size))

    def measure(self, way, case):
        method, size = CASES[case]
        begun, spent = time.monotonic(), self.processor_seconds()
        rate = s3.measure(self.port, method, s3.SIZES[size], CONNECTIONS, self.place.seconds, key_of(size))
        served = rate * (time.monotonic() - begun)
        return {"per_second": rate, "cpu_ms": 1000 * (self.processor_seconds() - spent) / served}


class StepdObjects(ObjectPeer):
    name = "stepd"
    ways = ("stepd",)

    def start(self):
        place = self.place
        folder = place.folder("stepd-objects")
        (folder / "stepd.yaml").write_text("buckets: { photos: }\n")
        stepd = harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "log").start()
        self.processes.append(stepd.process)
        self.port = stepd.port
        self.fill(stepd.bucket("photos"))
        self.version = peer.stepd_version(harness.BINARY)


class Nginx(ObjectPeer):
    name = "nginx"
    ways = ("nginx",)
    stack = None

    def start(self):
        place = self.place
        program = find_nginx(place.installed)
        folder = place.folder("nginx")
        files = folder / "files"
        files.mkdir()
        self.fill(files)
        self.stack = contextlib.ExitStack()
        self.port, process = self.stack.enter_context(s3.nginx(folder, files, program))
        self.processes.append(process)
        # -v prints to standard error.
        self.version = subprocess.run([program, "-v"], capture_output=True, text=True, check=True).stderr.strip().rpartition(": ")[2]

    def end(self):
        if self.stack is not None:
            self.stack.close()


def find_nginx(installed):
    found = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    return found or str(installing.debian_packages(installed, "nginx", "nginx") / "usr" / "sbin" / "nginx")


OBJECTS = peer.Comparison("objects", f"Objects over HTTP, {CONNECTIONS} connections", "stepd", "requests", list(CASES), [StepdObjects, Nginx])
