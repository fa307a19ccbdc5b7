"""Functions of one's own code, in Python and in Node, through everything that reaches functions: tasks, routes, rules, topics, Invoke."""
import base64
import io
import json
import os
import pathlib
import shutil
import subprocess

import PIL.Image
import pytest

import harness
import photos
import systems

NODE = next((each for each in ("/usr/bin/node", "/usr/local/bin/node") if pathlib.Path(each).exists()), None)

ASKS = '''
import json, os, urllib.parse, urllib.request

def ask(method, bucket, key, body=None, kind="application/octet-stream"):
    url = f"{os.environ['AWS_ENDPOINT_URL']}/buckets/{bucket}/{urllib.parse.quote(key)}"
    request = urllib.request.Request(url, body, {"Content-Type": kind} if body is not None else {}, method=method)
    return urllib.request.urlopen(request).read()
'''

# In the style of system C's original: what it writes and answers, with its errors as replies.
RESIZER = ASKS + '''
import io
from PIL import Image

def lambda_handler(event, context):
    try:
        size = (int(event.get("width", 128)), int(event.get("height", 128)))
        key = event["object_key"]
        with Image.open(io.BytesIO(ask("GET", event["source_bucket"], key))) as picture:
            kind = picture.format
            picture.thumbnail(size)
            target = io.BytesIO()
            picture.save(target, kind)
        thumbnail = f"thumbnails/{size[0]}x{size[1]}_{key.split('/')[-1]}"
        ask("PUT", event["destination_bucket"], thumbnail, target.getvalue(), f"image/{kind.lower()}")
        print("made", thumbnail)
        return {"status": "SUCCESS", "source_bucket": event["source_bucket"], "destination_bucket": event["destination_bucket"],
                "object_key": key, "thumbnail_key": thumbnail, "thumbnail_size": list(size)}
    except Exception as error:
        return {"status": "FAILED", "error_message": str(error), "input_event": event}
'''

# In the style of system A's original: CommonJS, and an ES module.
FILE_TYPE = '''
exports.handler = async (event) => {
  console.log("key", event.s3.object.key);
  const dot = event.s3.object.key.lastIndexOf(".");
  return dot > 0 ? event.s3.object.key.slice(dot + 1) : null;
};
'''
DELETES = '''
export const handler = async (event) => {
  const { bucket, object } = event.s3;
  const answer = await fetch(`${process.env.AWS_ENDPOINT_URL}/buckets/${bucket.name}/${encodeURIComponent(object.key)}`, { method: "DELETE" });
  if (!answer.ok && answer.status !== 404) throw new Error(`DELETE answered ${answer.status}`);
  return true;
};
'''


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def machine(states, start="A"):
    return json.dumps({"StartAt": start, "States": states})


def function(name, code, handler, runtime="python3", more=""):
    return f"  {name}: {{ code: {code}, handler: {handler}, runtime: {runtime}{more} }}\n"


@pytest.fixture
def echo(serve, tmp_path):
    """A daemon with a few small functions in Python."""
    code = write(tmp_path / "code", {"app.py": '''
import os, sys, threading
class CustomException(Exception): pass

def echo(event, context):
    print("hello", event)
    return event

def fails(event, context):
    raise CustomException("This is a custom exception")

def ends(event, context):
    sys.exit(1)

def sleeps(event, context):
    threading.Event().wait(60)

def identity(event, context):
    return {"arn": context.invoked_function_arn, "region": os.environ["AWS_REGION"], "url": os.environ["AWS_ENDPOINT_URL"]}

def page(event, context):
    return {"statusCode": 201, "headers": {"X-Made-By": "python"}, "body": event["pathParameters"]["name"]}
'''})
    (tmp_path / "m.asl.json").write_text(machine({
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.name", "Payload.$": "$.payload"},
              "End": True}}))
    (tmp_path / "bare.asl.json").write_text(machine({
        "A": {"Type": "Task", "Resource": harness.function_arn("echo"), "End": True}}))
    (tmp_path / "slow.asl.json").write_text(machine({
        "A": {"Type": "Task", "Resource": harness.function_arn("sleeps"), "TimeoutSeconds": 1, "End": True}}))
    functions = "".join(function(each, code, f"app.{each}", more=", timeout: 2s" if each == "sleeps" else "")
                        for each in ("echo", "fails", "ends", "sleeps", "identity", "page"))
    return serve(f"""
listen: 127.0.0.1:0
buckets: {{ uploads: {{ watch: true, settle: 50ms }} }}
functions:
{functions}
topics: {{ notices: {{ function: echo }} }}
state_machines:
  M: {{ definition: m.asl.json }}
  Bare: {{ definition: bare.asl.json }}
  Slow: {{ definition: slow.asl.json }}
notifications:
  arrived: {{ bucket: uploads, state_machine: Bare }}
routes:
  functions:
    GET /pages/{{name}}: {{ function: page }}
""".replace("listen: 127.0.0.1:0\n", ""))


def logged(stepd, name):
    path = stepd.data / "logs" / f"+aws+lambda+{name}.log"
    return [json.loads(line)["message"] for line in path.read_text().splitlines()] if path.exists() else []


def test_a_task_gets_the_result_in_awss_envelope(echo):
    done = echo.run("M", {"name": "echo", "payload": {"a": [1, "é"]}})
    systems.envelope(json.loads(done["output"]), {"a": [1, "é"]})


def test_a_bare_arn_gets_the_result_alone(echo):
    assert json.loads(echo.run("Bare", {"x": 1})["output"]) == {"x": 1}


def test_an_exception_is_the_tasks_error_with_lambdas_cause(echo):
    done = echo.run("M", {"name": "fails", "payload": None})
    assert (done["status"], done["error"]) == ("FAILED", "CustomException")
    cause = json.loads(done["cause"])
    assert list(cause) == ["errorMessage", "errorType", "requestId", "stackTrace"]
    assert cause["stackTrace"] == ['  File "/var/task/app.py", line 10, in fails\n    raise CustomException("This is a custom exception")\n']


def test_an_exit_and_a_timeout_are_named_as_on_lambda(echo):
    done = echo.run("M", {"name": "ends", "payload": {}})
    assert done["error"] == "Runtime.ExitError"
    assert json.loads(done["cause"])["errorMessage"].endswith("Error: Runtime exited with error: exit status 1")
    done = echo.run("M", {"name": "sleeps", "payload": {}})
    assert done["error"] == "Sandbox.Timedout"
    assert json.loads(done["cause"])["errorMessage"].endswith("Error: Task timed out after 2.00 seconds")


def test_a_states_own_timeout_comes_first(echo):
    assert echo.run("Slow", {})["error"] == "States.Timeout"


def test_invoke_answers_as_lambda_does(echo):
    answer = echo.post("/2015-03-31/functions/echo/invocations", {"by": "hand"})
    assert (answer.status, answer.json()) == (200, {"by": "hand"})
    failed = echo.post("/2015-03-31/functions/fails/invocations", {})
    assert (failed.status, failed.headers["x-amz-function-error"], failed.json()["errorType"]) == (200, "Unhandled", "CustomException")


def test_a_function_finds_this_daemon(echo):
    told = echo.post("/2015-03-31/functions/identity/invocations", {}).json()
    assert told == {"arn": harness.function_arn("identity"), "region": harness.REGION, "url": echo.url}


def test_a_route_calls_a_function_with_api_gateways_event(echo):
    answer = echo.get("/pages/first")
    assert (answer.status, answer.headers["x-made-by"], answer.body) == (201, "python", b"first")


def test_a_file_that_arrives_reaches_a_function(echo):
    (echo.bucket("uploads") / "a.txt").write_text("x")
    done = systems.ended(echo, "Bare", lambda given: True)
    assert json.loads(done[0]["output"])["Records"][0]["s3"]["object"]["key"] == "a.txt" if "Records" in json.loads(done[0]["output"]) else True


def test_what_a_function_prints_is_in_its_log_group_with_lambdas_lines(echo):
    echo.post("/2015-03-31/functions/echo/invocations", {"n": 1})
    lines = harness.wait_until(lambda: [each for each in [logged(echo, "echo")] if any(m.startswith("REPORT") for m in each)], "the log")[0]
    kinds = [line.split(" ")[0] for line in lines]
    assert kinds == ["INIT_START", "START", "hello", "END", "REPORT"]
    assert "Init Duration: " in lines[-1]


def test_a_process_ends_with_the_daemon_that_is_killed(echo, tmp_path):
    def workers():
        found = []
        for each in pathlib.Path("/proc").iterdir():
            try:
                if each.name.isdigit() and f"AWS_ENDPOINT_URL={echo.url}".encode() in (each / "environ").read_bytes().split(b"\0"):
                    found.append(each.name)
            except OSError:
                pass
        return found
    echo.post("/2015-03-31/functions/echo/invocations", {})
    assert workers()
    echo.kill()
    harness.wait_until(lambda: not workers(), "the end of the functions", seconds=5)


def test_the_command_line_lists_and_calls_functions(echo):
    listed = harness.run_stepd("functions", "list", "--config", echo.config, "--data", echo.data)
    assert listed.returncode == 0, listed.stderr
    assert "echo\tpython3 app.echo\t" in listed.stdout and listed.stdout.count("\tready\n") == 6
    called = harness.run_stepd("functions", "invoke", "echo", "--url", echo.url, "--payload", '{"a": 1}')
    assert (called.returncode, json.loads(called.stdout)) == (0, {"a": 1})
    failed = harness.run_stepd("functions", "invoke", "fails", "--url", echo.url)
    assert (failed.returncode, json.loads(failed.stdout)["errorType"]) == (1, "CustomException")


# ---- systems as they are, with code of one's own ----------------------------------------------------------------------------------


def test_system_c_runs_with_python_code_of_its_own(serve, tmp_path):
    code = write(tmp_path / "resizer", {"lambda_function.py": RESIZER})
    daemon = serve(f"""
buckets: {{ my-photos: , my-thumbnails: }}
functions:
{function("alison-image-resizer", code, "lambda_function.lambda_handler", more=", timeout: 30s, memory: 512 MiB")}
state_machines:
  ImageResizeStateMachine: {{ definition: {harness.ROOT / "definitions/named-thumbnail/statemachine.asl.json"} }}
""")
    daemon.put_object("my-photos", "trip/beach.png", photos.png(), "image/png")
    given = {"source_bucket": "my-photos", "destination_bucket": "my-thumbnails", "object_key": "trip/beach.png", "width": "64", "height": 48}
    done = daemon.run("ImageResizeStateMachine", given)
    assert done["status"] == "SUCCEEDED", done
    assert json.loads(done["output"])["resizeResult"] == {
        "status": "SUCCESS", "source_bucket": "my-photos", "destination_bucket": "my-thumbnails", "object_key": "trip/beach.png",
        "thumbnail_key": "thumbnails/64x48_beach.png", "thumbnail_size": [64, 48]}
    with PIL.Image.open(io.BytesIO(daemon.get_object("my-thumbnails", "thumbnails/64x48_beach.png").body)) as made:
        assert made.size == (64, 48)
    failed = daemon.run("ImageResizeStateMachine", {**given, "object_key": "absent.png"})
    assert (failed["status"], failed["cause"]) == ("FAILED", "Image resize failed")


@pytest.mark.skipif(NODE is None, reason="needs nodejs: ./dev deps test")
def test_the_branch_of_system_a_for_other_files_runs_with_node_code_of_its_own(serve, tmp_path):
    types = write(tmp_path / "types", {"app.js": FILE_TYPE})
    deletes = write(tmp_path / "deletes", {"index.mjs": DELETES})
    substitutions = {f"{name}LambdaArn": harness.function_arn(target) for name, target in {
        "GetFileType": "getFileType", "CopyFile": "copyFile", "ResizeImage": "resizeImage", "WriteToDynamoDB": "writeToDynamoDB",
        "DeleteFile": "deleteFile"}.items()}
    daemon = serve(f"""
buckets: {{ source: , destination: }}
functions:
{function("getFileType", types, "app.handler", "nodejs22.x")}
{function("deleteFile", deletes, "index.handler", "nodejs22.x")}
state_machines:
  ImageProcessorStateMachine:
    definition: {harness.ROOT / "definitions/image-processor/statemachine.asl.yaml"}
    type: EXPRESS
    substitutions: {json.dumps(substitutions)}
""")
    daemon.put_object("source", "data.csv", b"a,b\n")
    record = {"s3": {"bucket": {"name": "source"}, "object": {"key": "data.csv"}}}
    client = daemon.client()
    done = client.start_sync_execution(stateMachineArn=harness.machine_arn("ImageProcessorStateMachine"), input=json.dumps({"lambdaEvent": record}))
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    systems.envelope(output["fileType"], "csv")
    systems.envelope(output["deletionStatus"], True)
    assert daemon.get_object("source", "data.csv").status == 404
    lines = harness.wait_until(lambda: logged(daemon, "getFileType") or None, "the log")
    assert any(line.split("\t")[2:] == ["INFO", "key data.csv"] for line in lines if line.count("\t") == 3), lines
