"""Cases that were recorded on AWS, with their functions as real ones instead of a double: errors, causes, stack traces, envelopes.

The cases are not part of the project. STEPD_CONFORMANCE names their folder; it lies beside the checkout where they are at hand, and
these tests are skipped where it is not.
"""
import argparse
import concurrent.futures
import importlib
import json
import os
import pathlib
import sys
import uuid

import pytest

import harness

FOLDER = pathlib.Path(os.environ.get("STEPD_CONFORMANCE", harness.ROOT.parent / "shared" / "conformance"))
AT_ONCE = 4
# What differs with the double as well, for reasons that lie elsewhere: Map states in DISTRIBUTED mode, RedriveCount in older
# recordings, and a request ID that no mask of the case stands for.
OTHERS = ("config_distributed", "retry_extended_input", "test_express_sync.py::TestExpressSync::test_retry")

pytestmark = pytest.mark.skipif(not (FOLDER / "run.py").exists(), reason="the recorded cases are not at hand (STEPD_CONFORMANCE)")


class RealFunctions:
    """What the runner tells of functions is known already."""

    def add(self, name, function):
        pass

    def drop(self, name):
        pass


@pytest.fixture(scope="module")
def runner():
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("run")
    finally:
        sys.path.remove(str(FOLDER))


def options():
    return argparse.Namespace(region=harness.REGION, account=harness.ACCOUNT, account2="000000000002", timeout=100, extra=[], keep=False,
                              incomplete=False, unvalidated=False, stop_left_over=True)


def cases_with_functions(runner):
    """Those that can run here, with the identifiers that they are going to use."""
    cases = [case for case in runner.load_cases([str(FOLDER / "aws")]) if case["lambda_functions"]]
    return [(case, {f"uid{number}": uuid.uuid4().hex[:8] for number in range(1, 20)})
            for case in cases if runner.why_not(case, options()) is None and not any(each in case["id"] for each in OTHERS)]


def functions_of(runner, cases):
    """By name; a name that two cases give to different functions is the first one's, and the other case is left out."""
    functions, left = {}, []
    for case, identifiers in cases:
        filling = runner.Run(case, None, RealFunctions(), options())
        filling.vals = dict(identifiers)
        mine = {filling.fill(name): filling.fill(function) for name, function in case["lambda_functions"].items()}
        if all(functions.get(name, function) == function for name, function in mine.items()):
            functions.update(mine)
            left.append((case, identifiers))
    return functions, left


def run_all(runner, stepd, cases):
    def one(pair):
        case, identifiers = pair
        return runner.run_case(case, runner.Client(stepd.url), RealFunctions(), options(),
                               watch=lambda run: run.vals.update(identifiers))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, cases))


def test_recorded_cases_come_out_the_same_with_real_functions(serve, tmp_path, runner):
    functions, cases = functions_of(runner, cases_with_functions(runner))
    assert len(cases) >= 50
    entries = {}
    for name, function in functions.items():
        module, _, _ = function["handler"].partition(".")
        folder = tmp_path / "code" / name
        folder.mkdir(parents=True)
        (folder / f"{module}.py").write_text(function["source"])
        entries[name] = {"code": str(folder), "handler": function["handler"], "runtime": "python3.12", "timeout": "30s"}
    stepd = serve(json.dumps({"functions": entries}))
    failed = [result for result in run_all(runner, stepd, cases) if not result["strict"]]
    assert not failed, "\n".join(
        f"{result['id']}: {result['error'] or ''}" + "".join(
            f"\n  {each['match']} {each['path']}\n    expected {each['expected']}\n    observed {each['observed']}" for each in result["diffs"][:3])
        for result in failed)
