"""What a collector of OpenTelemetry receives, and how traces go on through executions, children and functions."""
import json

import pytest

import harness
from receivers import Receiver

TRACE = "5759e988bd862e3fe1be46a994272793"
CALLER = "53995c3f42cd8ad8"
ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/r"
SECRET = "Bearer of-a-secret"


@pytest.fixture
def collector():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def stepd(serve, collector, tmp_path):
    (tmp_path / "token").write_text(SECRET)
    with Receiver() as function:
        served = serve(f"""
buckets: {{ photos: }}
functions:
  far: {{ endpoint: "{function.url}" }}
  head: {{ handler: object.head, arguments: {{ bucket: photos, key.$: $.key }} }}
traces: {{ endpoint: "http://127.0.0.1:{collector.port}", headers: {{ Authorization: {{ file: {tmp_path}/token }} }} }}
""")
        served.function = function
        yield served


def spans(collector):
    found = []
    for headers, body in collector.requests:
        assert headers["Authorization"] == SECRET
        for resource in json.loads(body)["resourceSpans"]:
            found += [span for scope in resource["scopeSpans"] for span in scope["spans"]]
    return found


def ended(collector, name):
    """The spans, once that of `name` has come."""
    return harness.wait_until(lambda: any(span["name"] == name for span in spans(collector)) and spans(collector), f"span {name}")


def named(found, name):
    return next(span for span in found if span["name"] == name)


def attributes(span):
    return {each["key"]: each["value"].get("stringValue", each["value"].get("intValue")) for each in span["attributes"]}


def create(stepd, name, states, kind="STANDARD"):
    definition = {"StartAt": next(iter(states)), "States": states}
    stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE, type=kind)


def call(function, **more):
    return {"Type": "Task", "Resource": harness.function_arn(function), **more}


def start(stepd, machine, value, headers):
    body = json.dumps({"stateMachineArn": harness.machine_arn(machine), "input": json.dumps(value)})
    answer = stepd.request("POST", "/", body, {"Content-Type": "application/x-amz-json-1.0",
                                               "X-Amz-Target": "AWSStepFunctions.StartExecution", **headers})
    assert answer.status == 200, answer.body
    return answer.json()["executionArn"]


def test_a_trace_goes_through_an_execution_to_its_function(stepd, collector):
    create(stepd, "calls", {"Call": call("far", End=True)})
    arn = start(stepd, "calls", {}, {"traceparent": f"00-{TRACE}-{CALLER}-01"})
    found = ended(collector, "calls")
    execution, state = named(found, "calls"), named(found, "Call")
    task = next(span for span in found if span["kind"] == 3)
    assert {span["traceId"] for span in found} == {TRACE}
    assert execution["parentSpanId"] == CALLER and state["parentSpanId"] == execution["spanId"]
    assert task["parentSpanId"] == state["spanId"]
    assert attributes(execution)["stepd.execution.arn"] == arn
    told = stepd.function.wait_for(1)[0][0]
    assert told["traceparent"] == f"00-{TRACE}-{task['spanId']}-01"
    assert told["X-Amzn-Trace-Id"] == f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent={task['spanId']};Sampled=1"
    assert stepd.client().describe_execution(executionArn=arn)["traceHeader"] == f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent={CALLER};Sampled=1"


def test_a_child_execution_hangs_beneath_the_task_that_started_it(stepd, collector):
    create(stepd, "child", {"Only": {"Type": "Pass", "End": True}})
    create(stepd, "parent", {"Nest": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
                                      "Parameters": {"StateMachineArn": harness.machine_arn("child")}, "End": True}})
    start(stepd, "parent", {}, {})
    found = ended(collector, "parent")
    task = next(span for span in found if span["kind"] == 3)
    assert named(found, "child")["parentSpanId"] == task["spanId"]
    assert len({span["traceId"] for span in found}) == 1
    assert "parentSpanId" not in named(found, "parent")


def test_failures_are_marked_and_data_is_not_shown(stepd, collector):
    create(stepd, "heads", {"Head": call("head", End=True)}, "EXPRESS")
    start(stepd, "heads", {"key": "private name"}, {})
    execution = named(ended(collector, "heads"), "heads")
    assert execution["status"]["code"] == 2 and attributes(execution)["error.type"]
    assert attributes(execution)["stepd.execution.status"] == "FAILED"
    assert not any('"input"' in body for _headers, body in collector.requests)


def test_the_caller_decides_what_is_sampled(stepd, collector):
    create(stepd, "passes", {"Only": {"Type": "Pass", "End": True}})
    stepd.finished(start(stepd, "passes", {}, {"traceparent": f"00-{TRACE}-{CALLER}-00"}))
    kept = start(stepd, "passes", {}, {})
    found = ended(collector, "passes")
    assert {attributes(span)["stepd.execution.arn"] for span in found} == {kept}


def test_a_collector_that_is_away_costs_a_warning(serve, collector):
    port = harness.free_port()
    stepd = serve(f"traces: {{ endpoint: 'http://127.0.0.1:{port}' }}\n")
    create(stepd, "passes", {"Only": {"Type": "Pass", "End": True}})
    assert stepd.run("passes", {})["status"] == "SUCCEEDED"
    harness.wait_until(lambda: stepd.printed().count("spans cannot be sent") == 1, "the warning")
    assert SECRET not in stepd.printed()
    with Receiver(port=port) as back:
        harness.wait_until(lambda: back.requests, "the spans of before")


@pytest.mark.parametrize("section, message", [
    ("{ endpoint: 'ftp://x' }", "expected http://HOST:PORT"),
    ("{ endpoint: 'http://x', sample: 2 }", "a number from 0 to 1"),
    ("{ endpoint: 'http://x', headers: { Authorization: secret-in-here } }", "Authorization"),
    ("{ }", "endpoint"),
])
def test_a_wrong_section_is_refused(tmp_path, section, message):
    (tmp_path / "stepd.yaml").write_text(f"traces: {section}\n")
    told = harness.run_stepd("validate", tmp_path / "stepd.yaml")
    assert told.returncode != 0
    assert message in told.stdout + told.stderr and "secret-in-here" not in told.stdout + told.stderr
