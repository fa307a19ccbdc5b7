"""Log groups and status-change events: what executions tell, level by level, and what hangs on their ends."""
import json

import pytest

import harness

DEFINITION = {"StartAt": "Look", "States": {
    "Look": {"Type": "Choice", "Choices": [{"Variable": "$.bad", "BooleanEquals": True, "Next": "No"}], "Default": "Yes"},
    "Yes": {"Type": "Pass", "Result": {"done": True}, "End": True},
    "No": {"Type": "Fail", "Error": "Picture.Bad", "Cause": "on principle"}}}
FILES = {"look.json": json.dumps(DEFINITION)}
LOGS = "log_groups: { folder: <data>/groups, file_size: 4 KiB, files: 2 }\n"


def lines(stepd, name):
    return harness.json_lines(stepd.data / "groups" / f"{name}.log")


def logging(level, group, data=False):
    return {"level": level, "includeExecutionData": data, "destinations": [{"cloudWatchLogsLogGroup": {
        "logGroupArn": f"arn:aws:logs:{harness.REGION}:{harness.ACCOUNT}:log-group:{group}:*"}}]}


def machine(client, name, **more):
    return client.create_state_machine(name=name, definition=json.dumps(DEFINITION), roleArn="arn:aws:iam::123456789012:role/any",
                                       **more)["stateMachineArn"]


def test_a_state_machine_logs_to_the_file_of_its_group(serve):
    stepd = serve(LOGS)
    client = stepd.client()
    arn = machine(client, "loud", type="EXPRESS", loggingConfiguration=logging("ALL", "/aws/vendedlogs/states/loud", True))
    done = client.start_sync_execution(stateMachineArn=arn, input='{"bad": false}')
    logged = harness.wait_until(lambda: len(found := lines(stepd, "+aws+vendedlogs+states+loud")) == 6 and found, "six lines")
    assert [line["type"] for line in logged] == ["ExecutionStarted", "ChoiceStateEntered", "ChoiceStateExited", "PassStateEntered",
                                                 "PassStateExited", "ExecutionSucceeded"]
    assert [line["id"] for line in logged] == [str(i) for i in range(1, 7)]
    assert logged[0]["details"] == {"input": '{"bad": false}', "inputDetails": {"truncated": False},
                                    "roleArn": "arn:aws:iam::123456789012:role/any"}
    assert logged[-1] == {"id": "6", "type": "ExecutionSucceeded", "details": {"output": '{"done":true}', "outputDetails": {"truncated": False}},
                          "previous_event_id": "5", "event_timestamp": str(round(done["stopDate"].timestamp() * 1000)),
                          "execution_arn": done["executionArn"], "redrive_count": "0"}


def test_a_level_can_change_while_it_runs(serve):
    stepd = serve(LOGS)
    client = stepd.client()
    arn = machine(client, "quiet", loggingConfiguration=logging("FATAL", "quiet"))

    def run():
        stepd.finished(client.start_execution(stateMachineArn=arn, input='{"bad": true}')["executionArn"])
    run()
    harness.wait_until(lambda: [line["type"] for line in lines(stepd, "quiet")] == ["ExecutionFailed"], "the end alone")
    client.update_state_machine(stateMachineArn=arn, loggingConfiguration=logging("ERROR", "quiet"))
    run()
    harness.wait_until(lambda: [line["type"] for line in lines(stepd, "quiet")] ==
                       ["ExecutionFailed", "FailStateEntered", "ExecutionFailed"], "the errors")
    client.update_state_machine(stateMachineArn=arn, loggingConfiguration={"level": "OFF"})
    run()
    stepd.stop()
    assert len(lines(stepd, "quiet")) == 3


def test_the_configuration_says_what_its_machines_log_and_files_are_rotated(serve):
    stepd = serve(LOGS + """
state_machines:
  look: { definition: look.json, logging: { level: ALL, group: /stepd/look } }
""", files=FILES)

    def described():
        description = stepd.client().describe_state_machine(stateMachineArn=harness.machine_arn("look"))
        return {member: value for member, value in description.items() if member != "ResponseMetadata"}
    before = described()
    assert before["loggingConfiguration"] == logging("ALL", "/stepd/look")
    for _ in range(30):
        stepd.run("look", {"bad": True})
    stepd.stop()
    files = sorted(path.name for path in (stepd.data / "groups").iterdir())
    assert files == ["+stepd+look.1.log", "+stepd+look.2.log", "+stepd+look.log"]
    assert all((stepd.data / "groups" / name).stat().st_size <= 4096 for name in files)
    assert all(line["execution_arn"] for name in files for line in harness.json_lines(stepd.data / "groups" / name))
    stepd.start()
    assert described() == before, "no new revision"


def test_a_group_that_cannot_be_written_ends_no_execution(serve):
    stepd = serve(LOGS)
    (stepd.data / "groups").write_text("no folder")
    client = stepd.client()
    arn = machine(client, "loud", loggingConfiguration=logging("ALL", "loud", True))
    done = stepd.finished(client.start_execution(stateMachineArn=arn, input='{"bad": false}')["executionArn"])
    assert done["status"] == "SUCCEEDED"
    harness.wait_until(lambda: "lines were lost" in stepd.printed(), "the warning")


EVENTS = """
topics:
  alerts: {{}}
rules:
  alarm:
    pattern: {{ source: [aws.states], detail: {{ status: [FAILED, TIMED_OUT], stateMachineArn: [{{ suffix: ":look" }}] }} }}
    topic: alerts
  follow:
    pattern: {{ source: [aws.states], detail-type: [Step Functions Execution Status Change], detail: {{ status: [FAILED] }} }}
    input_transformer:
      paths: {{ arn: $.detail.executionArn, why: $.detail.cause }}
      template: '{{"bad": false, "arn": <arn>, "why": <why>}}'
    state_machine: after
  circle:
    pattern: {{ source: [aws.states], detail: {{ status: [SUCCEEDED], stateMachineArn: ["{circle}"] }} }}
    state_machine: circle
state_machines:
  look: {{ definition: look.json }}
  after: {{ definition: look.json }}
  circle: {{ definition: circle.json }}
""".format(circle=harness.machine_arn("circle"))
CIRCLE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


@pytest.fixture
def eventful(serve):
    return serve(EVENTS, files={**FILES, "circle.json": json.dumps(CIRCLE)})


def test_a_failure_tells_a_topic_and_starts_what_follows(eventful):
    eventful.run("look", {"bad": False})
    failed = eventful.run("look", {"bad": True}, name="one")
    assert failed["status"] == "FAILED"
    told = harness.wait_until(lambda: (path := eventful.data / "topics" / "alerts.jsonl").exists() and path.read_text(), "the message")
    message = json.loads(told)
    assert message["subject"] == "look FAILED"
    event = message["message"]
    assert (event["source"], event["detail-type"]) == ("aws.states", "Step Functions Execution Status Change")
    detail = event["detail"]
    assert (detail["executionArn"], detail["status"], detail["cause"]) == (failed["executionArn"], "FAILED", "on principle")
    assert detail["stopDate"] == round(failed["stopDate"].timestamp() * 1000)
    followed = harness.wait_until(lambda: eventful.executions("after"), "what follows")
    assert len(followed) == 1
    done = eventful.finished(followed[0]["executionArn"])
    assert json.loads(done["input"]) == {"bad": False, "arn": failed["executionArn"], "why": "on principle"}


def test_a_rule_that_sets_itself_off_comes_to_an_end(eventful):
    eventful.run("circle", {})
    harness.wait_until(lambda: "in a row that a rule started" in eventful.printed(), "the refusal")
    assert len(eventful.executions("circle")) == 1 + 8
