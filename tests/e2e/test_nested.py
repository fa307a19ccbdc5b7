"""Executions that start executions, as boto3 sees them: what is handed on, who ends with whom, and a crash in between."""
import json

import harness

ROLE = "arn:aws:iam::123456789012:role/any"
WAIT = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Tell"},
                                      "Tell": {"Type": "Pass", "Parameters": {"was.$": "$.seconds"}, "End": True}}}


def create(client, name, definition):
    return client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]


def create_family(client, pattern, seconds, **parameters):
    """(parent's machine, child's machine)"""
    child = create(client, "child", WAIT)
    parameters = {"StateMachineArn": child, "Input": {"seconds": seconds, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"},
                  **parameters}
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution" + pattern, "Parameters": parameters, "End": True}
    return create(client, "parent", {"StartAt": "Start", "States": {"Start": task}}), child


def only_execution(client, machine):
    found = harness.wait_until(lambda: client.list_executions(stateMachineArn=machine)["executions"], "the child")
    assert len(found) == 1
    return found[0]["executionArn"]


def submitted(stepd, execution):
    return "TaskSubmitted" in [event["type"] for event in stepd.history(execution)]


def test_a_parent_gets_what_its_child_comes_to(serve):
    stepd = serve("buckets: {}\n")
    client = stepd.client()
    parent, child = create_family(client, ".sync:2", 0)
    end = stepd.run("parent", {})
    assert end["status"] == "SUCCEEDED", end
    output = json.loads(end["output"])
    arn = only_execution(client, child)
    assert (output["ExecutionArn"], output["Status"], output["Output"]) == (arn, "SUCCEEDED", {"was": 0})
    assert json.loads(client.describe_execution(executionArn=arn)["input"])["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"] == end["executionArn"]


def test_a_child_ends_with_its_parent(serve):
    stepd = serve("buckets: {}\n")
    client = stepd.client()
    parent, child = create_family(client, ".sync", 3600)
    execution = client.start_execution(stateMachineArn=parent)["executionArn"]
    harness.wait_until(lambda: submitted(stepd, execution), "the submission")
    client.stop_execution(executionArn=execution, error="Enough")
    assert stepd.finished(only_execution(client, child))["status"] == "ABORTED"


def test_parent_and_child_find_each_other_after_every_crash(serve):
    """The plug is pulled ten times from the start to the end of a parent whose child takes two seconds."""
    stepd = serve("buckets: {}\n")
    client = stepd.client()
    parent, child = create_family(client, ".sync:2", 2)
    execution = client.start_execution(stateMachineArn=parent)["executionArn"]
    for _ in range(10):
        stepd.kill()
        stepd.start()
    end = stepd.finished(execution)
    assert end["status"] == "SUCCEEDED", end
    assert json.loads(end["output"])["ExecutionArn"] == only_execution(client, child)
