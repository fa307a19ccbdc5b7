"""docs/agents.md and /llms.txt, which tell programs how to operate stepd: every command is run, every route asked, every file looked for."""
import os
import re
import subprocess

import harness

PAGE = harness.ROOT / "docs" / "agents.md"


def commands(port):
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    assert len(blocks) >= 5
    return "set -m\n" + "".join(blocks).replace("8083", str(port))


def test_every_command_of_the_page_works_as_it_stands_there(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "stepd").symlink_to(harness.BINARY)
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "HOME": str(tmp_path), "NO_COLOR": "1"}
    environment.pop("STEPD_ENDPOINT", None)
    script = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + commands(harness.free_port())
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n42\n" in done.stdout
    assert done.stdout.count("SUCCEEDED") >= 2 and "ExecutionRedriven" in done.stdout
    assert '"type":"ExecutionFailed"' in done.stdout.replace(": ", ":")


def test_the_page_is_a_skill():
    head = PAGE.read_text().split("---\n")[1]
    assert re.search(r"^name: [a-z-]{1,64}$", head, re.M)
    description = re.search(r"^description: (.+)$", head, re.M)
    assert description and len(description[1]) <= 1_024


def test_llms_txt_names_what_there_is(serve):
    stepd = serve("buckets: {}\n")
    answer = stepd.get("/llms.txt")
    assert answer.status == 200 and answer.headers["content-type"] == "text/plain; charset=utf-8"
    text = answer.body.decode()
    assert re.match(r"# stepd\n\n> ", text)
    routes = re.findall(r"\]\((/[^)]*)\)", text)
    assert len(routes) >= 4
    for route in routes:
        assert stepd.get(route).status == 200, route
    files = re.findall(r"docs/[a-z-]+\.md", text)
    assert len(files) >= 7
    for file in files:
        assert (harness.ROOT / file).is_file(), file
    known = harness.run_stepd("--help").stdout
    commands = re.findall(r"`stepd ([a-z]+)", text)
    assert len(commands) >= 5
    for command in commands:
        assert re.search(rf"^ +{command}\b", known, re.M), command
