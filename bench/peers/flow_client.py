"""One client for all engines of workflows: many connections on one thread, on each of which one workflow after the other is started and awaited.

What a workflow takes is a generator, a conversation: it yields requests and is sent the body of each answer.
"""
import json
import select
import socket
import statistics
import time

SILENCE_SECONDS = 60
INPUT = {"key": "photo.jpg"}


def request(method, path, body=None, **fields):
    text = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body is not None:
        head += f"Content-Length: {len(text)}\r\nContent-Type: {fields.pop('content_type', 'application/json')}\r\n"
    return head.encode() + "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n" + text


def expect_input(answer):
    """What a workflow of this comparison answers."""
    if json.loads(answer) != INPUT:
        raise RuntimeError(answer.decode())


class Wire:
    """A connection with one request under way."""

    def __init__(self, port, conversation):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.conversation = conversation
        self.begin()

    def begin(self):
        self.talk = self.conversation()
        self.began = time.perf_counter()
        self.send(next(self.talk))

    def send(self, text):
        self.received, self.wanted = b"", None
        self.socket.sendall(text)

    def receive(self):
        """Whether the workflow has ended."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server has closed a connection")
        self.received += piece
        if self.wanted is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.received[:end].lower()
            at = head.find(b"\r\ncontent-length:")
            if head[9:11] != b"20" or at < 0:
                raise ConnectionError(self.received[:300].decode(errors="replace"))
            self.wanted = end + 4 + int(head[at + 17:].split(b"\r\n", 1)[0])
            self.body_at = end + 4
        if len(self.received) < self.wanted:
            return False
        try:
            self.send(self.talk.send(self.received[self.body_at:]))
        except StopIteration:
            return True
        return False


def put_load(port, conversation, clients, seconds):
    """Workflows per second, their times, and the share of a core that this client itself has taken."""
    poll = select.epoll()
    wires = {}
    taken = []
    try:
        began, spent = time.perf_counter(), time.process_time()
        for _ in range(clients):
            wire = Wire(port, conversation)
            wires[wire.socket.fileno()] = wire
            poll.register(wire.socket.fileno(), select.EPOLLIN)
        left = clients
        while left:
            ready = poll.poll(SILENCE_SECONDS)
            if not ready:
                raise TimeoutError(f"{left} workflows have not ended within {SILENCE_SECONDS} s")
            for number, _ in ready:
                wire = wires[number]
                if not wire.receive():
                    continue
                now = time.perf_counter()
                taken.append(1000 * (now - wire.began))
                if now - began < seconds:
                    wire.begin()
                else:
                    left -= 1
        elapsed = time.perf_counter() - began
        return {"count": len(taken), "per_second": len(taken) / elapsed, "median_ms": statistics.median(taken),
                "p99_ms": sorted(taken)[len(taken) * 99 // 100], "client_share": (time.process_time() - spent) / elapsed}
    finally:
        poll.close()
        for wire in wires.values():
            wire.socket.close()
