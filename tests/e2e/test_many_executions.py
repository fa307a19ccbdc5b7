"""Ten thousand executions: listed page by page while others start and end, none is missed and none told twice."""
import concurrent.futures
import http.client
import json
import threading

import pytest

import harness

EXECUTIONS = 10_000
CLIENTS = 16
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


@pytest.fixture
def stepd(serve):
    many = "{ bucket: 1000000, refill: 1000000 }"
    return serve(f"buckets: {{}}\nlimits: {{ start_execution: {many}, start_execution_per_machine: {many} }}\n")


class Connection:
    """The AWS protocol over one kept connection: boto3 is too slow for ten thousand."""

    def __init__(self, stepd):
        self.http = http.client.HTTPConnection("127.0.0.1", stepd.port, timeout=60)

    def call(self, operation, arguments):
        self.http.request("POST", "/", json.dumps(arguments), {"X-Amz-Target": f"AWSStepFunctions.{operation}",
                                                               "Content-Type": "application/x-amz-json-1.0"})
        reply = self.http.getresponse()
        body = json.loads(reply.read())
        assert reply.status == 200, body
        return body


def start_all(stepd, arn, numbers):
    connection = Connection(stepd)
    for number in numbers:
        connection.call("StartExecution", {"stateMachineArn": arn, "name": f"n{number}"})


def test_pages_hold_each_execution_once_while_others_start_and_end(stepd):
    arn = stepd.client().create_state_machine(name="many", definition=json.dumps(PASS), roleArn="arn:aws:iam::123456789012:role/any")["stateMachineArn"]
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda first: start_all(stepd, arn, range(first, EXECUTIONS, CLIENTS)), range(CLIENTS)))

    listed, disturbed, enough = [], [], threading.Event()

    def disturb():
        connection = Connection(stepd)
        while not enough.is_set():
            name = f"late{len(disturbed)}"
            disturbed.append(connection.call("StartExecution", {"stateMachineArn": arn, "name": name})["executionArn"])
    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        harness.wait_until(lambda: disturbed, "a first disturbance")
        connection, token = Connection(stepd), {}
        while True:
            page = connection.call("ListExecutions", {"stateMachineArn": arn, "maxResults": 500, **token})
            assert len(page["executions"]) <= 500
            listed += [execution["name"] for execution in page["executions"]]
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
    finally:
        enough.set()
        disturber.join()
    assert len(listed) == len(set(listed))
    assert {f"n{number}" for number in range(EXECUTIONS)} <= set(listed)
    # What started after the first page was asked for is newer than all that it held.
    assert len(listed) - EXECUTIONS < len(disturbed)
