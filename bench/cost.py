#!/usr/bin/env python3
"""Instructions and allocations per execution, request, transition and event, beside the budget in cost_budget.json.

  bench/cost.py [--program build/check/bench/bench_cost] [--case NAME] [--update]

bench_cost does each case a few times and then some more times under valgrind; the difference of both runs is what the
additional ones cost, whatever the preparation took. The counts depend on the compiler, so the budget names it, and another
compiler's counts are printed and not judged. A count that is more than 5 % above its budget is an error; one that is as far below
it asks for a smaller budget. --update writes the budget anew.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TOLERANCE = 0.05
FEW, MORE = 20, 100
BUDGET = pathlib.Path(__file__).with_name("cost_budget.json")
FIGURES = ("instructions", "allocations")


def compiler_of(program):
    """As in the program's .comment section, such as "GCC: (Debian 12.2.0-14+deb12u1) 12.2.0"."""
    text = subprocess.run(["readelf", "-p", ".comment", program], check=True, capture_output=True, text=True).stdout
    found = re.search(r"GCC: .* (\d+)\.\d+", text)
    return f"g++ {found[1]}" if found else "unknown"


def run_case(program, name, times):
    with tempfile.TemporaryDirectory(prefix="cost-", dir=".") as folder:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", program, name, str(times)],
                              capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    counted = json.loads(done.stdout)
    counted["instructions"] = int(re.search(r"Collected : (\d+)", done.stderr)[1])
    return counted


def measure_once(program, name):
    few, more = (run_case(program, name, times) for times in (FEW, MORE))
    units = more["units"] - few["units"]
    return {figure: round((more[figure] - few[figure]) / units, 1) for figure in FIGURES}


def measure(program, name, allowed):
    """What one unit of the case costs. What exceeds the budget is measured again and the smaller count is taken, as a thread that has
    to wait for a processor may poll once more."""
    cost = measure_once(program, name)
    if any(exceeds(cost[figure], allowed.get(figure)) for figure in FIGURES):
        again = measure_once(program, name)
        cost = {figure: min(cost[figure], again[figure]) for figure in FIGURES}
    return cost


def exceeds(count, budget):
    return budget is None or count > budget * (1 + TOLERANCE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/check/bench/bench_cost")
    parser.add_argument("--case")
    parser.add_argument("--budget", type=pathlib.Path, default=BUDGET)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    budget = json.loads(options.budget.read_text()) if options.budget.exists() else {"compiler": None, "cases": {}}
    compiler = compiler_of(options.program)
    judged = compiler == budget["compiler"]
    names = subprocess.run([options.program], check=True, capture_output=True, text=True).stdout.splitlines()
    print(f"{'per unit':42} {'instructions':>13} {'budget':>10} {'allocations':>12} {'budget':>8}")
    measured, exceeded = {}, []
    for name in names:
        if options.case not in (None, name):
            continue
        allowed = budget["cases"].get(name, {})
        cost = measured[name] = measure(options.program, name, allowed)
        print(f"{name:42} {cost['instructions']:13,.0f} {allowed.get('instructions', 0):10,.0f} "
              f"{cost['allocations']:12.1f} {allowed.get('allocations', 0):8.1f}", flush=True)
        for figure in FIGURES:
            if exceeds(cost[figure], allowed.get(figure)):
                exceeded.append(f"{name}: {cost[figure]:,.1f} {figure}, the budget is {allowed.get(figure, 0):,.1f}")
            elif cost[figure] < allowed.get(figure, 0) * (1 - TOLERANCE):
                print(f"  The budget of {figure} can be lowered (--update).")
    if options.update:
        cases = {**budget["cases"], **measured}
        options.budget.write_text(json.dumps({"compiler": compiler, "cases": {n: cases[n] for n in names if n in cases}}, indent=2) + "\n")
        return 0
    if not judged:
        print(f"The program was built by {compiler}; the budget is that of {budget['compiler']}, so nothing is judged.")
        return 0
    for line in exceeded:
        print(f"Above its budget by more than {TOLERANCE:.0%}: {line}")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
