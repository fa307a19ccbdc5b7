"""Rates and lineages, as boto3 sees them, and the way out of a store full of executions that start themselves."""
import json
import re

import botocore.exceptions
import pytest

import harness

ROLE = "arn:aws:iam::123456789012:role/any"
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
ONE_START_A_SECOND = "buckets: {}\nlimits: { start_execution_per_machine: { bucket: 1, refill: 1 } }\n"


def create(stepd, name, definition):
    return stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]


def starting_itself(name):
    """A Parallel of two tasks, each of which starts the same state machine."""
    task = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": {"StateMachineArn": harness.machine_arn(name)}, "End": True}
    return {"StartAt": "Both", "States": {"Both": {
        "Type": "Parallel", "End": True,
        "Branches": [{"StartAt": state, "States": {state: task}} for state in ("One", "Other")]}}}


def client_that_tries(stepd, attempts):
    import boto3
    from botocore.config import Config
    return boto3.client("stepfunctions", endpoint_url=stepd.url, region_name=harness.REGION, aws_access_key_id="test",
                        aws_secret_access_key="test", config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))


def running(stepd, name):
    pages = stepd.client().get_paginator("list_executions").paginate(stateMachineArn=harness.machine_arn(name), statusFilter="RUNNING")
    return [execution["executionArn"] for page in pages for execution in page["executions"]]


def test_an_sdk_tries_a_throttled_start_again(serve):
    stepd = serve(ONE_START_A_SECOND)
    machine = create(stepd, "pass", PASS)
    patient = client_that_tries(stepd, 20)
    answers = [patient.start_execution(stateMachineArn=machine, name=str(number)) for number in range(4)]
    assert sum(answer["ResponseMetadata"]["RetryAttempts"] for answer in answers) > 0
    assert len(stepd.executions("pass")) == 4


def test_a_throttled_start_is_an_error_in_aws_words(serve):
    stepd = serve(ONE_START_A_SECOND)
    machine = create(stepd, "pass", PASS)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        for _ in range(100):
            client_that_tries(stepd, 1).start_execution(stateMachineArn=machine)
    response = caught.value.response
    assert (response["Error"]["Code"], response["Error"]["Message"]) == ("ThrottlingException", "Rate exceeded")
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    refused = re.search(rb"^stepd_starts_throttled_total (\d+)$", stepd.get("/metrics").body, re.M)
    assert refused and int(refused[1]) >= 1


def test_one_that_starts_itself_ends_by_its_depth(serve):
    stepd = serve("buckets: {}\nlimits: { execution_depth: 4 }\n")
    machine = create(stepd, "itself", starting_itself("itself"))
    stepd.client().start_execution(stateMachineArn=machine)
    harness.wait_until(lambda: not running(stepd, "itself"), "the end of all")
    statuses = [execution["status"] for execution in stepd.executions("itself")]
    assert "FAILED" in statuses
    assert len(statuses) <= 2 ** 5 - 1


def test_a_store_full_of_executions_that_start_themselves_is_made_quiet(serve):
    stepd = serve("buckets: {}\nlimits: { start_execution_per_machine: { bucket: 200, refill: 1 } }\n")
    machine = create(stepd, "itself", starting_itself("itself"))
    resting = create(stepd, "rest", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}})
    stepd.client().start_execution(stateMachineArn=machine)
    harness.wait_until(lambda: len(running(stepd, "itself")) > 50, "many of them")
    waits = stepd.client().start_execution(stateMachineArn=resting)["executionArn"]
    stepd.kill()

    stepd.start("--paused")
    assert stepd.get("/health").json()["status"] == "paused"
    assert "nothing runs" in stepd.printed()
    before = len(stepd.executions("itself"))
    with pytest.raises(botocore.exceptions.ClientError, match="--paused") as caught:
        client_that_tries(stepd, 1).start_execution(stateMachineArn=machine)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    client = stepd.client()
    for execution in running(stepd, "itself"):
        client.stop_execution(executionArn=execution)
    assert running(stepd, "itself") == []
    assert client.describe_execution(executionArn=waits)["status"] == "RUNNING"
    stepd.stop()

    stepd.start()
    assert stepd.get("/health").json()["status"] == "ok"
    assert stepd.finished(waits)["status"] == "SUCCEEDED"
    assert running(stepd, "itself") == []
    assert len(stepd.executions("itself")) == before
