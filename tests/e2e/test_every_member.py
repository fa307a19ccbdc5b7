"""Every operation with every member that AWS's model has: as it should be, and broken in every way that the model tells.

The operations, members, types, lengths and errors are botocore's (aws_model.py). Here is what makes a request valid: resources that exist.
"""
import itertools
import json

import pytest

import aws_model
import harness

# Map states in DISTRIBUTED mode are not run, so there is no Map Run to show or change: the best request is refused.
NO_MAP_RUN = {"DescribeMapRun", "UpdateMapRun"}
MAP_RUN = f"arn:aws:states:{harness.REGION}:{harness.ACCOUNT}:mapRun:every/Each:0b5f6f5e-2d0c-4b0c-8f0e-0d1f4a3c2b1a"

BODY_MAX = 1_048_576
ROLE = f"arn:aws:iam::{harness.ACCOUNT}:role/any"
LOGS = {"level": "ALL", "includeExecutionData": True, "destinations": [{"cloudWatchLogsLogGroup": {
    "logGroupArn": f"arn:aws:logs:{harness.REGION}:{harness.ACCOUNT}:log-group:/aws/vendedlogs/states/every:*"}}]}
KEY = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/every", "kmsDataKeyReusePeriodSeconds": 60}
PASS = {"Type": "Pass", "End": True}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "none"}, "End": True}
MAPPED = {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "One",
                                           "States": {"One": PASS}}, "Label": "Each", "End": True}


def machine_of(state):
    return json.dumps({"StartAt": "S", "States": {"S": state}})


class World:
    """Resources of every kind, made when they are first asked for."""

    def __init__(self, stepd):
        self.stepd = stepd
        self.numbers = itertools.count(1)
        self.made = {}

    def call(self, operation, request):
        return self.stepd.request("POST", "/", aws_model.encoded(request), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"AWSStepFunctions.{operation}"}, seconds=90)

    def get(self, operation, **request):
        return aws_model.check_answer(operation, self.call(operation, request))

    def name(self):
        return f"every-{next(self.numbers)}"

    def new_machine(self, state=PASS, **more):
        return self.get("CreateStateMachine", name=self.name(), definition=machine_of(state), roleArn=ROLE, **more)["stateMachineArn"]

    def new_version(self):
        return self.get("CreateStateMachine", name=self.name(), definition=machine_of(PASS), roleArn=ROLE, publish=True)["stateMachineVersionArn"]

    def new_alias(self):
        route = {"stateMachineVersionArn": self.new_version(), "weight": 100}
        return self.get("CreateStateMachineAlias", name="PROD", routingConfiguration=[route])["stateMachineAliasArn"]

    def new_execution(self, state=PASS, **more):
        return self.get("StartExecution", stateMachineArn=self.new_machine(state), **more)["executionArn"]

    def new_activity(self):
        return self.get("CreateActivity", name=self.name())["activityArn"]

    def take(self, operation, request):
        """A valid request."""
        if operation not in NO_MAP_RUN:
            return self.get(operation, **request)
        assert aws_model.code_of(operation, self.call(operation, request)) == "ResourceNotFound"

    def new_task(self, activity=None):
        """An activity whose one task waits for a worker."""
        activity = activity or self.new_activity()
        self.new_execution({"Type": "Task", "Resource": activity, "TimeoutSeconds": 600, "End": True})
        return activity

    def new_token(self):
        return self.get("GetActivityTask", activityArn=self.new_task(), workerName="every")["taskToken"]

    def ended(self, execution):
        harness.wait_until(lambda: self.get("DescribeExecution", executionArn=execution)["status"] in harness.CLOSED, f"the end of {execution}")
        return execution

    def once(self, what, make):
        if what not in self.made:
            self.made[what] = make()
        return self.made[what]

    @property
    def machine(self):
        return self.once("machine", self.new_machine)

    @property
    def execution(self):
        return self.once("execution", lambda: self.ended(self.new_execution()))

    @property
    def two_versions(self):
        def make():
            version = self.new_version()
            self.get("UpdateStateMachine", stateMachineArn=version[:-2], definition=machine_of({"Type": "Succeed"}), publish=True)
            return [{"stateMachineVersionArn": version, "weight": 30}, {"stateMachineVersionArn": version[:-1] + "2", "weight": 70}]
        return self.once("two versions", make)

    def second_page(self, operation, **request):
        """The request for what comes after the first of a list."""
        return {**request, "maxResults": 1, "nextToken": self.get(operation, **request, maxResults=1)["nextToken"]}


LISTING = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2", "Parameters": {"Bucket": "box"}}
# Nearly every kind of event that a history has.
EVENTFUL = {"StartAt": "Begin", "States": {
    "Begin": {"Type": "Pass", "Assign": {"count": 1}, "Next": "Choose"},
    "Choose": {"Type": "Choice", "Choices": [{"Variable": "$.many", "IsPresent": True, "Next": "Each"}], "Default": "End"},
    "Each": {"Type": "Map", "ItemsPath": "$.many", "ItemProcessor": {"StartAt": "List", "States": {"List": {**LISTING, "End": True}}},
             "Next": "Rest"},
    "Rest": {"Type": "Wait", "Seconds": 0, "Next": "Try"},
    "Try": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "none"}, "TimeoutSeconds": 60,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Both"}], "Next": "Both"},
    "Both": {"Type": "Parallel", "Branches": [
        {"StartAt": "Alone", "States": {"Alone": {"Type": "Succeed"}}},
        {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "Mine", "Cause": "because"}}}],
        "Catch": [{"ErrorEquals": ["Mine"], "Next": "Function"}], "Next": "End"},
    "Function": {"Type": "Task", "Resource": harness.function_arn("none"), "Next": "End"},
    "End": {"Type": "Succeed"}}}

# For each operation requests that AWS would serve. Together they have every member of the model; each is made anew every time.
VALID = {
    "CreateActivity": lambda w: [{"name": w.name(), "tags": [{"key": "a", "value": "b"}], "encryptionConfiguration": KEY}],
    "CreateStateMachine": lambda w: [
        {"name": w.name(), "definition": machine_of(PASS), "roleArn": ROLE, "type": "STANDARD", "loggingConfiguration": LOGS,
         "tags": [{"key": "a", "value": "b"}], "tracingConfiguration": {"enabled": True}, "publish": True, "versionDescription": "the first",
         "encryptionConfiguration": KEY}],
    "CreateStateMachineAlias": lambda w: [{"name": w.name(), "description": "for all", "routingConfiguration": w.two_versions}],
    "DeleteActivity": lambda w: [{"activityArn": w.new_activity()}],
    "DeleteStateMachine": lambda w: [{"stateMachineArn": w.new_machine()}],
    "DeleteStateMachineAlias": lambda w: [{"stateMachineAliasArn": w.new_alias()}],
    "DeleteStateMachineVersion": lambda w: [{"stateMachineVersionArn": w.new_version()}],
    "DescribeActivity": lambda w: [{"activityArn": w.new_activity()}],
    "DescribeExecution": lambda w: [{"executionArn": w.execution, "includedData": data} for data in ("ALL_DATA", "METADATA_ONLY")],
    "DescribeMapRun": lambda w: [{"mapRunArn": MAP_RUN}],
    "DescribeStateMachine": lambda w: [{"stateMachineArn": arn, "includedData": "ALL_DATA"} for arn in (w.machine, w.new_version())],
    "DescribeStateMachineAlias": lambda w: [{"stateMachineAliasArn": w.new_alias()}],
    "DescribeStateMachineForExecution": lambda w: [{"executionArn": w.execution, "includedData": "METADATA_ONLY"}],
    "GetActivityTask": lambda w: [{"activityArn": w.new_task(), "workerName": "every"}],
    "GetExecutionHistory": lambda w: [w.second_page("GetExecutionHistory", executionArn=w.execution, reverseOrder=True, includeExecutionData=True)],
    "ListActivities": lambda w: [[w.new_activity(), w.new_activity()] and w.second_page("ListActivities")],
    "ListExecutions": lambda w: [
        w.second_page("ListExecutions", stateMachineArn=w.once("listed", lambda: twice_run(w)), statusFilter="SUCCEEDED"),
    ],
    "ListMapRuns": lambda w: [{"executionArn": w.execution, "maxResults": 1}],
    "ListStateMachineAliases": lambda w: [w.second_page("ListStateMachineAliases", stateMachineArn=w.once("aliased", lambda: two_aliases(w)))],
    "ListStateMachineVersions": lambda w: [
        w.second_page("ListStateMachineVersions", stateMachineArn=w.two_versions[0]["stateMachineVersionArn"][:-2])],
    "ListStateMachines": lambda w: [[w.new_machine(), w.new_machine()] and w.second_page("ListStateMachines")],
    "ListTagsForResource": lambda w: [{"resourceArn": w.new_machine(tags=[{"key": "a", "value": ""}])}],
    "PublishStateMachineVersion": lambda w: [{"stateMachineArn": w.new_machine(), "revisionId": "INITIAL", "description": "the first"}],
    "RedriveExecution": lambda w: [{"executionArn": w.ended(w.new_execution({"Type": "Fail"})), "clientToken": w.name()}],
    "SendTaskFailure": lambda w: [{"taskToken": w.new_token(), "error": "Mine", "cause": "because"}],
    "SendTaskHeartbeat": lambda w: [{"taskToken": w.new_token()}],
    "SendTaskSuccess": lambda w: [{"taskToken": w.new_token(), "output": "{}"}],
    "StartExecution": lambda w: [{"stateMachineArn": w.machine, "name": w.name(), "input": "{}", "traceHeader": "Root=1-0-1"}],
    "StartSyncExecution": lambda w: [{"stateMachineArn": w.once("express", lambda: w.new_machine(type="EXPRESS")), "name": w.name(),
                                      "input": "{}", "traceHeader": "Root=1-0-1", "includedData": "ALL_DATA"}],
    "StopExecution": lambda w: [{"executionArn": w.new_execution({"Type": "Wait", "Seconds": 3600, "End": True}), "error": "Enough",
                                 "cause": "it was late"}],
    "TagResource": lambda w: [{"resourceArn": w.machine, "tags": [{"key": "a", "value": "b"}]}],
    "TestState": lambda w: [
        {"definition": json.dumps(TASK), "roleArn": ROLE, "input": "{}", "inspectionLevel": "DEBUG", "mock": {
            "result": '{"Payload":1}', "fieldValidationMode": "NONE"}, "context": '{"Execution":{"Id":"e"}}'},
        {"definition": json.dumps({**TASK, "Retry": [{"ErrorEquals": ["Mine"], "MaxAttempts": 3}]}), "mock": {
            "errorOutput": {"error": "Mine", "cause": "because"}}, "stateConfiguration": {"retrierRetryCount": 1}},
        {"definition": machine_of(PASS), "stateName": "S", "roleArn": ROLE, "revealSecrets": True, "variables": '{"v":1}'},
        {"definition": json.dumps({"Type": "Map", "ItemProcessor": {"StartAt": "One", "States": {"One": PASS}}, "End": True}),
         "mock": {"errorOutput": {"error": "Mine", "cause": "because"}}, "input": "[1]",
         "stateConfiguration": {"errorCausedByState": "One", "mapIterationFailureCount": 1}},
        {"definition": json.dumps(MAPPED), "input": "[1]", "mock": {"result": "[1]"}, "stateConfiguration": {"mapItemReaderData": "[1]"}}],
    "UntagResource": lambda w: [{"resourceArn": w.machine, "tagKeys": ["a"]}],
    "UpdateMapRun": lambda w: [{"mapRunArn": MAP_RUN, "maxConcurrency": 2, "toleratedFailurePercentage": 50.5,
                                "toleratedFailureCount": 1}],
    "UpdateStateMachine": lambda w: [
        {"stateMachineArn": w.new_machine(), "definition": machine_of({"Type": "Succeed"}), "roleArn": ROLE, "loggingConfiguration": LOGS,
         "tracingConfiguration": {"enabled": True}, "publish": True, "versionDescription": "the first", "encryptionConfiguration": KEY}],
    "UpdateStateMachineAlias": lambda w: [
        {"stateMachineAliasArn": w.once("aliased", lambda: two_aliases(w)) + ":A", "description": "for some", "routingConfiguration": [
            {"stateMachineVersionArn": w.once("aliased", lambda: two_aliases(w)) + ":1", "weight": 100}]}],
    "ValidateStateMachineDefinition": lambda w: [{"definition": machine_of(PASS), "type": "EXPRESS", "severity": "WARNING", "maxResults": 10}],
}


def twice_run(world):
    machine = world.new_machine()
    for _ in range(2):
        world.ended(world.get("StartExecution", stateMachineArn=machine)["executionArn"])
    return machine


def two_aliases(world):
    version = world.new_version()
    for name in "AB":
        world.get("CreateStateMachineAlias", name=name, routingConfiguration=[{"stateMachineVersionArn": version, "weight": 100}])
    return version[:-2]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("daemon")
    config = folder / "stepd.yaml"
    config.write_text("buckets: { box: }\n")
    with harness.Stepd(config, folder / "data", folder / "stepd.log") as stepd:
        yield World(stepd)


def test_the_model_has_what_is_listed_here():
    assert set(VALID) == set(aws_model.OPERATIONS)


@pytest.mark.parametrize("operation", aws_model.OPERATIONS)
def test_every_member_is_taken_and_every_answer_is_as_modelled(world, operation):
    sent = set()
    for request in VALID[operation](world):
        world.take(operation, request)
        sent |= set(aws_model.members_in(request))
    modelled = set(aws_model.members_of(aws_model.SERVICE.operation_model(operation).input_shape))
    assert sent <= modelled
    assert modelled - sent <= unreachable(operation)


@pytest.mark.parametrize("operation", aws_model.OPERATIONS)
def test_members_that_nobody_knows_or_that_are_null_do_not_count(world, operation):
    for request in VALID[operation](world):
        world.take(operation, {**request, "memberOfTomorrow": [1]})
    shape = aws_model.SERVICE.operation_model(operation).input_shape
    for name in shape.members.keys() - set(shape.required_members):
        codes = []
        for value in (..., None):
            request = next((request for request in VALID[operation](world) if name in request), None)
            if request:
                codes.append(aws_model.code_of(operation, world.call(operation, aws_model.changed(request, (name,), value))))
        assert len(set(codes)) <= 1, f"{name}: left out {codes[0]}, null {codes[1]}"


def test_every_event_of_a_history_is_as_modelled(world):
    machine = world.get("CreateStateMachine", name=world.name(), definition=json.dumps(EVENTFUL), roleArn=ROLE)["stateMachineArn"]
    execution = world.ended(world.get("StartExecution", stateMachineArn=machine, input='{"many":[1,2]}')["executionArn"])
    events = world.get("GetExecutionHistory", executionArn=execution, maxResults=1000)["events"]
    types = {event["type"] for event in events}
    expected = {"MapIterationSucceeded", "WaitStateExited", "ParallelStateFailed", "TaskSucceeded", "TaskFailed", "LambdaFunctionFailed",
                "ExecutionFailed"}
    assert expected - types == set()
    for event in events:
        details = [name for name in event if name.endswith("EventDetails")]
        assert len(details) <= 1 and all(name[:-len("EventDetails")].lower() in event["type"].lower() or "State" in event["type"]
                                         for name in details), event
    without = world.get("GetExecutionHistory", executionArn=execution, includeExecutionData=False)["events"]
    assert not any("input" in details or "output" in details for event in without for details in event.values() if isinstance(details, dict))


def unreachable(operation):
    """Members that only a Map Run could give a meaning."""
    if operation == "ListExecutions":
        return {"mapRunArn", "redriveFilter"}
    return {"nextToken"} if operation == "ListMapRuns" else set()


@pytest.mark.parametrize("operation", aws_model.OPERATIONS)
def test_every_broken_member_is_refused_in_the_models_terms(world, operation):
    seen = set()
    failures = []
    for request in VALID[operation](world):
        for broken in aws_model.broken_requests(operation, request):
            if broken.what not in seen:
                seen.add(broken.what)
                failures += [f"{broken.what}: {fault}" for fault in faults_of(world, operation, broken)]
    assert failures == []
    assert seen or not aws_model.SERVICE.operation_model(operation).input_shape.members
    assert world.stepd.is_healthy()


def faults_of(world, operation, broken):
    answer = world.call(operation, broken.request)
    if len(aws_model.encoded(broken.request)) > BODY_MAX:
        if answer.status != 413 or answer.json()["__type"] != "RequestEntityTooLargeException":
            yield f"too large a body is answered by {answer.status}"
        return
    try:
        message = aws_model.check_refusal(operation, answer, broken.errors)
    except (AssertionError, KeyError) as fault:
        yield f"{str(fault)[:300]} -- {answer.status} {answer.body[:300]}"
        return
    if broken.message not in (None, message) or broken.part not in message:
        yield f"{message[:300]!r} instead of {(broken.message or broken.part)[:300]!r}"
