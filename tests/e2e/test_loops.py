"""Rules that feed themselves: they are told of before they do harm, and end by themselves whatever way they go."""
import json

import pytest

import harness
import wires

LIMIT = 16
BUCKETS = "buckets: { pics: { watch: true, settle: 20ms }, other: { watch: true, settle: 20ms } }\n"
# A key of its own for every execution, so that nothing but the limit ends the loop.
COPY = """
functions:
  copy:
    handler: object.copy
    arguments: { bucket.$: $.bucket, key.$: $.key, destination: { bucket: pics, key.$: "States.Format('{}.txt', States.UUID())" } }
"""
RULE = """
rules:
  new:
    pattern: { source: [aws.s3], detail: { bucket: { name: [pics] } } }
    input_transformer: { paths: { bucket: $.detail.bucket.name, key: $.detail.object.key }, template: '{"bucket": <bucket>, "key": <key>}' }
    """


def task(resource, parameters=None, **more):
    state = {"Type": "Task", "Resource": resource, "End": True, **more}
    if parameters is not None:
        state["Parameters"] = parameters
    return json.dumps({"StartAt": "T", "States": {"T": state}})


COPYING = task(harness.function_arn("copy"))


def start_loop(serve, config, files):
    stepd = serve(BUCKETS + config, files=files)
    (stepd.bucket("pics") / "first.txt").write_text("x")
    return stepd


def ended(stepd):
    """What lies in the bucket when the daemon has ended the loop."""
    harness.wait_until(lambda: stepd.get("/health").json()["endedLoops"] >= 1, "the end of the loop")
    return len([file for file in stepd.bucket("pics").iterdir() if file.is_file()])


def complaints(stepd):
    return [line for line in stepd.printed().splitlines() if " error " in line and "limits.event_depth" in line]


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_machine_that_writes_into_the_bucket_that_starts_it_ends(serve, kind):
    stepd = start_loop(serve, COPY + f"state_machines: {{ copy: {{ definition: copy.json, type: {kind} }} }}" + RULE +
                       "state_machine: copy\n", {"copy.json": COPYING})
    assert ended(stepd) == LIMIT + 1
    [line] = complaints(stepd)
    assert "stateMachine:copy" in line
    assert "rule 'new' may feed itself" in stepd.printed()
    (stepd.bucket("pics") / "second.txt").write_text("x")  # what comes from outside begins anew
    harness.wait_until(lambda: stepd.get("/health").json()["endedLoops"] >= 2, "the end of the second loop")


def test_the_limit_can_be_changed_and_survives_a_restart(serve):
    stepd = start_loop(serve, COPY + "limits: { event_depth: 5 }\nstate_machines: { copy: { definition: copy.json } }" + RULE +
                       "state_machine: copy\n", {"copy.json": COPYING})
    assert ended(stepd) == 6
    stepd.stop()
    stepd.start()
    (stepd.bucket("other") / "mark.txt").write_text("x")
    harness.wait_until(lambda: "mark.txt" in stepd.printed(), "a later arrival")
    assert len(list(stepd.bucket("pics").glob("*.txt"))) == 6
    assert len(stepd.executions("copy")) == 5


def test_a_function_that_a_rule_calls_is_counted(serve):
    stepd = start_loop(serve, COPY + RULE + "function: copy\n", {})
    assert ended(stepd) == LIMIT + 1
    assert "function copy" in complaints(stepd)[0]


def test_executions_that_start_others_hand_it_on(serve):
    start = task("arn:aws:states:::states:startExecution", {"StateMachineArn": harness.machine_arn("copy"), "Input.$": "$"})
    stepd = start_loop(serve, COPY + "state_machines: { copy: { definition: copy.json }, start: { definition: start.json } }" + RULE +
                       "state_machine: start\n", {"copy.json": COPYING, "start.json": start})
    assert ended(stepd) == LIMIT + 1
    assert len(stepd.executions("start")) == len(stepd.executions("copy")) == LIMIT


def test_a_handler_that_starts_executions_hands_it_on(serve):
    stepd = start_loop(serve, COPY + """
  start: { handler: execution.start, arguments: { stateMachine: copy, input.$: $ } }
state_machines: { copy: { definition: copy.json } }""" + RULE + "function: start\n", {"copy.json": COPYING})
    assert ended(stepd) == LIMIT + 1


def test_integrations_hand_it_on(serve):
    put = task("arn:aws:states:::aws-sdk:s3:putObject", {"Bucket": "pics", "Key.$": "States.Format('{}.txt', $$.Execution.Name)", "Body": "x"})
    stepd = start_loop(serve, "state_machines: { put: { definition: put.json } }" + RULE + "state_machine: put\n", {"put.json": put})
    assert ended(stepd) == LIMIT + 1


def test_the_end_of_an_execution_hands_it_on(serve):
    """The object starts a machine whose end calls what writes the next object."""
    done = json.dumps({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
    stepd = start_loop(serve, COPY + "state_machines: { done: { definition: done.json } }" + RULE + """state_machine: done
  end:
    pattern: { source: [aws.states], detail: { status: [SUCCEEDED] } }
    input_transformer: { paths: { input: $.detail.input }, template: '{"bucket": "pics", "key": "first.txt"}' }
    function: copy
""", {"done.json": done})
    assert ended(stepd) <= LIMIT + 1
    harness.wait_until(lambda: len(stepd.executions("done")) == LIMIT // 2, "as many as there are events")


def test_two_rules_that_feed_each_other_end(serve):
    there = "    arguments: { bucket.$: $.bucket, key.$: $.key, destination: { bucket: other, key.$: \"States.Format('{}.txt', States.UUID())\" } }\n"
    stepd = start_loop(serve, COPY + "  there:\n    handler: object.move\n" + there + RULE + """function: there
  back:
    pattern: { source: [aws.s3], detail: { bucket: { name: [other] } } }
    input_transformer: { paths: { bucket: $.detail.bucket.name, key: $.detail.object.key }, template: '{"bucket": <bucket>, "key": <key>}' }
    function: copy
""", {})
    ended(stepd)
    printed = stepd.printed()
    assert "rule 'new' may feed itself" in printed and "leads to rule 'back'" in printed


# ---- functions of one's own code, by AWS's client -----------------------------------------------------------------------------------

OWN_CODE = """
import os, uuid
import boto3

client = boto3.client(os.environ["SERVICE"])

def writes(event, context):
    client.put_object(Bucket="pics", Key=f"{uuid.uuid4()}.txt", Body=b"x")

def copies(event, context):
    client.copy_object(Bucket="pics", Key=f"{uuid.uuid4()}.txt", CopySource={"Bucket": event["bucket"], "Key": event["key"]})

def uploads(event, context):
    key = f"{uuid.uuid4()}.txt"
    upload = client.create_multipart_upload(Bucket="pics", Key=key)["UploadId"]
    part = client.upload_part(Bucket="pics", Key=key, UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    client.complete_multipart_upload(Bucket="pics", Key=key, UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]})

def publishes(event, context):
    client.publish(TopicArn=os.environ["TOPIC"], Message="again")

def calls(event, context):
    client.invoke(FunctionName=context.function_name, InvocationType="Event", Payload=b"{}")

def waits(event, context):
    answer = client.invoke(FunctionName=context.function_name, Payload=b"{}")
    if "FunctionError" in answer: raise Exception(answer["Payload"].read().decode())

def starts(event, context):
    client.start_execution(stateMachineArn=os.environ["MACHINE"], input="{}")
"""


@pytest.fixture
def own_code(serve, tmp_path, with_clients):
    """own_code(handler, service, more): a daemon with the function `own`, by boto3 as `stepd functions install` would bring it."""
    def begin(handler, service, more="", variables=""):
        (tmp_path / "own").mkdir()
        (tmp_path / "own" / "app.py").write_text(OWN_CODE)
        with_clients("own")
        return serve(BUCKETS + f"""
functions:
  own: {{ code: {tmp_path}/own, handler: app.{handler}, runtime: python3, timeout: 60s, memory: 256 MiB, environment: {{ SERVICE: {service}, {variables} }} }}
""" + more)
    return begin


def calls_of(stepd):
    path = stepd.data / "logs" / "+aws+lambda+own.log"
    return path.read_text().count("START RequestId") if path.exists() else 0


@pytest.mark.parametrize("handler", ["writes", "copies", "uploads"])
def test_a_function_of_ones_own_that_writes_into_the_bucket_that_calls_it_ends(own_code, handler):
    stepd = own_code(handler, "s3", RULE + "function: own\n")
    (stepd.bucket("pics") / "first.txt").write_text("x")
    assert ended(stepd) == LIMIT + 1
    assert "function own" in complaints(stepd)[0]


def test_a_function_that_hears_of_what_it_publishes_ends(own_code):
    stepd = own_code("publishes", "sns", "topics: { news: { subscribers: { own: { function: own } } } }\n", f"TOPIC: 'arn:aws:sns:us-east-1:{harness.ACCOUNT}:news'")
    wires.client(stepd, "sns").publish(TopicArn=f"arn:aws:sns:us-east-1:{harness.ACCOUNT}:news", Message="first")
    harness.wait_until(lambda: stepd.get("/health").json()["endedLoops"] >= 1, "the end of the loop")
    assert calls_of(stepd) == LIMIT - 1


def test_a_function_that_calls_itself_ends(own_code):
    stepd = own_code("calls", "lambda")
    wires.client(stepd, "lambda").invoke(FunctionName="own", InvocationType="Event", Payload=b"{}")
    harness.wait_until(lambda: stepd.get("/health").json()["endedLoops"] >= 1, "the end of the loop")
    assert calls_of(stepd) == LIMIT


def test_a_function_that_waits_for_itself_is_told_as_lambda_tells_it(own_code):
    stepd = own_code("waits", "lambda", "limits: { event_depth: 3 }\n")
    answer = wires.client(stepd, "lambda").invoke(FunctionName="own", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    assert b"RecursiveInvocationException" in answer["Payload"].read()
    assert calls_of(stepd) == 3


def test_an_execution_that_a_function_starts_has_its_depth(own_code):
    start = task(harness.function_arn("own"))
    stepd = own_code("starts", "stepfunctions", "limits: { execution_depth: 4 }\nstate_machines: { again: { definition: { StartAt: T, States: "
                     + json.dumps(json.loads(start)["States"]) + " } } }\n", f"MACHINE: '{harness.machine_arn('again')}'")
    stepd.client().start_execution(stateMachineArn=harness.machine_arn("again"), input="{}")
    harness.wait_until(lambda: any(each["status"] == "FAILED" for each in stepd.executions("again")), "the execution that is too deep")
    assert len(stepd.executions("again")) == 5
