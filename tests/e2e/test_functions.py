"""Functions of one's own code, in Python and in Node, through everything that reaches functions: tasks, routes, rules, topics, Invoke."""
import io
import json
import pathlib

import PIL.Image
import pytest

import harness
import photos
import systems

NODE = next((each for each in ("/usr/bin/node", "/usr/local/bin/node") if pathlib.Path(each).exists()), None)

# In the style of the originals of systems B, C and D: what they write and answer, with their errors as replies.
TRIGGER = '''
import io, json, os, urllib.parse
import boto3
from PIL import Image

s3 = boto3.client("s3")
RESIZED_BUCKET = os.environ["RESIZED_BUCKET"]

def lambda_handler(event, context):
    try:
        if "Records" in event:
            bucket, key = event["Records"][0]["s3"]["bucket"]["name"], event["Records"][0]["s3"]["object"]["key"]
        else:
            bucket, key = event["bucket"], event["key"]
        picture = Image.open(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
        small = picture.convert("RGB").resize((500, int(picture.height * 500 / picture.width)))
        target = io.BytesIO()
        small.save(target, "JPEG")
        made = f"output/{os.path.splitext(os.path.basename(key))[0]}_resized.jpg"
        s3.put_object(Bucket=RESIZED_BUCKET, Key=made, Body=target.getvalue(), ContentType="image/jpeg")
        return {"ok": True, "destBucket": RESIZED_BUCKET, "destKey": made, "statusCode": 200,
                "body": f"Resized image uploaded to s3://{RESIZED_BUCKET}/{made}"}
    except Exception as error:
        return {"ok": False, "error": str(error)}
'''
RESIZER = '''
import io
import boto3
from PIL import Image

s3_client = boto3.client("s3")

def lambda_handler(event, context):
    try:
        size = (int(event.get("width", 128)), int(event.get("height", 128)))
        key = event["object_key"]
        found = s3_client.get_object(Bucket=event["source_bucket"], Key=key)
        with Image.open(io.BytesIO(found["Body"].read())) as picture:
            picture.thumbnail(size)
            target = io.BytesIO()
            picture.save(target, picture.format)
        target.seek(0)
        thumbnail = f"thumbnails/{size[0]}x{size[1]}_{key.split('/')[-1]}"
        s3_client.upload_fileobj(target, event["destination_bucket"], thumbnail, ExtraArgs={"ContentType": found["ContentType"]})
        print("made", thumbnail)
        return {"status": "SUCCESS", "source_bucket": event["source_bucket"], "destination_bucket": event["destination_bucket"],
                "object_key": key, "thumbnail_key": thumbnail, "thumbnail_size": list(size)}
    except Exception as error:
        return {"status": "FAILED", "error_message": str(error), "input_event": event}
'''
PROCESSOR = '''
import os
import boto3
from PIL import Image

s3 = boto3.client("s3")
OUTPUT_BUCKET = os.environ["OUTPUT_BUCKET"]
SIZE = (int(os.environ.get("THUMB_W", 300)), int(os.environ.get("THUMB_H", 300)))

def lambda_handler(event, context):
    try:
        name, kind = os.path.splitext(os.path.basename(event["key"]))
        local = f"/tmp/{os.path.basename(event['key'])}"
        s3.download_file(event["bucket"], event["key"], local)
        with Image.open(local) as picture:
            form = picture.format
            picture.thumbnail(SIZE)
            picture.save(local, form)
        made = f"thumbnails/{name}_thumb{kind or '.jpg'}"
        s3.upload_file(local, OUTPUT_BUCKET, made, ExtraArgs={"ContentType": f"image/{form.lower()}"})
        return {"status": "success", "file": made}
    except Exception as error:
        return {"status": "error", "message": str(error)}
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
    return [line["message"] for line in harness.json_lines(stepd.data / "logs" / f"+aws+lambda+{name}.log")]


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
    assert done[0]["status"] == "SUCCEEDED"
    assert json.loads(done[0]["output"]) == json.loads(done[0]["input"])
    assert '"a.txt"' in done[0]["output"]


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


def picture_of(daemon, bucket, key):
    with PIL.Image.open(io.BytesIO(daemon.get_object(bucket, key).body)) as made:
        return made.format, made.size


def test_system_b_runs_with_python_code_of_its_own(serve, tmp_path, with_clients):
    code = write(tmp_path / "trigger", {"lambda_function.py": TRIGGER})
    with_clients("s3-trigger-resized-images")
    daemon = serve(f"""
buckets: {{ my-source-images: {{ watch: true, settle: 50ms }}, my-resized-images: }}
functions:
{function("s3-trigger-resized-images", code, "lambda_function.lambda_handler", more=", timeout: 60s, memory: 512 MiB, environment: { RESIZED_BUCKET: my-resized-images }")}
state_machines:
  ResizeImage: {{ definition: {harness.ROOT / "definitions/resize-api/statemachine.asl.json"} }}
rules:
  new-image:
    pattern: {{ source: [aws.s3], detail-type: [Object Created], resources: ["arn:aws:s3:::my-source-images"] }}
    input_transformer:
      paths: {{ bucket: $.detail.bucket.name, key: $.detail.object.key, size: $.detail.object.size }}
      template: '{{"bucket": <bucket>, "key": <key>, "size": <size>}}'
    state_machine: ResizeImage
""")
    (daemon.bucket("my-source-images") / "beach.png").write_bytes(photos.png())
    done = systems.ended(daemon, "ResizeImage", lambda given: given["key"] == "beach.png")[0]
    assert done["status"] == "SUCCEEDED", (done, logged(daemon, "s3-trigger-resized-images"))
    assert json.loads(done["output"])["destKey"] == "output/beach_resized.jpg"
    assert picture_of(daemon, "my-resized-images", "output/beach_resized.jpg") == ("JPEG", (500, 375))


def test_system_c_runs_with_python_code_of_its_own(serve, tmp_path, with_clients):
    code = write(tmp_path / "resizer", {"lambda_function.py": RESIZER})
    with_clients("alison-image-resizer")
    daemon = serve(f"""
buckets: {{ my-photos: , my-thumbnails: }}
functions:
{function("alison-image-resizer", code, "lambda_function.lambda_handler", more=", timeout: 60s, memory: 512 MiB")}
state_machines:
  ImageResizeStateMachine: {{ definition: {harness.ROOT / "definitions/named-thumbnail/statemachine.asl.json"} }}
""")
    daemon.put_object("my-photos", "trip/beach.png", photos.png(), "image/png")
    given = {"source_bucket": "my-photos", "destination_bucket": "my-thumbnails", "object_key": "trip/beach.png", "width": "64", "height": 48}
    done = daemon.run("ImageResizeStateMachine", given)
    assert done["status"] == "SUCCEEDED", (done, logged(daemon, "alison-image-resizer"))
    assert json.loads(done["output"])["resizeResult"] == {
        "status": "SUCCESS", "source_bucket": "my-photos", "destination_bucket": "my-thumbnails", "object_key": "trip/beach.png",
        "thumbnail_key": "thumbnails/64x48_beach.png", "thumbnail_size": [64, 48]}
    assert picture_of(daemon, "my-thumbnails", "thumbnails/64x48_beach.png") == ("PNG", (64, 48))
    assert daemon.get_object("my-thumbnails", "thumbnails/64x48_beach.png").headers["content-type"] == "image/png"
    failed = daemon.run("ImageResizeStateMachine", {**given, "object_key": "absent.png"})
    assert (failed["status"], failed["cause"]) == ("FAILED", "Image resize failed")


def test_system_d_runs_with_python_code_of_its_own(serve, tmp_path, with_clients):
    code = write(tmp_path / "processor", {"app.py": PROCESSOR})
    with_clients("image-resizer-vd")
    daemon = serve(f"""
buckets: {{ images-in: , images-out: }}
functions:
{function("image-resizer-vd", code, "app.lambda_handler", more=", timeout: 60s, memory: 512 MiB, environment: { OUTPUT_BUCKET: images-out, THUMB_W: 64 }")}
state_machines:
  imageworkflow-vd: {{ definition: {harness.ROOT / "definitions/process/statemachine.asl.json"} }}
""")
    daemon.put_object("images-in", "a/beach.png", photos.png(), "image/png")
    done = daemon.run("imageworkflow-vd", {"bucket": "images-in", "key": "a/beach.png"})
    assert json.loads(done["output"]) == {"message": "Image processed successfully"}, logged(daemon, "image-resizer-vd")
    assert picture_of(daemon, "images-out", "thumbnails/beach_thumb.png") == ("PNG", (64, 48))


def test_a_name_error_at_load_is_caught_as_in_the_original(serve, tmp_path, with_clients):
    """System D without OUTPUT_BUCKET: KeyError at import, which the catcher turns into an execution that ends well."""
    code = write(tmp_path / "processor", {"app.py": PROCESSOR})
    with_clients("image-resizer-vd")
    daemon = serve(f"""
functions:
{function("image-resizer-vd", code, "app.lambda_handler", more=", timeout: 60s, memory: 512 MiB")}
state_machines:
  imageworkflow-vd: {{ definition: {harness.ROOT / "definitions/process/statemachine.asl.json"} }}
""")
    done = daemon.run("imageworkflow-vd", {"bucket": "images-in", "key": "a.png"})
    assert json.loads(done["output"]) == {"message": "Image processing failed"}
    failures = [event["lambdaFunctionFailedEventDetails"] for event in daemon.history(done["executionArn"]) if event["type"] == "LambdaFunctionFailed"]
    assert [each["error"] for each in failures] == ["KeyError"], failures


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
