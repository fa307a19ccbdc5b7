"""What AWS's own clients see: boto3 for everything, the AWS CLI once each. The product's default configuration serves them."""
import concurrent.futures
import functools
import json

import botocore.exceptions
import pytest

import harness

GREET = {
    "StartAt": "Greet",
    "States": {
        "Greet": {"Type": "Pass", "Parameters": {"greeting.$": "States.Format('Hello {}', $.name)"}, "Next": "Done"},
        "Done": {"Type": "Succeed"},
    },
}
WAIT_LONG = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}


@pytest.fixture
def stepd(serve):
    return serve(harness.ROOT / "config" / "stepd.yaml")


def create(client, name, definition, **more):
    return client.create_state_machine(name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/any", **more)


def refused(code):
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def test_a_state_machine_is_created_described_listed_and_deleted(stepd):
    client = stepd.client()
    arn = create(client, "greet", GREET)["stateMachineArn"]
    assert arn == harness.machine_arn("greet")
    described = client.describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"]) == GREET
    assert (described["name"], described["type"], described["status"]) == ("greet", "STANDARD", "ACTIVE")
    assert arn in [m["stateMachineArn"] for page in client.get_paginator("list_state_machines").paginate() for m in page["stateMachines"]]
    client.delete_state_machine(stateMachineArn=arn)
    harness.wait_until(lambda: arn not in [m["stateMachineArn"] for m in client.list_state_machines()["stateMachines"]], "the deletion")


def test_creating_it_again_is_the_same_and_with_another_definition_a_conflict(stepd):
    client = stepd.client()
    first = create(client, "greet", GREET)
    again = create(client, "greet", GREET)
    assert (first["stateMachineArn"], first["creationDate"]) == (again["stateMachineArn"], again["creationDate"])
    with refused("StateMachineAlreadyExists"):
        create(client, "greet", WAIT_LONG)


def test_an_execution_runs_and_tells_its_history(stepd):
    create(stepd.client(), "greet", GREET)
    done = stepd.run("greet", {"name": "Ada"}, name="one")
    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"]) == {"greeting": "Hello Ada"}
    assert json.loads(done["input"]) == {"name": "Ada"}
    assert done["startDate"] <= done["stopDate"]
    events = stepd.history(done["executionArn"])
    assert [e["id"] for e in events] == list(range(1, len(events) + 1))
    assert [e["type"] for e in events] == ["ExecutionStarted", "PassStateEntered", "PassStateExited", "SucceedStateEntered",
                                           "SucceedStateExited", "ExecutionSucceeded"]
    assert json.loads(events[0]["executionStartedEventDetails"]["input"]) == {"name": "Ada"}
    assert json.loads(events[-1]["executionSucceededEventDetails"]["output"]) == {"greeting": "Hello Ada"}
    newest = stepd.client().get_execution_history(executionArn=done["executionArn"], reverseOrder=True, maxResults=1)
    assert newest["events"][0]["id"] == len(events)
    assert newest["nextToken"]


def test_a_name_starts_one_execution_and_no_other(stepd):
    client = stepd.client()
    arn = create(client, "rest", WAIT_LONG)["stateMachineArn"]
    first = client.start_execution(stateMachineArn=arn, name="once", input='{"a":1}')
    assert first["executionArn"] == arn.replace(":stateMachine:", ":execution:") + ":once"
    again = client.start_execution(stateMachineArn=arn, name="once", input='{"a":1}')
    assert (again["executionArn"], again["startDate"]) == (first["executionArn"], first["startDate"])
    with refused("ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=arn, name="once", input='{"a":2}')
    client.stop_execution(executionArn=first["executionArn"])
    with refused("ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=arn, name="once", input='{"a":1}')
    assert len(stepd.executions("rest")) == 1


def test_many_that_ask_for_one_name_at_once_get_one_execution(stepd):
    arn = create(stepd.client(), "rest", WAIT_LONG)["stateMachineArn"]
    client = stepd.client()

    def start(_):
        return client.start_execution(stateMachineArn=arn, name="same", input="{}")["startDate"]
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(start, range(40)))) == 1
    assert len(stepd.executions("rest")) == 1


def test_a_stopped_execution_is_aborted_with_the_given_words(stepd):
    client = stepd.client()
    arn = create(client, "rest", WAIT_LONG)["stateMachineArn"]
    started = client.start_execution(stateMachineArn=arn)["executionArn"]
    assert client.describe_execution(executionArn=started)["status"] == "RUNNING"
    client.stop_execution(executionArn=started, error="Enough", cause="it was late")
    done = stepd.finished(started)
    assert (done["status"], done["error"], done["cause"]) == ("ABORTED", "Enough", "it was late")
    last = stepd.history(started)[-1]
    assert (last["type"], last["executionAbortedEventDetails"]) == ("ExecutionAborted", {"error": "Enough", "cause": "it was late"})


def test_executions_are_listed_newest_first_in_pages_and_by_status(stepd):
    client = stepd.client()
    arn = create(client, "greet", GREET)["stateMachineArn"]
    names = [f"n{i}" for i in range(7)]
    for name in names:
        stepd.finished(client.start_execution(stateMachineArn=arn, name=name, input='{"name":"x"}')["executionArn"])
    pages = list(client.get_paginator("list_executions").paginate(stateMachineArn=arn, PaginationConfig={"PageSize": 3}))
    assert [len(page["executions"]) for page in pages] == [3, 3, 1]
    assert [e["name"] for page in pages for e in page["executions"]] == names[::-1]
    assert client.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"] == []
    assert len(client.list_executions(stateMachineArn=arn, statusFilter="SUCCEEDED")["executions"]) == 7


@pytest.mark.parametrize("call, arguments, code", [
    ("describe_state_machine", {"stateMachineArn": harness.machine_arn("nobody")}, "StateMachineDoesNotExist"),
    ("start_execution", {"stateMachineArn": harness.machine_arn("nobody")}, "StateMachineDoesNotExist"),
    ("start_execution", {"stateMachineArn": "nonsense"}, "InvalidArn"),
    ("describe_execution", {"executionArn": harness.machine_arn("nobody").replace("stateMachine", "execution") + ":x"},
     "ExecutionDoesNotExist"),
    ("create_state_machine", {"name": "bad", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/any"}, "InvalidDefinition"),
    ("create_state_machine", {"name": "b a d", "definition": json.dumps(GREET), "roleArn": "arn:aws:iam::123456789012:role/any"},
     "InvalidName"),
])
def test_a_refusal_has_the_name_that_aws_gives_it(stepd, call, arguments, code):
    with refused(code):
        getattr(stepd.client(), call)(**arguments)


def test_input_that_is_no_json_is_refused_by_name(stepd):
    client = stepd.client()
    arn = create(client, "greet", GREET)["stateMachineArn"]
    with refused("InvalidExecutionInput"):
        client.start_execution(stateMachineArn=arn, input="{not json")
    assert stepd.executions("greet") == []


@pytest.mark.parametrize("program", [harness.CLIENTS / "bin" / "aws", harness.DEBIANS_AWS], ids=["current", "debians"])
def test_the_aws_cli_drives_it(stepd, tmp_path, program):
    aws = functools.partial(stepd.aws, program=program)
    definition = tmp_path / "greet.asl.json"
    definition.write_text(json.dumps(GREET))
    made = aws("stepfunctions", "create-state-machine", "--name", "greet", "--definition", f"file://{definition}",
                     "--role-arn", "arn:aws:iam::123456789012:role/any")
    started = aws("stepfunctions", "start-execution", "--state-machine-arn", made["stateMachineArn"], "--input", '{"name":"Grace"}')
    stepd.finished(started["executionArn"])
    described = aws("stepfunctions", "describe-execution", "--execution-arn", started["executionArn"])
    assert (described["status"], json.loads(described["output"])) == ("SUCCEEDED", {"greeting": "Hello Grace"})
    history = aws("stepfunctions", "get-execution-history", "--execution-arn", started["executionArn"])
    assert history["events"][-1]["type"] == "ExecutionSucceeded"


def test_what_was_started_carries_on_after_the_plug_was_pulled(stepd):
    client = stepd.client()
    definition = {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 2, "Next": "Say"},
                                       "Say": {"Type": "Pass", "Result": "rested", "End": True}}},
        {"StartAt": "Quick", "States": {"Quick": {"Type": "Pass", "Result": "quick", "End": True}}}]}}}
    arn = create(client, "both", definition)["stateMachineArn"]
    started = client.start_execution(stateMachineArn=arn, name="survivor", input='{"kept":true}')
    stepd.kill()
    stepd.start()
    done = stepd.finished(started["executionArn"])
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", ["rested", "quick"])
    assert done["startDate"] == started["startDate"]
    events = stepd.history(started["executionArn"])
    assert [e["id"] for e in events] == list(range(1, len(events) + 1))
    assert [e["type"] for e in events].count("WaitStateExited") == 1
