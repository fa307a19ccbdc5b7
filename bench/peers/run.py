#!/usr/bin/env python3
"""Measures stepd beside its peers: installs them from their registries into a folder of their own, and lets all sides of a comparison take turns.

  bench/peers/run.py [--binary build/release/stepd] [--rounds 5] [--only NAME...] [--into build/peers] [--json FILE]

It prints medians, spreads (the least and the most of the rounds) and ratios (of each round, then their median), with the load of the machine, and
writes everything measured as JSON, of which page.py makes the tables of docs/performance.md. A peer that cannot be installed, started or measured
is in the result with its reason. It decides nothing: no figure makes it fail.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import time

import figures
import installing
import peer
from durable import DURABLE
from express import EXPRESS
from objects import OBJECTS
from pictures import PICTURES

COMPARISONS = {each.name: each for each in (DURABLE, EXPRESS, PICTURES, OBJECTS)}


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def reason_of(error):
    """One line without folders of this machine and without addresses, as it becomes a part of the documentation."""
    text = str(error) if isinstance(error, peer.Unavailable) else f"{type(error).__name__}: {peer.last_line(str(error))}"
    return re.sub(r"\w+://[^\s'\"]+", "an address", text.replace(f"{peer.ROOT}/", "")).rstrip(".")


def machine():
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return {"cores": os.cpu_count(), "processor": line.partition(":")[2].strip()}
    return {"cores": os.cpu_count(), "processor": os.uname().machine}


def start_all(comparison, place, stack, result):
    """The ways that can be measured, each with its peer."""
    ways = {}
    for kind in comparison.peers:
        one = kind(place)
        say(f"{comparison.name}: starts {one.name}")
        stack.callback(end, one)
        try:
            one.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are measured
            result["missing"][one.name] = reason_of(error)
            say(f"{comparison.name}: without {one.name}: {reason_of(error)}")
            continue
        result["versions"][one.name] = one.version
        ways.update(dict.fromkeys(one.ways, one))
    return ways


def end(one):
    try:
        one.end()
    except Exception as error:  # noqa: BLE001 - what was measured stands
        say(f"{one.name} did not end well: {reason_of(error)}")


def turn(comparison, ways, number, result):
    """One round: each case by each way, and each round begins with another way. A way that fails is left out from then on."""
    def leave_out(way, error):
        ways.pop(way)
        result["missing"][way] = f"in round {number}: {reason_of(error)}"
        say(f"{comparison.name}: {way} is left out: {reason_of(error)}")

    for one in dict.fromkeys(ways.values()):
        try:
            one.begin_round()
        except Exception as error:  # noqa: BLE001
            for way in [way for way, its in ways.items() if its is one]:
                leave_out(way, error)
    for case in comparison.cases:
        order = list(ways)
        first = number % len(order) if order else 0
        for way in order[first:] + order[:first]:
            try:
                took = ways[way].measure(way, case)
            except Exception as error:  # noqa: BLE001
                leave_out(way, error)
                continue
            say(f"{comparison.name}, round {number}, {case}, {way}: {took['per_second']:.1f} {comparison.unit} a second")
            if number:
                result["measured"].setdefault(way, {}).setdefault(case, {})[str(number)] = took


def measure(comparison, place, options):
    result = {"name": comparison.name, "title": comparison.title, "ours": comparison.ours, "unit": comparison.unit, "cases": comparison.cases,
              "date": datetime.date.today().isoformat(), "machine": machine(), "rounds": options.rounds, "each": comparison.each or f"{options.seconds:g} s",
              "versions": {}, "missing": {}, "measured": {}}
    with contextlib.ExitStack() as stack:
        ways = start_all(comparison, place, stack, result)
        # In the order of the comparison, whoever is measured first.
        result["measured"] = {way: {} for way in ways}
        result["load_before"] = os.getloadavg()[0]
        for number in range(0 if comparison.warm_up else 1, options.rounds + 1):
            turn(comparison, ways, number, result)
        result["load_after"] = os.getloadavg()[0]
    return result


def show(result):
    rows = figures.table(result)
    widths = [max(map(len, column)) for column in zip(*rows)]
    print(f"\n{result['title']}\n")
    for row in rows if len(rows) > 1 else ():
        print("  ".join(text.ljust(width) if at == 0 else text.rjust(width) for at, (text, width) in enumerate(zip(row, widths))))
    print("\n" + "\n".join(figures.conditions(result)), flush=True)


def built(pattern):
    """The newest of the programs of that name in the build folders."""
    found = sorted((peer.ROOT / "build").glob(pattern), key=lambda each: each.stat().st_mtime)
    return found[-1] if found else peer.ROOT / "build" / pattern.replace("*", "release")


def main():
    build = peer.ROOT / "build"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=build / "release" / "stepd")
    parser.add_argument("--bench-api", type=pathlib.Path, default=built("*/bench/bench_api"), help="the program of bench/api.cpp")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement that time limits")
    parser.add_argument("--only", nargs="+", choices=COMPARISONS, default=list(COMPARISONS), metavar="NAME", help=", ".join(COMPARISONS))
    parser.add_argument("--into", type=pathlib.Path, default=build / "peers", help="where the peers are installed")
    parser.add_argument("--json", type=pathlib.Path, help="the result; by default result.json in the folder of --into")
    options = parser.parse_args()
    peer.use_binary(options.binary.resolve())
    # An end from outside takes the same way out as an error, on which the peers are ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    installed = options.into.resolve()
    installed.mkdir(parents=True, exist_ok=True)
    if not options.binary.exists():
        say(f"there is no {options.binary}: the peers are measured without stepd")
    target = options.json or installed / "result.json"
    installing.use_node(installed)
    results = {}
    # Comparisons that this run leaves out keep what an earlier one has measured.
    kept = json.loads(target.read_text()) if target.exists() else {}
    # On the disk of the peers' folder, and open to the user of PostgreSQL.
    with tempfile.TemporaryDirectory(prefix="run-", dir=installed) as scratch:
        os.chmod(scratch, 0o755)
        place = peer.Place(installed, pathlib.Path(scratch), options.seconds, options.bench_api.resolve())
        for name in options.only:
            results[name] = measure(COMPARISONS[name], place, options)
            target.write_text(json.dumps(kept | results, indent=1) + "\n")
    for result in results.values():
        show(result)
    say(f"written: {target}")


if __name__ == "__main__":
    main()
