"""What events and requests may lead to besides the start of an execution: a function's call, and an EXPRESS execution's result."""
import json

import pytest

import harness
import receivers

FUNCTIONS = """
buckets: { inbox: { watch: true, settle: 50ms }, kept: {} }
functions:
  keep:
    handler: object.copy
    arguments: { bucket.$: $.bucket, key.$: $.key, destination: { bucket: kept } }
  keepRecord:
    handler: object.copy
    decode: ["$.Records[0].s3.object.key"]
    arguments: { bucket.$: "$.Records[0].s3.bucket.name", key.$: "$.Records[0].s3.object.key", destination: { bucket: kept } }
"""
DETAIL = """
rules:
  keep:
    pattern: { source: [aws.s3], detail: { object: { key: [{ suffix: .txt }] } } }
    input_transformer:
      paths: { bucket: $.detail.bucket.name, key: $.detail.object.key }
      template: '{"bucket": <bucket>, "key": <key>}'
    function: keep
"""


def dropped(stepd, name, content=b"words"):
    (stepd.bucket("inbox") / name).write_bytes(content)
    return harness.wait_until(lambda: (stepd.bucket("kept") / name).exists(), f"the copy of {name}")


def test_a_rule_calls_a_function(serve):
    stepd = serve(FUNCTIONS + DETAIL)
    (stepd.bucket("inbox") / "other.png").write_bytes(b"x")
    dropped(stepd, "a b.txt")
    assert not (stepd.bucket("kept") / "other.png").exists()


def test_a_notification_calls_a_function_with_its_records(serve):
    stepd = serve(FUNCTIONS + "notifications: { all: { bucket: inbox, function: keepRecord } }\n")
    dropped(stepd, "Grüße +1.txt")


def test_a_file_is_brought_to_its_function_once(serve):
    stepd = serve(FUNCTIONS + DETAIL)
    dropped(stepd, "a.txt")
    dropped(stepd, "b.txt")
    stepd.stop()
    (stepd.bucket("kept") / "a.txt").unlink()
    stepd.start()
    dropped(stepd, "c.txt")  # later than whatever the start would have brought
    assert not (stepd.bucket("kept") / "a.txt").exists()


def test_a_function_that_fails_is_called_three_times_and_told_of(serve):
    broken = "  broken: { handler: object.copy, arguments: { bucket: inbox, key: absent, destination: { bucket: kept } } }\n"
    stepd = serve(FUNCTIONS + broken + DETAIL.replace("function: keep", "function: broken"))
    (stepd.bucket("inbox") / "a.txt").write_bytes(b"x")

    def told():
        lines = [line for line in stepd.printed().splitlines() if "-> function broken: Object.NotFound" in line]
        return lines if len(lines) == 3 else None
    lines = harness.wait_until(told, "three complaints")
    assert [" warning " in line for line in lines] == [True, True, False]
    assert " error " in lines[2] and "trying again" not in lines[2]


def test_a_rule_calls_a_function_when_an_execution_fails(serve):
    with receivers.Receiver() as receiver:
        stepd = serve(f"""
functions:
  alarm: {{ endpoint: {receiver.url} }}
state_machines: {{ fail: {{ definition: fail.json }} }}
rules:
  alarm:
    pattern: {{ source: [aws.states], detail: {{ status: [FAILED] }} }}
    input_path: $.detail
    function: alarm
""", files={"fail.json": json.dumps({"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Bad"}}})})
        done = stepd.run("fail", {})
        (_, body), = receiver.wait_for(1)
        assert json.loads(body)["executionArn"] == done["executionArn"]


@pytest.mark.parametrize("section, says", [
    ("rules: { r: { pattern: { source: [aws.s3] }, function: kepe } }", "there is no function 'kepe', did you mean 'keep'?"),
    ("rules: { r: { pattern: { source: [aws.s3] }, function: keep, state_machine: m } }", "there is 'state_machine' as well"),
    ("notifications: { n: { bucket: inbox, function: kepe } }", "there is no function 'kepe', did you mean 'keep'?"),
    ("notifications: { n: { bucket: inbox } }", "the key 'state_machine' is missing")])
def test_a_target_that_cannot_be_is_named(tmp_path, section, says):
    config = tmp_path / "stepd.yaml"
    config.write_text(FUNCTIONS + section + "\n")
    done = harness.run_stepd("validate", config)
    assert done.returncode == 1 and says in done.stdout, done.stdout


# ---- routes that answer with the end ---------------------------------------------------------------------------------

MACHINE = {"StartAt": "Look", "States": {
    "Look": {"Type": "Choice", "Choices": [{"Variable": "$.then", "StringEquals": "fail", "Next": "No"},
                                           {"Variable": "$.then", "StringEquals": "wait", "Next": "Rest"}], "Default": "Yes"},
    "Yes": {"Type": "Pass", "Parameters": {"hello.$": "$.name"}, "End": True},
    "No": {"Type": "Fail", "Error": "Bad", "Cause": "on principle"},
    "Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}
ROUTES = """
limits: { express_time: 2s }
state_machines:
  m: { definition: m.json, type: EXPRESS }
  slow: { definition: m.json }
routes:
  start:
    /output: { state_machine: m, answer: output, required: [name] }
    /execution: { state_machine: m, answer: execution, mapping: "$input.json('$')" }
    /start: { state_machine: m }
"""


@pytest.fixture
def routes(serve):
    return serve(ROUTES, files={"m.json": json.dumps(MACHINE)})


@pytest.mark.parametrize("given, status, answer", [
    ({"name": "Ada"}, 200, {"hello": "Ada"}),
    ({"name": "Ada", "then": "fail"}, 500, {"error": "Bad", "cause": "on principle"}),
    ({"name": "Ada", "then": "wait"}, 504, {"error": "States.Timeout", "cause": ""}),
    ({}, 400, None)])
def test_a_route_answers_with_the_output(routes, given, status, answer):
    got = routes.post("/output", {"then": "", **given})
    assert got.status == status, got.body
    assert got.headers["content-type"] == "application/json"
    if answer is not None:
        assert got.json() == answer


def test_a_route_answers_as_start_sync_execution_does(routes):
    for then, status in (("", "SUCCEEDED"), ("fail", "FAILED")):
        given = {"name": "Ada", "then": then}
        got = routes.post("/execution", {"input": json.dumps(given), "name": "one"})
        direct = routes.client().start_sync_execution(stateMachineArn=harness.machine_arn("m"), input=json.dumps(given), name="one")
        assert (got.status, got.json()["status"], got.json()["name"]) == (200, status, "one")
        assert set(got.json()) == set(direct) - {"ResponseMetadata"}
        assert got.json().get("output") == direct.get("output")
    assert list(routes.post("/start", {"name": "x", "then": ""}).json()) == ["executionArn", "startDate"]


def test_only_express_can_be_waited_for(tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(MACHINE))
    config = tmp_path / "stepd.yaml"
    config.write_text(ROUTES.replace("/start: { state_machine: m }", "/slow: { state_machine: slow, answer: output }"))
    done = harness.run_stepd("validate", config)
    assert done.returncode == 1
    assert f"{config}:10:" in done.stdout and "only the end of an EXPRESS state machine can be waited for" in done.stdout, done.stdout
