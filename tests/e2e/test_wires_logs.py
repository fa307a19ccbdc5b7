"""CloudWatch Logs over the log files: what code puts, and what executions log, is read by AWS's clients."""
import json
import subprocess
import time

import pytest

import harness
import wires


@pytest.fixture
def stepd(serve):
    return serve("{}")


def fill(logs, group="/app/web", stream="s/1", count=25):
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    answer = logs.put_log_events(logGroupName=group, logStreamName=stream,
                                 logEvents=[{"timestamp": now + i, "message": f"line {i}"} for i in range(count)])
    assert answer["nextSequenceToken"]
    return now


def test_boto3_puts_gets_and_filters(stepd):
    logs = wires.client(stepd, "logs")
    fill(logs)
    assert [g["logGroupName"] for page in logs.get_paginator("describe_log_groups").paginate() for g in page["logGroups"]] == ["/app/web"]
    assert [s["logStreamName"] for s in logs.describe_log_streams(logGroupName="/app/web")["logStreams"]] == ["s/1"]
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="/app/web", PaginationConfig={"PageSize": 10})
    assert [e["message"] for page in pages for e in page["events"]] == [f"line {i}" for i in range(25)]
    some = logs.filter_log_events(logGroupName="/app/web", filterPattern='?"line 3" ?"line 7"')["events"]
    assert [e["message"] for e in some] == ["line 3", "line 7"]
    newest = logs.get_log_events(logGroupName="/app/web", logStreamName="s/1", limit=5)
    assert [e["message"] for e in newest["events"]] == [f"line {i}" for i in range(20, 25)]
    older = logs.get_log_events(logGroupName="/app/web", logStreamName="s/1", limit=5, nextToken=newest["nextBackwardToken"])
    assert [e["message"] for e in older["events"]] == [f"line {i}" for i in range(15, 20)]
    end = logs.get_log_events(logGroupName="/app/web", logStreamName="s/1", nextToken=newest["nextForwardToken"])
    assert end["events"] == [] and end["nextForwardToken"] == newest["nextForwardToken"]


def test_boto3_sees_the_errors_of_the_service(stepd):
    logs = wires.client(stepd, "logs")
    fill(logs, count=1)
    with wires.refused("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName="/app/web")
    with wires.refused("ResourceNotFoundException"):
        logs.filter_log_events(logGroupName="/none")
    with wires.refused("ResourceNotFoundException"):
        logs.put_log_events(logGroupName="/app/web", logStreamName="none", logEvents=[{"timestamp": 1, "message": "m"}])
    with wires.refused("NotImplementedException"):
        logs.delete_log_group(logGroupName="/app/web")
    old = logs.put_log_events(logGroupName="/app/web", logStreamName="s/1", logEvents=[{"timestamp": 1, "message": "m"}])
    assert old["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1}


def test_what_an_execution_logs_is_read_by_the_aws_cli(serve):
    stepd = serve("{}")
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"n": 7}, "End": True}}}
    group = f"arn:aws:logs:{harness.REGION}:{harness.ACCOUNT}:log-group:/aws/vendedlogs/states/m:*"
    stepd.client().create_state_machine(name="m", definition=json.dumps(definition), roleArn=f"arn:aws:iam::{harness.ACCOUNT}:role/r",
                                        loggingConfiguration={"level": "ALL", "includeExecutionData": True, "destinations": [
                                            {"cloudWatchLogsLogGroup": {"logGroupArn": group}}]})
    stepd.run("m", {"a": 1})
    events = stepd.aws("logs", "filter-log-events", "--log-group-name", "/aws/vendedlogs/states/m", "--filter-pattern",
                       '{ $.type = "ExecutionSucceeded" }')["events"]
    assert len(events) == 1 and events[0]["logStreamName"].startswith("states/m/")
    assert json.loads(events[0]["message"])["details"]
    tail = subprocess.run([harness.CLIENTS / "bin" / "aws", "--endpoint-url", stepd.url, "logs", "tail", "/aws/vendedlogs/states/m", "--format",
                           "short"], capture_output=True, text=True, timeout=120, env=stepd.aws_environment())
    assert tail.returncode != 0 or "ExecutionStarted" in tail.stdout, tail.stderr   # version 1 of the CLI has no `tail`


def test_the_javascript_client_reads_and_writes(stepd):
    result = wires.javascript(stepd, "client-cloudwatch-logs", "CloudWatchLogsClient", """
        const group = { logGroupName: "/js" }, stream = { ...group, logStreamName: "s" };
        await client.send(new aws.CreateLogGroupCommand(group));
        await client.send(new aws.CreateLogStreamCommand(stream));
        await client.send(new aws.PutLogEventsCommand({ ...stream, logEvents: [{ timestamp: Date.now(), message: "from JS" }] }));
        const found = await client.send(new aws.FilterLogEventsCommand({ ...group, filterPattern: "JS" }));
        const error = await client.send(new aws.GetLogEventsCommand({ ...group, logStreamName: "none" })).catch((e) => e);
        return { messages: found.events.map((e) => e.message), name: error.name };""")
    assert result == {"messages": ["from JS"], "name": "ResourceNotFoundException"}
