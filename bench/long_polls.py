#!/usr/bin/python3
"""Memory that a worker costs who waits for a task of an activity (GetActivityTask), and how quickly others are answered meanwhile.

It measures and prints; it decides nothing. The daemon is asked over plain sockets, so that the figures are its own.
"""
import argparse
import pathlib
import resource
import socket
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import harness  # noqa: E402
import long_polls  # noqa: E402

PER_ACTIVITY = 1_000
ASKED = 200


def milliseconds(stepd, arn):
    """Median and 99th percentile of DescribeActivity, one connection each."""
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", stepd.port)) as client:
            client.sendall(long_polls.request(stepd, "DescribeActivity", {"activityArn": arn}))
            client.recv(4096)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=100)[98]


def measure(stepd, most):
    client = stepd.client()
    arns = [client.create_activity(name=f"bench-{n}")["activityArn"] for n in range(-(-most // PER_ACTIVITY))]
    milliseconds(stepd, arns[0])
    empty = long_polls.memory_of(stepd)
    print(f"{'waiting':>8} {'resident':>10} {'each':>9} {'others: median':>15} {'p99':>9}")
    pollers = []
    steps = [0, *(n for n in (500, 1_000, 2_000, 4_000) if n < most), most]
    for count in dict.fromkeys(steps):
        while len(pollers) < count:
            pollers.append(long_polls.Poller(stepd, arns[len(pollers) // PER_ACTIVITY]))
        median, p99 = milliseconds(stepd, arns[0])
        resident = long_polls.memory_of(stepd)
        each = f"{(resident - empty) / count / 1024:.1f} KiB" if count else "-"
        print(f"{count:>8} {resident / 2**20:>6.1f} MiB {each:>9} {median:>12.2f} ms {p99:>6.2f} ms", flush=True)
    for poller in pollers:
        poller.vanish()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=4_000, help="how many wait in the end (default %(default)s)")
    options = parser.parse_args()
    # The daemon inherits the limit: half of it is for connections.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8 * options.most + 1_000), hard))
    with tempfile.TemporaryDirectory(prefix="stepd-polls-") as folder:
        folder = pathlib.Path(folder)
        config = folder / "stepd.yaml"
        config.write_text(f"buckets: {{}}\nlimits: {{ connections: {4 * options.most}, connections_per_client: {4 * options.most} }}\n")
        with harness.Stepd(config, folder / "data", folder / "log") as stepd:
            measure(stepd, options.most)


if __name__ == "__main__":
    main()
