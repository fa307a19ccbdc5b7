#!/usr/bin/python3
"""Functions of one's own code: cold start, warm calls per second, and what a call takes longer than the bare interpreter and than AWS's emulator.

It measures and prints; it decides nothing. All parties take turns in one run, so that a busy machine is busy for all of them. AWS's Lambda Runtime
Interface Emulator takes part if its binary is given: `GOBIN=$PWD go install
github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@latest`.
"""
import argparse
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import harness  # noqa: E402

PYTHON = "def handler(event, context):\n    return event\n"
NODE = "exports.handler = async event => event;\n"
# The bare interpreter: a line in, a line out, over a pipe; what no runtime can be faster than.
BARE = {
    "python3": ["/usr/bin/python3", "-c",
                "import sys, json\nfrom app import handler\nfor line in sys.stdin:\n"
                "    print(json.dumps(handler(json.loads(line), None)), flush=True)"],
    "node": [shutil.which("node", path="/usr/local/bin:/usr/bin:/bin") or "node", "-e",
             "const { handler } = require('./app.js');\nrequire('node:readline').createInterface({ input: process.stdin })"
             ".on('line', async line => process.stdout.write(JSON.stringify(await handler(JSON.parse(line))) + '\\n'));"],
}
INVOKE = "/2015-03-31/functions/{}/invocations"


def times_of(call, count):
    """Milliseconds of each call."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


class Client:
    """One connection that is kept."""

    def __init__(self, port, path):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.path = path

    def __call__(self):
        self.connection.request("POST", self.path, b'{"a":1}', {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200 and json.loads(body) == {"a": 1}, body


@contextlib.contextmanager
def bare(kind, folder):
    process = subprocess.Popen(BARE[kind], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call():
        process.stdin.write(b'{"a":1}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"a": 1}
    try:
        yield call
    finally:
        process.stdin.close()
        process.wait()


@contextlib.contextmanager
def emulator(binary, folder, runtime_folder):
    """AWS's, with stepd's own bootstrap of Python, so that only the runtimes differ."""
    port = harness.free_port()
    environment = {"PATH": "/usr/bin:/bin", "_HANDLER": "app.handler", "LAMBDA_TASK_ROOT": str(folder), "AWS_LAMBDA_FUNCTION_NAME": "f",
                   "AWS_LAMBDA_FUNCTION_TIMEOUT": "30", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "STEPD_OWN_CLIENT": "1"}
    process = subprocess.Popen([binary, "--log-level", "error", "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
                                "--runtime-api-address", f"127.0.0.1:{harness.free_port()}",
                                "/usr/bin/python3", str(runtime_folder / "python_bootstrap.py"), "app.handler"],
                               env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        def listens():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                return True
        harness.wait_until(listens, "the emulator", seconds=20)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def show(what, taken):
    quantiles = statistics.quantiles(taken, n=100)
    print(f"{what:44} {min(taken):8.2f} {statistics.median(taken):8.2f} {quantiles[98]:8.2f}   {1000 / statistics.mean(taken):8.0f}")


def parallel(port, path, clients, seconds):
    """Calls per second of several clients, each a process of its own."""
    script = (f"import sys; sys.path.insert(0, {str(ROOT / 'bench')!r}); import functions, time\n"
              f"client = functions.Client({port}, {path!r}); client()\nend = time.monotonic() + {seconds}; n = 0\n"
              "while time.monotonic() < end: client(); n += 1\nprint(n)")
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(clients)]
    return sum(int(each.communicate()[0]) for each in running) / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", type=int, default=1000, help="warm calls of each kind")
    parser.add_argument("--cold", type=int, default=15, help="cold starts of each kind")
    parser.add_argument("--rie", help="the binary of AWS's emulator")
    options = parser.parse_args()
    kinds = ["python3"] + (["node"] if pathlib.Path(BARE["node"][0]).exists() else [])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        code = folder / "code"
        code.mkdir()
        (code / "app.py").write_text(PYTHON)
        (code / "app.js").write_text(NODE)
        names = {"python3": "python3", "node": "nodejs22.x"}
        functions = "".join(f"  {kind}: {{ code: {code}, handler: app.handler, runtime: {names[kind]}, timeout: 30s }}\n" for kind in kinds)
        cold = "".join(f"  {kind}Cold{n}: {{ code: {code}, handler: app.handler, runtime: {names[kind]}, timeout: 30s }}\n"
                       for kind in kinds for n in range(options.cold))
        (folder / "stepd.yaml").write_text(f"functions:\n{functions}{cold}")
        with contextlib.ExitStack() as stack:
            stepd = stack.enter_context(harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "log"))
            print(f"load average {os.getloadavg()[0]:.1f}")
            print(f"{'milliseconds':44} {'least':>8} {'median':>8} {'99 %':>8}   {'calls/s':>8}")
            for kind in kinds:
                starts, bare_starts = [], []
                for n in range(options.cold):
                    starts += times_of(Client(stepd.port, INVOKE.format(f"{kind}Cold{n}")), 1)
                    began = time.perf_counter()
                    with bare(kind, code) as call:
                        call()
                        bare_starts.append((time.perf_counter() - began) * 1000)
                show(f"{kind}: first call, cold", starts)
                show(f"{kind}: the bare interpreter's first answer", bare_starts)
            for kind in kinds:
                through = Client(stepd.port, INVOKE.format(kind))
                through()
                taken, bare_taken, emulated = [], [], []
                with contextlib.ExitStack() as parties:
                    direct = parties.enter_context(bare(kind, code))
                    direct()
                    rie = None
                    if options.rie and kind == "python3":
                        port = parties.enter_context(emulator(options.rie, code, ROOT / "src" / "functions" / "bootstrap"))
                        rie = lambda: Client(port, "/2015-03-31/functions/function/invocations")()  # noqa: E731 - it closes connections
                        rie()
                    for _ in range(10):
                        taken += times_of(through, options.calls // 10)
                        bare_taken += times_of(direct, options.calls // 10)
                        if rie:
                            emulated += times_of(rie, max(20, options.calls // 50))
                show(f"{kind}: warm call through Invoke", taken)
                show(f"{kind}: warm call of the bare interpreter", bare_taken)
                if emulated:
                    show(f"{kind}: warm call of AWS's emulator", emulated)
            for kind in kinds:
                print(f"{kind}: {parallel(stepd.port, INVOKE.format(kind), 4, 3):.0f} calls/s by 4 clients at once")


if __name__ == "__main__":
    main()
