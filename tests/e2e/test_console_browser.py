"""The console in a real browser on the real binary. Chromium is Debian's; playwright-core and axe-core come from npm with AWS's clients
(tests/clients). Where one of them is absent, the tests are skipped and say what is missing.

STEPD_SCREENSHOTS=folder keeps pictures of every page in both themes; docs/pictures/console is made so."""
import json
import os
import shutil
import subprocess

import pytest

import harness
from receivers import Receiver

SCENARIOS = harness.ROOT / "tests" / "e2e" / "browser" / "run.mjs"
MODULES = os.environ.get("STEPD_BROWSER_MODULES", str(harness.CLIENTS))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
SECONDS = 900


def missing():
    if CHROMIUM is None:
        return "chromium is not installed (./dev deps browser)"
    if not os.path.isdir(os.path.join(MODULES, "node_modules", "playwright-core")):
        return f"{MODULES}/node_modules has no playwright-core (./dev test installs it)"
    return None


pytestmark = pytest.mark.skipif(missing() is not None, reason=f"NO BROWSER TEST IS RUN: {missing()}")


def run(stepd, scenario, **options):
    options["chromium"] = CHROMIUM
    node = next(filter(None, (shutil.which("node", path=f"{harness.CLIENTS}/bin"), shutil.which("node"))))
    ended = subprocess.run([node, SCENARIOS, MODULES, scenario, f"http://127.0.0.1:{stepd.port}", json.dumps(options)],
                           capture_output=True, text=True, timeout=SECONDS)
    assert ended.stdout.strip(), ended.stderr
    told = json.loads(ended.stdout.splitlines()[-1])
    assert not told["faults"], "\n".join(told["faults"])
    return told["found"]


CONFIGURATION = harness.ROOT / "config" / "stepd.yaml"


def screenshots():
    folder = os.environ.get("STEPD_SCREENSHOTS")
    return {"screenshots": folder} if folder else {}


def test_somebody_new_gets_a_picture_resized_and_understands_a_failure(serve):
    run(serve(CONFIGURATION), "newcomer", **screenshots())


def test_every_page_in_both_themes_wide_and_narrow_has_no_finding(serve):
    run(serve(CONFIGURATION), "pages", **screenshots())


@pytest.mark.parametrize("scenario", ["buttons", "editor", "buckets", "closer", "hostile"])
def test_what_people_do(serve, scenario):
    run(serve(CONFIGURATION), scenario)


GREET = """
def handler(event, context):
    print("greeting", event["name"])
    return "Hello, " + event["name"]
"""


def test_functions_are_called_and_their_logs_read(serve, tmp_path):
    (tmp_path / "greet").mkdir()
    (tmp_path / "greet" / "app.py").write_text(GREET)
    run(serve("functions: { greet: { code: greet, handler: app.handler, runtime: python3 } }\n"), "functions")


def test_a_dead_letter_is_published_again(serve):
    with Receiver(answers=[410] * 100) as gone:
        stepd = serve(f"topics: {{ notices: {{ subscribers: {{ hook: {{ webhook: '{gone.url}', attempts: 1 }} }} }} }}\n")
        stepd.aws("sns", "publish", "--topic-arn", f"arn:aws:sns:us-east-1:{harness.ACCOUNT}:notices", "--message", "hello")
        folder = stepd.data
        harness.wait_until(lambda: any(path.stat().st_size for path in folder.rglob("*dead*")), "the dead letter")
        run(stepd, "letters")


def test_a_page_hears_of_turns_by_one_stream_for_all_tabs(serve):
    found = run(serve(CONFIGURATION), "live")
    assert found["streams"] <= 2, found
