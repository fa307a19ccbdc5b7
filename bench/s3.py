#!/usr/bin/python3
"""Objects of 1 KB and of 10 MB, put and got over HTTP: stepd's S3 protocol, nginx over the same files, and moto, in one run.

Every server gets the same requests over the same number of connections, which stay open if the server lets them (moto's does not); a request's answer is read whole before the next
is sent. stepd and moto get a PUT as AWS's clients send it (an unsigned payload); nginx gets one by its module for WebDAV. stepd syncs each object to
the disk before it answers, which nginx and moto do not. It measures and prints; it decides nothing. nginx and moto (pip install
'moto[s3,server]') are left out where they are not installed; `--moto` names the program moto_server.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import harness  # noqa: E402

SIZES = {"1 KB": 1024, "10 MB": 10 * 1024 * 1024}
SIGNED = ("Authorization: AWS4-HMAC-SHA256 Credential=any/20261130/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\n"
          "x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n")
NGINX = """
{user}
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  sendfile on;
  client_max_body_size 1g;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  server {{ listen 127.0.0.1:{port}; location /photos/ {{ alias {files}/; dav_methods PUT; }} }}
}}
"""


class Wire:
    """A connection that stays open, if the server lets it."""

    def __init__(self, port):
        self.port = port
        self.socket = None
        self.buffer = bytearray(1 << 20)

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=b""):
        if self.socket is None:
            self.open()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: image/png\r\n{SIGNED}"
        if method == "PUT":
            head += f"Content-Length: {len(body)}\r\n"
        self.socket.sendall(head.encode() + b"\r\n" + body)
        text = b""
        while b"\r\n\r\n" not in text:
            piece = self.socket.recv(65536)
            assert piece, "the server has closed the connection"
            text += piece
        top, rest = text.split(b"\r\n\r\n", 1)
        assert top.split()[1] in (b"200", b"201", b"204"), top
        fields = dict(line.lower().split(b": ", 1) for line in top.split(b"\r\n")[1:] if b": " in line)
        left = int(fields.get(b"content-length", 0)) - len(rest)
        while left > 0:
            left -= self.socket.recv_into(self.buffer, min(left, len(self.buffer)))
        if fields.get(b"connection") == b"close":
            self.socket.close()
            self.socket = None


def measure(port, method, size, connections, seconds, name):
    """Requests per second."""
    body = os.urandom(size) if method == "PUT" else b""

    def work(number):
        wire = Wire(port)
        path = f"/photos/{name}" + (f"-{number}" if method == "PUT" else "")
        wire.ask(method, path, body)
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            wire.ask(method, path, body)
            done += 1
        return done
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        began = time.monotonic()
        total = sum(pool.map(work, range(connections)))
        return total / (time.monotonic() - began)


def wait_for(port):
    def open_port():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    harness.wait_until(open_port, f"port {port}")


@contextlib.contextmanager
def running(command, port):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port, process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def nginx(folder, files, program="nginx"):
    """Its port and its process."""
    place = folder / "nginx"
    place.mkdir()
    port = harness.free_port()
    (place / "nginx.conf").write_text(NGINX.format(folder=place, port=port, files=files, user="user root;" if os.geteuid() == 0 else ""))
    with running([program, "-c", str(place / "nginx.conf"), "-p", str(place)], port) as ready:
        yield ready


@contextlib.contextmanager
def moto(program):
    port = harness.free_port()
    with running([program, "-H", "127.0.0.1", "-p", str(port)], port) as (ready, _):
        Wire(ready).ask("PUT", "/photos")
        for name, size in SIZES.items():
            Wire(ready).ask("PUT", f"/photos/{name.replace(' ', '')}", os.urandom(size))
        yield ready


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=3)
    arguments.add_argument("--connections", type=int, default=4)
    arguments.add_argument("--moto", default=shutil.which("moto_server"))
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="stepd-bench-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        (folder / "stepd.yaml").write_text("listen: 127.0.0.1:0\nbuckets: { photos: }\n")
        stepd = stack.enter_context(harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "log"))
        files = stepd.bucket("photos")
        for label, size in SIZES.items():
            (files / label.replace(" ", "")).write_bytes(os.urandom(size))
        servers = {"stepd": stepd.port}
        if shutil.which("nginx"):
            servers["nginx"], _ = stack.enter_context(nginx(folder, files))
        if asked.moto:
            servers["moto"] = stack.enter_context(moto(asked.moto))
        print(f"{asked.connections} connections, {asked.seconds:g} s each, {os.cpu_count()} cores, the client among them; requests per second\n")
        print(f"{'':12}" + "".join(f"{each:>12}" for each in servers) + "".join(f"{'of ' + each:>12}" for each in list(servers)[1:]))
        for method in ("GET", "PUT"):
            for label, size in SIZES.items():
                rates = []
                for each, port in servers.items():
                    try:
                        rates.append(measure(port, method, size, asked.connections, asked.seconds, label.replace(" ", "")))
                    except AssertionError as error:
                        print(f"  {each}: {error}", file=sys.stderr)
                        rates.append(float("nan"))
                ratios = "".join(f"{rates[0] / rate:>11.2f}x" for rate in rates[1:])
                print(f"{method} {label:8}" + "".join(f"{rate:>12.1f}" for rate in rates) + ratios)


if __name__ == "__main__":
    main()
