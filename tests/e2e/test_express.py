"""EXPRESS executions through AWS's clients and from the inbox: in memory, to the end, and started again after a crash."""
import http.client
import json
import socket
import threading

import botocore.exceptions
import pytest

import harness
import receivers

GREET = {"StartAt": "Greet", "States": {
    "Greet": {"Type": "Pass", "Parameters": {"greeting.$": "States.Format('Hello {}', $.name)"}, "Next": "Done"},
    "Done": {"Type": "Succeed"}}}
FAIL = {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Picture.Bad", "Cause": "on principle"}}}
REST = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}
CALL = {"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": harness.function_arn("far"), "End": True}}}

CONFIG = """
buckets: {{ uploads: {{ watch: true, settle: 50ms }} }}
lambda_endpoint: {endpoint}
limits: {{ express_time: 2s }}
rules:
  any:
    pattern: {{ source: [aws.s3] }}
    input_path: $.detail.object.key
    state_machine: call
state_machines:
  greet: {{ definition: greet.json, type: EXPRESS }}
  fail: {{ definition: fail.json, type: EXPRESS }}
  rest: {{ definition: rest.json, type: EXPRESS }}
  call: {{ definition: call.json, type: EXPRESS }}
  standard: {{ definition: greet.json }}
"""
FILES = {"greet.json": json.dumps(GREET), "fail.json": json.dumps(FAIL), "rest.json": json.dumps(REST), "call.json": json.dumps(CALL)}
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def config(endpoint="http://127.0.0.1:1", **changes):
    text = CONFIG.format(endpoint=endpoint)
    for old, new in changes.items():
        assert f"{old}: " in text
        text = text.replace(f"{old}: 2s", f"{old}: {new}")
    return text


def run(stepd, machine, value=None, **more):
    return stepd.client().start_sync_execution(stateMachineArn=harness.machine_arn(machine), input=json.dumps(value or {}), **more)


def refused(code):
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def test_a_synchronous_execution_answers_with_its_end(serve):
    stepd = serve(config(), files=FILES)
    done = run(stepd, "greet", {"name": "Ada"}, name="one")
    assert done["status"] == "SUCCEEDED"
    assert json.loads(done["output"]) == {"greeting": "Hello Ada"}
    assert done["executionArn"].startswith(f"arn:aws:states:{harness.REGION}:{harness.ACCOUNT}:express:greet:one:")
    assert (done["name"], done["stateMachineArn"]) == ("one", harness.machine_arn("greet"))
    assert done["billingDetails"] == {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100}
    assert run(stepd, "greet", {"name": "Ada"}, name="one")["executionArn"] != done["executionArn"]
    bad = run(stepd, "fail")
    assert (bad["status"], bad["error"], bad["cause"]) == ("FAILED", "Picture.Bad", "on principle")
    late = run(stepd, "rest")
    assert late["status"] == "TIMED_OUT"
    assert 2 <= (late["stopDate"] - late["startDate"]).total_seconds() < 3
    with refused("StateMachineTypeNotSupported"):
        run(stepd, "standard", {"name": "Ada"})


def test_what_has_no_history_is_not_told_of(serve):
    stepd = serve(config(), files=FILES)
    client = stepd.client()
    arn = client.start_execution(stateMachineArn=harness.machine_arn("rest"))["executionArn"]
    for operation in ("describe_execution", "get_execution_history", "stop_execution", "describe_state_machine_for_execution"):
        with refused("Resource type not valid in this context: express"):
            getattr(client, operation)(executionArn=arn)
    with refused("This operation is not supported by this type of state machine"):
        client.list_executions(stateMachineArn=harness.machine_arn("rest"))


@pytest.mark.parametrize("host", ["sync-localhost", "sync-127.0.0.1"])
def test_the_prefix_that_clients_put_before_the_host_is_taken(serve, host):
    stepd = serve(config(), files=FILES)
    answer = stepd.post("/", {"stateMachineArn": harness.machine_arn("greet"), "input": '{"name":"Ada"}'},
                        headers={"Host": f"{host}:{stepd.port}", "X-Amz-Target": "AWSStepFunctions.StartSyncExecution",
                                 "Content-Type": "application/x-amz-json-1.0"})
    assert (answer.status, answer.json()["status"]) == (200, "SUCCEEDED")


def test_a_client_that_goes_away_ends_nothing(serve):
    with receivers.Receiver() as far:
        far.hold = threading.Event()
        stepd = serve(config(f"http://127.0.0.1:{far.port}", express_time="5m"), files=FILES)
        body = json.dumps({"stateMachineArn": harness.machine_arn("call"), "name": "left-alone"})
        with socket.create_connection(("127.0.0.1", stepd.port)) as client:
            client.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.StartSyncExecution\r\nContent-Type: "
                           f"application/x-amz-json-1.0\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            far.wait_for(1)
        far.hold.set()
        assert stepd.is_healthy()
        assert run(stepd, "greet", {"name": "Ada"})["status"] == "SUCCEEDED"


def test_a_trace_goes_from_the_request_to_the_function(serve):
    with receivers.Receiver() as far:
        stepd = serve(config(f"http://127.0.0.1:{far.port}"), files=FILES)
        done = run(stepd, "call", traceHeader=TRACE)
        assert done["traceHeader"] == TRACE
        assert far.wait_for(1)[0][0]["X-Amzn-Trace-Id"] == TRACE
        connection = http.client.HTTPConnection("127.0.0.1", stepd.port)
        connection.request("POST", "/", json.dumps({"stateMachineArn": harness.machine_arn("standard"), "traceHeader": "Root=body",
                                                    "input": '{"name":"Ada"}'}),
                           {"X-Amz-Target": "AWSStepFunctions.StartExecution", "Content-Type": "application/x-amz-json-1.0",
                            "X-Amzn-Trace-Id": TRACE})
        arn = json.loads(connection.getresponse().read())["executionArn"]
        assert stepd.finished(arn)["traceHeader"] == TRACE


def test_what_runs_is_started_again_after_a_crash(serve):
    """The file's arrival counts as dealt with when what it started has ended."""
    with receivers.Receiver() as far:
        far.hold = threading.Event()
        stepd = serve(config(f"http://127.0.0.1:{far.port}", express_time="5m"), files=FILES)
        stepd.put_object("uploads", "a.jpg", b"bytes")
        far.wait_for(1)
        stepd.kill()
        far.hold.set()
        stepd.start()
        assert [body for _, body in far.wait_for(2)] == ['"a.jpg"'] * 2
        stepd.stop()
        stepd.start()
        stepd.put_object("uploads", "b.jpg", b"bytes")
        assert [body for _, body in far.wait_for(3)][2:] == ['"b.jpg"'], "the first one has ended and is not run again"


def test_region_and_account_are_the_configurations(serve):
    stepd = serve("region: eu-north-1\naccount: '999999999999'\n" + config(), files=FILES)
    machine = "arn:aws:states:eu-north-1:999999999999:stateMachine:greet"
    assert [m["stateMachineArn"] for m in stepd.client().list_state_machines()["stateMachines"]].count(machine) == 1
    done = stepd.client().start_sync_execution(stateMachineArn=machine, input='{"name":"Ada"}')
    assert done["executionArn"].startswith("arn:aws:states:eu-north-1:999999999999:express:greet:")


def test_the_aws_cli_waits_for_the_end(serve, monkeypatch):
    stepd = serve(config(), files=FILES)
    monkeypatch.setenv("AWS_DISABLE_HOST_PREFIX_INJECTION", "true")
    done = stepd.aws("stepfunctions", "start-sync-execution", "--state-machine-arn", harness.machine_arn("greet"), "--input",
                     '{"name":"Grace"}')
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"greeting": "Hello Grace"})


def test_the_javascript_sdk_waits_for_the_end(serve):
    stepd = serve(config(), files=FILES)
    done = stepd.javascript(f"""
        const {{ status, output, billingDetails }} = await client.send(new sfn.StartSyncExecutionCommand({{
            stateMachineArn: '{harness.machine_arn("greet")}', input: '{{"name":"Grace"}}' }}));
        return {{ status, output, billingDetails }};""")
    assert done == {"status": "SUCCEEDED", "output": '{"greeting":"Hello Grace"}',
                    "billingDetails": {"billedMemoryUsedInMB": 64, "billedDurationInMilliseconds": 100}}


def test_what_the_end_of_the_process_cuts_short_is_told_so(serve):
    stepd = serve(config(express_time="1h") + "workers: { drain: 1s }\n", files=FILES)
    body = json.dumps({"stateMachineArn": harness.machine_arn("rest")}).encode()
    with socket.create_connection(("127.0.0.1", stepd.port), timeout=harness.WORK_SECONDS) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: "
                       b"AWSStepFunctions.StartSyncExecution\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        def under_way():
            figures = stepd.get("/health").json()["connections"]
            return figures["open"] - figures["idle"] >= 2
        harness.wait_until(under_way, "the execution to run")
        stepd.stop()
        answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 503 "), answer
    assert b"not carried on" in answer and b"takes no writes" not in answer, answer


def test_executions_that_ended_leave_their_room_to_others(serve):
    stepd = serve(config(), files=FILES)
    for _ in range(8):
        run(stepd, "greet", {"name": "Ada" * 50})
    for _ in range(16):
        stepd.client().start_execution(stateMachineArn=harness.machine_arn("rest"))


# ---- failures that nothing else tells of -----------------------------------------------------------------------------

def warnings(stepd):
    return [line for line in stepd.printed().splitlines() if "has no log group" in line]


def test_a_failure_without_a_log_group_is_one_warning_of_the_daemon(serve):
    logged = "\n  logged: { definition: fail.json, type: EXPRESS, logging: { level: FATAL, group: /told } }\n"
    stepd = serve(config() + logged, files=FILES)
    run(stepd, "greet", {"name": "Ada"})
    run(stepd, "logged")
    failed = run(stepd, "fail")
    line, = harness.wait_until(lambda: warnings(stepd), "the warning")
    assert " warning " in line and failed["executionArn"] in line
    assert all(part in line for part in ('"No"', '"Picture.Bad"', '"on principle"')), line
    late = run(stepd, "rest")
    lines = harness.wait_until(lambda: len(found := warnings(stepd)) == 2 and found, "the second warning")
    assert late["executionArn"] in lines[1] and " timed out in state \"Rest\"" in lines[1]


def test_many_failures_are_counted_and_not_all_told(serve):
    stepd = serve(config(), files=FILES)
    for _ in range(40):
        run(stepd, "fail")
    stepd.stop()
    assert 10 <= len(warnings(stepd)) < 40
    assert "more EXPRESS executions without a log group did not succeed" in stepd.printed()
