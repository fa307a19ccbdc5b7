"""Redrives as a person uses them: what failed is mended, and the execution goes on, after a crash too."""
import json

import botocore.exceptions
import pytest

import harness

CONFIG = """
buckets: { box: }
functions:
  head: { handler: object.head }
"""
HEADS = {"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": True, "MaxConcurrency": 1, "ItemProcessor": {
    "StartAt": "Head", "States": {"Head": {"Type": "Task", "Resource": harness.function_arn("head"), "ResultSelector": {"size.$": "$.bytes"},
                                           "Parameters": {"bucket": "box", "key.$": "$"}, "End": True}}}}}}


@pytest.fixture
def stepd(serve):
    return serve(CONFIG)


def test_iterations_that_failed_go_on_after_a_crash_and_those_that_succeeded_are_not_done_again(stepd):
    client = stepd.client()
    arn = client.create_state_machine(name="heads", definition=json.dumps(HEADS), roleArn="arn:aws:iam::123456789012:role/any")["stateMachineArn"]
    stepd.put_object("box", "a", b"1")
    stepd.put_object("box", "c", b"333")
    execution = client.start_execution(stateMachineArn=arn, input='["a","b","c"]')["executionArn"]
    failed = stepd.finished(execution)
    assert (failed["status"], failed["error"], failed["redriveStatus"], failed["redriveCount"]) == ("FAILED", "Object.NotFound", "REDRIVABLE", 0)

    stepd.put_object("box", "b", b"22")
    stepd.kill()
    stepd.start()
    client = stepd.client()
    when = client.redrive_execution(executionArn=execution, clientToken="mended")["redriveDate"]
    done = stepd.finished(execution)
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", [{"size": 1}, {"size": 2}, {"size": 3}])
    assert (done["redriveCount"], done["redriveDate"], done["startDate"]) == (1, when, failed["startDate"])
    assert client.list_executions(stateMachineArn=arn)["executions"][0]["redriveCount"] == 1
    # The same request again, though the execution has succeeded since.
    assert client.redrive_execution(executionArn=execution, clientToken="mended")["redriveDate"] == when
    with pytest.raises(client.exceptions.ExecutionNotRedrivable, match="Execution is SUCCEEDED and cannot be redriven"):
        client.redrive_execution(executionArn=execution)

    events = stepd.history(execution)
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    types = [event["type"] for event in events]
    assert types.count("ExecutionRedriven") == types.count("ExecutionFailed") == types.count("ExecutionStarted") == 1
    scheduled = [json.loads(event["lambdaFunctionScheduledEventDetails"]["input"])["key"] for event in events
                 if event["type"] == "LambdaFunctionScheduled"]
    assert scheduled == ["a", "b", "b", "c"]


def test_an_execution_of_express_or_of_nobody_is_refused(stepd):
    client = stepd.client()
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.redrive_execution(executionArn=harness.machine_arn("none").replace("stateMachine", "execution") + ":x")
    with pytest.raises(botocore.exceptions.ClientError):
        client.redrive_execution(executionArn=harness.machine_arn("none").replace("stateMachine", "express") + ":x:y")
