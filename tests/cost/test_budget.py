"""What requests, transitions and events cost, in instructions and allocations, stays within bench/cost_budget.json.

The counts of valgrind are those of the program that the end-to-end tests run, whatever else the machine does.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("STEPD_BENCH_COST", ROOT / "build" / "check" / "bench" / "bench_cost"))
CASES = json.loads((ROOT / "bench" / "cost_budget.json").read_text())["cases"]

pytestmark = [pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed"),
              pytest.mark.skipif(not PROGRAM.exists(), reason="bench_cost is not built")]


def cost(*arguments):
    return subprocess.run([sys.executable, "-B", ROOT / "bench" / "cost.py", "--program", PROGRAM, *arguments],
                          cwd=ROOT, capture_output=True, text=True, timeout=600)


@pytest.mark.parametrize("case", CASES)
def test_a_case_stays_within_its_budget(case):
    done = cost("--case", case)
    if "nothing is judged" in done.stdout:
        pytest.skip(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_case_has_a_budget():
    names = subprocess.run([PROGRAM], check=True, capture_output=True, text=True).stdout.splitlines()
    assert sorted(names) == sorted(CASES)


def test_a_smaller_budget_is_exceeded(tmp_path):
    case = "DescribeExecution request"
    budget = tmp_path / "budget.json"
    whole = json.loads((ROOT / "bench" / "cost_budget.json").read_text())
    whole["cases"][case]["instructions"] *= 0.9
    budget.write_text(json.dumps(whole))
    done = cost("--case", case, "--budget", budget)
    if "nothing is judged" in done.stdout:
        pytest.skip(done.stdout.splitlines()[-1])
    assert done.returncode == 1 and "Above its budget" in done.stdout, done.stdout + done.stderr
