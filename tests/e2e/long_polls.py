"""Workers that wait for tasks, without a thread each: raw sockets, for tests and the benchmark of long polls."""
import json
import pathlib
import socket

import harness


def request(stepd, operation, arguments):
    body = json.dumps(arguments).encode()
    head = (f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{stepd.port}\r\nContent-Type: application/x-amz-json-1.0\r\n"
            f"X-Amz-Target: AWSStepFunctions.{operation}\r\nContent-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


class Poller:
    """A worker that has asked for a task and waits, without a thread."""

    def __init__(self, stepd, activity):
        self.socket = socket.create_connection(("127.0.0.1", stepd.port), timeout=harness.WORK_SECONDS)
        self.socket.sendall(request(stepd, "GetActivityTask", {"activityArn": activity}))

    def answer(self):
        """The JSON of the answer, which is waited for."""
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.socket.recv(65536)
        head, body = received.split(b"\r\n\r\n", 1)
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        while len(body) < length:
            body += self.socket.recv(65536)
        return json.loads(body)

    def vanish(self):
        self.socket.close()


def memory_of(stepd):
    for line in (pathlib.Path("/proc") / str(stepd.process.pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")
