"""What the peers and the comparisons are made of.

A new peer is one file with a subclass of Peer, and one line in the comparison that it belongs to; a new comparison is one file with a Comparison,
and one line in run.py.
"""
import contextlib
import dataclasses
import http.client
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests" / "e2e")]
import harness  # noqa: E402
import images  # noqa: E402
import thumbnails  # noqa: E402

START_SECONDS = 60


class Unavailable(Exception):
    """Why a peer does not take part: a sentence for the reader of the result."""


@dataclasses.dataclass
class Place:
    """Where peers are installed, which stays, and where one run keeps its files, which does not."""
    installed: pathlib.Path
    scratch: pathlib.Path
    seconds: float            # of one measurement that is limited by time
    bench_api: pathlib.Path   # the program of bench/api.cpp; perhaps absent

    def folder(self, name):
        made = self.scratch / name
        made.mkdir(mode=0o755)
        return made


class Peer:
    """A program that takes part."""
    name = ""
    ways = ()   # what of it is measured: the rows of the table

    def __init__(self, place):
        self.place = place
        self.version = ""
        self.processes = []

    def start(self):
        """Installs and starts it; raises Unavailable, or whatever has failed. end() follows either way."""
        raise NotImplementedError

    def begin_round(self):
        """Called before each round."""

    def measure(self, way, case):
        """The figures of one measurement, by name; `per_second` is among them."""
        raise NotImplementedError

    def end(self):
        for process in reversed(self.processes):
            end_process(process)

    def run(self, command, log, environment=None, **options):
        """Starts a process that end() ends."""
        with open(log, "ab") as output:
            process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       env={**os.environ, **(environment or {})}, **options)
        self.processes.append(process)
        return process

    def await_answer(self, process, log, port, path="/"):
        """Returns once the port answers HTTP."""
        def answers():
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", path)
                return connection.getresponse().status < 500
        self.await_true(answers, process, log)

    def await_true(self, question, process, log):
        """Returns once the answer is true; raises with the end of the log where the process ends first, or in time."""
        deadline = time.monotonic() + START_SECONDS
        while not question():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"{self.name} did not start: {last_line(pathlib.Path(log).read_text(errors='replace'))}")
            time.sleep(0.05)

    def processor_seconds(self):
        """Of all processes of the peer, since their starts."""
        return sum(thumbnails.processor_seconds(process.pid) for process in self.processes)


@dataclasses.dataclass
class Comparison:
    name: str
    title: str
    ours: str       # the way that the ratios are of
    unit: str       # what is counted per second
    cases: list
    peers: list     # of Peer subclasses
    each: str = ""  # how much one measurement is; where it is empty, time limits it
    warm_up: bool = True   # whether a round goes before those that count


def end_process(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it printed nothing"


def run_to_end(command, what, **options):
    """A command of an installation; answers what it printed."""
    try:
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=1800, stdin=subprocess.DEVNULL, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what} failed: {error}") from error
    if done.returncode != 0:
        raise Unavailable(f"{what} failed: {last_line(done.stderr or done.stdout)}")
    return done.stdout


def add_to_path(folder):
    parts = os.environ["PATH"].split(os.pathsep)
    if str(folder) not in parts:
        os.environ["PATH"] = os.pathsep.join([str(folder), *parts])


def use_binary(path):
    """Which stepd takes part."""
    harness.BINARY = path


def is_root():
    return os.geteuid() == 0


def stepd_version(binary):
    return run_to_end([binary, "--version"], "stepd --version").strip()


__all__ = ["ROOT", "Comparison", "Peer", "Place", "Unavailable", "add_to_path", "images", "is_root", "last_line", "run_to_end",
           "stepd_version", "thumbnails", "use_binary"]
