"""The commands against a daemon that runs: ps, start, history, stop, redrive, logs, top; and completion and the manual page."""
import json
import os
import re
import subprocess

import pytest

import harness

ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/r"
CONFIGURATION = """
buckets: { photos: }
functions:
  head: { handler: object.head, arguments: { bucket: photos, key.$: $.key } }
"""
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
HEAD = {"StartAt": "H", "States": {"H": {"Type": "Task", "Resource": harness.function_arn("head"), "End": True}}}


@pytest.fixture
def stepd(serve):
    daemon = serve(CONFIGURATION)
    for name, definition, kind in (("waiting", WAIT, "STANDARD"), ("passing", PASS, "STANDARD"), ("heads", HEAD, "STANDARD"),
                                   ("quick", PASS, "EXPRESS")):
        daemon.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE, type=kind)
    return daemon


def ask(stepd, *arguments, stdin="", environment=None):
    return subprocess.run([harness.BINARY, *arguments], input=stdin, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "STEPD_ENDPOINT": stepd.url, **(environment or {})})


def told(stepd, *arguments, **more):
    done = ask(stepd, *arguments, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_execution_is_started_watched_and_stopped(stepd):
    arn = told(stepd, "start", "waiting", '{"a": 1}', "--name", "one").strip()
    assert arn == f"arn:aws:states:us-east-1:{harness.ACCOUNT}:execution:waiting:one"
    assert re.search(r"^RUNNING +\d{4}-.* waiting:one$", told(stepd, "ps"), re.M)
    events = [json.loads(line) for line in told(stepd, "history", "waiting:one", "--json").splitlines()]
    assert [event["type"] for event in events] == ["ExecutionStarted", "WaitStateEntered"]
    assert "WaitStateEntered" in told(stepd, "history", "waiting")
    assert told(stepd, "stop", "waiting:one", "--error", "Enough") == "waiting:one is stopped\n"
    assert told(stepd, "ps") == "Nothing runs. `stepd ps --all` shows what has ended.\n"
    done, = [json.loads(line) for line in told(stepd, "ps", "waiting", "--all", "--json").splitlines()]
    assert (done["name"], done["status"]) == ("one", "ABORTED")
    assert told(stepd, "redrive", "waiting:one") == "waiting:one goes on\n"


def test_a_start_may_be_followed_to_its_end(stepd, tmp_path):
    (tmp_path / "input.json").write_text('{"key": "none"}')
    failed = ask(stepd, "start", "heads", f"@{tmp_path / 'input.json'}", "--follow")
    assert failed.returncode == 1
    assert "TaskStateEntered" in failed.stdout
    assert failed.stdout.splitlines()[-1].startswith("FAILED  Object.NotFound")
    stepd.put_object("photos", "none", b"here now")
    again = ask(stepd, "redrive", "heads", "--follow")
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.splitlines()[-1].startswith("SUCCEEDED")
    followed = ask(stepd, "start", "passing", "-", "--follow", stdin='{"b": 2}')
    assert followed.returncode == 0
    assert followed.stdout.splitlines()[-1] == 'SUCCEEDED  {"b": 2}'
    assert ask(stepd, "start", "quick", '{"c": 3}', "--follow").stdout == 'SUCCEEDED  {"c": 3}\n'


def test_a_start_may_be_waited_for_and_gives_its_output_alone(stepd):
    assert told(stepd, "start", "passing", '{"b": 2}', "--wait") == '{"b": 2}\n'
    assert told(stepd, "start", "quick", '{"c": 3}', "--wait") == '{"c": 3}\n'
    described = json.loads(told(stepd, "start", "passing", "[1]", "--wait", "--json"))
    assert (described["status"], described["output"]) == ("SUCCEEDED", "[1]")
    for machine in ("heads", "quick-fail"):
        failing = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Object.NotFound", "Cause": "none"}}}
        if machine == "quick-fail":
            stepd.client().create_state_machine(name=machine, definition=json.dumps(failing), roleArn=ROLE, type="EXPRESS")
        failed = ask(stepd, "start", machine, '{"key": "none"}', "--wait")
        assert (failed.returncode, failed.stdout) == (1, "")
        assert failed.stderr.startswith("stepd: FAILED Object.NotFound: ") and failed.stderr.count("\n") == 1
    both = ask(stepd, "start", "passing", "--wait", "--follow")
    assert both.returncode == 2 and "--follow" in both.stderr


def test_what_is_waited_for_cannot_write_to_the_terminal(stepd):
    value = {"x": "\x1b[2J\u009b31m\x7f \u00e9"}
    shown = told(stepd, "start", "passing", json.dumps(value, ensure_ascii=False), "--wait")
    assert json.loads(shown) == value
    assert not {"\x1b", "\u009b", "\x7f"} & set(shown) and "\u00e9" in shown
    failing = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "one\n\x1b[2J\u009btwo"}}}
    stepd.client().create_state_machine(name="noisy", definition=json.dumps(failing), roleArn=ROLE)
    failed = ask(stepd, "start", "noisy", "--wait")
    assert failed.returncode == 1 and failed.stderr.count("\n") == 1
    assert "\x1b" not in failed.stderr and "\u009b" not in failed.stderr


def test_a_wait_for_an_execution_that_is_stopped_ends(stepd):
    waiting = subprocess.Popen([harness.BINARY, "start", "waiting", "--name", "stopped", "--wait"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env={**os.environ, "STEPD_ENDPOINT": stepd.url})
    harness.wait_until(lambda: "waiting:stopped" in told(stepd, "ps"), "the execution")
    told(stepd, "stop", "waiting:stopped", "--error", "Enough", "--cause", "of it")
    out, errors = waiting.communicate(timeout=60)
    assert (waiting.returncode, out, errors) == (1, "", "stepd: ABORTED Enough: of it\n")


def test_what_goes_wrong_is_one_line(stepd):
    for arguments, code, reason in ((("start", "nothing"), 1, "there is no state machine nothing"),
                                    (("start", "passing", "{"), 1, "Invalid State Machine Execution Input"),
                                    (("start", "passing", "@/nothing/here"), 2, "/nothing/here"),
                                    (("history", "passing"), 1, "has no executions"),
                                    (("history", "passing:none"), 1, "does not exist"),
                                    (("redrive", "waiting:none"), 1, "does not exist"),
                                    (("ps", "--endpoint", "http://127.0.0.1:1"), 2, "no daemon answers at http://127.0.0.1:1")):
        done = ask(stepd, *arguments)
        assert done.returncode == code, (arguments, done.stderr)
        assert reason.lower() in done.stderr.lower(), done.stderr
        assert done.stderr.count("\n") == 1


def test_names_cannot_write_to_the_terminal(stepd):
    stepd.client().start_execution(stateMachineArn=harness.machine_arn("passing"), input=json.dumps({"x": "\x1b[2J\u009b31m"}))
    shown = told(stepd, "history", "passing")
    assert "\x1b" not in shown and "\u009b" not in shown


def test_the_configuration_says_where_the_daemon_listens(stepd, tmp_path):
    stepd.client().start_execution(stateMachineArn=harness.machine_arn("waiting"))
    config = tmp_path / "stepd.yaml"
    config.write_text(f"listen: {stepd.url.removeprefix('http://')}\n")
    assert "RUNNING" in told(stepd, "ps", "--config", str(config), environment={"STEPD_ENDPOINT": ""})


def test_a_table_of_what_happens(stepd):
    for _ in range(3):
        told(stepd, "start", "passing")
    shown = told(stepd, "top", "--count", "1", "--every", "0.1")
    assert "STATE MACHINE" in shown and re.search(r"passing$", shown, re.M)
    first = json.loads(told(stepd, "top", "--count", "1", "--every", "0.1", "--json"))
    assert "passing" in [machine["name"] for machine in first["stateMachines"]]


def test_log_groups_can_be_read(serve):
    stepd = serve("buckets: {}")
    stepd.client().create_state_machine(
        name="logged", definition=json.dumps(PASS), roleArn=ROLE, type="EXPRESS",
        loggingConfiguration={"level": "ALL", "includeExecutionData": True, "destinations": [{"cloudWatchLogsLogGroup": {
            "logGroupArn": f"arn:aws:logs:us-east-1:{harness.ACCOUNT}:log-group:/stepd/logged:*"}}]})
    stepd.client().start_sync_execution(stateMachineArn=harness.machine_arn("logged"), input='{"word": "needle"}')
    harness.wait_until(lambda: "/stepd/logged" in told(stepd, "logs"), "the log group")
    harness.wait_until(lambda: "ExecutionSucceeded" in told(stepd, "logs", "/stepd/logged"), "the log lines")
    filtered = told(stepd, "logs", "/stepd/logged", "--filter", '{ $.type = "PassStateEntered" }', "--json").splitlines()
    assert len(filtered) == 1
    assert ask(stepd, "logs", "/none").returncode == 1


def test_shells_complete_every_command(tmp_path):
    listed = re.findall(r"^  ([a-z]+) ", subprocess.run([harness.BINARY, "--help"], capture_output=True, text=True).stdout, re.M)
    script = subprocess.run([harness.BINARY, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    ask_bash = 'source /dev/stdin; COMP_WORDS=(stepd "$1"); COMP_CWORD=1; _stepd; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", ask_bash, "bash", "hi"], input=script, capture_output=True, text=True)
    assert done.stdout.strip() == "history", done.stderr
    done = subprocess.run(["bash", "-c", ask_bash, "bash", ""], input=script, capture_output=True, text=True)
    assert set(listed) <= set(done.stdout.split()) and len(listed) > 10
    for shell in ("zsh", "fish"):
        assert "history" in subprocess.run([harness.BINARY, "completion", shell], capture_output=True, text=True, check=True).stdout


def test_the_manual_page_has_every_command():
    page = subprocess.run([harness.BINARY, "man"], capture_output=True, text=True, check=True).stdout
    assert page.startswith(".TH STEPD 1")
    for command in ("serve", "validate", "ps", "history", "top"):
        assert f".SS stepd {command}\n" in page
    assert "image\\-worker" not in page
