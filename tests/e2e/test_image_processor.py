"""System A: an S3 notification starts one EXPRESS execution per record; copy and resize, a table row, the source deleted."""
import json
import urllib.parse

import pytest

import harness
import photos
import systems

CONFIG = "image-processor.yaml"
MACHINE = "ImageProcessorStateMachine"
SOURCE, DESTINATION = "lab-s3-source-bucket-123456789012", "lab-s3-destination-bucket-123456789012"
# Files that arrive start nothing; what a request says does.
DEAF = ("    input: { lambdaEvent.$: $ }\n    state_machine", "    prefix: nothing/begins/so\n    input: { lambdaEvent.$: $ }\n    state_machine")


def standard(*changes):
    """The same as STANDARD, which may be asked for its executions, and with the table to be read."""
    status = """  status:
    /thumbnails/{key...}: { table: thumbnails, key: "us-east-1|%s|{key}" }
""" % DESTINATION
    return systems.example(CONFIG, ("type: EXPRESS", "type: STANDARD"), *changes, also=status)


def of_key(key):
    """By the key as S3 writes it."""
    return lambda given: given["lambdaEvent"]["s3"]["object"]["key"] == urllib.parse.quote_plus(key, safe="/*")


def only_end(stepd, key):
    return systems.ended(stepd, MACHINE, of_key(key))[0]


def record(key, size=1, sequencer="0055AED6DCD90281E5"):
    """As a store would send it: the key is encoded already."""
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventTime": "2026-11-21T10:00:00.000Z",
            "eventName": "ObjectCreated:Put", "s3": {"s3SchemaVersion": "1.0", "configurationId": "x", "bucket": {"name": SOURCE},
                                                      "object": {"key": key, "size": size, "eTag": "e", "sequencer": sequencer}}}


def started_arns(answer):
    assert answer.status == 200, answer.body
    assert all(list(reply) == ["executionArn", "startDate"] for reply in answer.json())
    return [reply["executionArn"] for reply in answer.json()]


@pytest.mark.parametrize("key, photo", [("sample-image-1.jpeg", photos.camera), ("a folder/big one.jpeg", photos.upside_down)])
def test_a_jpeg_is_copied_shrunk_recorded_and_deleted(serve, key, photo):
    stepd = serve(standard())
    content = photo()
    assert stepd.put_object(SOURCE, key, content, "image/jpeg").status == 200
    done = only_end(stepd, key)
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    small_key = key.replace(".jpeg", "-small.jpeg")
    assert list(output) == ["fileType", "images", "writeStatus", "deletionStatus"]
    systems.envelope(output["fileType"], "jpeg")
    assert [list(image) for image in output["images"]] == [["original"], ["resized"]]
    systems.envelope(output["images"][0]["original"], {"region": "us-east-1", "bucket": DESTINATION, "key": key})
    systems.envelope(output["images"][1]["resized"], {"region": "us-east-1", "bucket": DESTINATION, "key": small_key})
    systems.envelope(output["writeStatus"], True)
    systems.envelope(output["deletionStatus"], True)
    assert stepd.get_object(SOURCE, key).status == 404
    assert stepd.get_object(DESTINATION, key).body == content
    small = photos.open_image(stepd.get_object(DESTINATION, small_key).body)
    assert (small.format, small.width) == ("JPEG", 150)
    item = stepd.get("/thumbnails/" + urllib.parse.quote(key)).json()
    assert list(item) == ["original", "thumbnail", "timestamp"]
    assert item["original"] == f"us-east-1|{DESTINATION}|{key}"
    assert item["thumbnail"] == f"us-east-1|{DESTINATION}|{small_key}"
    assert abs(item["timestamp"] / 1000 - done["startDate"].timestamp()) < 300


def test_the_record_is_what_s3_sends(serve):
    stepd = serve(standard())
    stepd.put_object(SOURCE, "a folder/Grüße.csv", b"1,2\n")
    sent = json.loads(only_end(stepd, "a folder/Grüße.csv")["input"])["lambdaEvent"]
    assert list(sent) == ["eventVersion", "eventSource", "awsRegion", "eventTime", "eventName", "userIdentity", "requestParameters",
                          "responseElements", "s3"]
    assert (sent["eventSource"], sent["eventName"], sent["awsRegion"]) == ("aws:s3", "ObjectCreated:Put", "us-east-1")
    assert sent["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{SOURCE}"
    assert (sent["s3"]["object"]["key"], sent["s3"]["object"]["size"]) == ("a+folder/Gr%C3%BC%C3%9Fe.csv", 4)


@pytest.mark.parametrize("name", systems.AWKWARD)
def test_a_name_that_encodings_break_survives(serve, name):
    stepd = serve(standard())
    key = f"dir {name}/{name}.jpeg"
    path = stepd.bucket(SOURCE) / key
    path.parent.mkdir(parents=True)
    path.write_bytes(photos.png())
    done = only_end(stepd, key)
    assert done["status"] == "SUCCEEDED", done
    assert not path.exists()
    assert (stepd.bucket(DESTINATION) / key).read_bytes() == photos.png()
    small = stepd.bucket(DESTINATION) / f"dir {name}/{name}-small.jpeg"
    assert photos.open_image(small.read_bytes()).width == 150


def test_the_first_jpeg_of_a_name_is_replaced_as_the_original_does(serve):
    stepd = serve(standard())
    stepd.put_object(SOURCE, "a.jpeg.x.jpeg", photos.camera())
    output = json.loads(only_end(stepd, "a.jpeg.x.jpeg")["output"])
    assert output["images"][1]["resized"]["Payload"]["key"] == "a-small.jpeg.x.jpeg"


@pytest.mark.parametrize("key, file_type", [("sample-data.csv", "csv"), ("photo.jpg", "jpg"), ("PHOTO.JPEG", "JPEG"), ("README", None)])
def test_what_is_not_named_jpeg_is_deleted_as_the_original_does(serve, key, file_type):
    stepd = serve(standard())
    stepd.put_object(SOURCE, key, b"a,b\n", "text/csv")
    output = json.loads(only_end(stepd, key)["output"])
    assert list(output) == ["fileType", "deletionStatus"]
    systems.envelope(output["fileType"], file_type)
    systems.envelope(output["deletionStatus"], True)
    assert stepd.get_object(SOURCE, key).status == 404
    assert stepd.get_object(DESTINATION, key).status == 404


def test_a_branch_that_fails_cancels_the_other_and_keeps_the_source(serve):
    stepd = serve(standard())
    stepd.put_object(SOURCE, "torn.jpeg", photos.truncated(), "image/jpeg")
    done = only_end(stepd, "torn.jpeg")
    assert (done["status"], done["error"]) == ("FAILED", "ResizeError")
    assert done["cause"] == "An error occurred while executing the ResizeImage task"
    history = systems.types(stepd, done)
    # Three tries by the first retrier, whose States.TaskFailed fits; the second one never counts.
    assert history.count("TaskScheduled") == 1 + 1 + 3
    assert "QuitMain" not in json.dumps(stepd.history(done["executionArn"]), default=str)
    assert stepd.get_object(SOURCE, "torn.jpeg").body == photos.truncated()


def test_a_copy_that_fails_is_a_copy_error_and_the_branch_beside_it_is_cancelled(serve):
    """The copy's function names a bucket that is not there; the resize is held up by a state that waits."""
    definition = (harness.ROOT / "definitions/image-processor/statemachine.asl.yaml").read_text()
    definition = definition.replace("StartAt: ResizeImage", "StartAt: Rest").replace(
        "          ResizeImage:\n", "          Rest: { Type: Wait, Seconds: 3600, Next: ResizeImage }\n          ResizeImage:\n")
    definition = definition.replace("IntervalSeconds: 5", "IntervalSeconds: 1")
    text = standard(("destination: { bucket: \"${DESTINATION_BUCKET}\" }", "destination: { bucket: no-such-bucket }"))
    text = text.replace(str(harness.ROOT / "definitions/image-processor/statemachine.asl.yaml"), "slow.asl.yaml")
    stepd = serve(text, files={"slow.asl.yaml": definition})
    stepd.put_object(SOURCE, "a.jpeg", photos.camera())
    done = only_end(stepd, "a.jpeg")
    assert (done["status"], done["error"]) == ("FAILED", "CopyError")
    assert done["cause"] == "An error occurred while executing the CopyToDestination task"
    history = systems.types(stepd, done)
    assert "WaitStateEntered" in history and "WaitStateExited" not in history
    assert stepd.get_object(SOURCE, "a.jpeg").status == 200


def test_a_branch_without_its_result_is_the_handlers_own_error(serve):
    stepd = serve(standard())
    client = stepd.client()
    import boto3
    functions = boto3.client("lambda", endpoint_url=stepd.url, region_name=harness.REGION, aws_access_key_id="test",
                             aws_secret_access_key="test")
    answer = functions.invoke(FunctionName="writeToDynamoDB", Payload=json.dumps({"images": [{"original": {"Payload": {}}}]}))
    assert answer["FunctionError"] == "Unhandled"
    error = json.loads(answer["Payload"].read())
    assert (error["errorType"], error["errorMessage"]) == ("Error", "Original or resized image not found")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.invoke(FunctionName="nobody", Payload="{}")
    assert client.list_state_machines()["stateMachines"]


def test_a_notification_with_several_records_starts_one_execution_each(serve):
    stepd = serve(standard(DEAF))
    for name in ("one.jpeg", "two words.jpeg", "three.csv"):
        stepd.put_object(SOURCE, name, photos.camera())
    body = {"Records": [record("one.jpeg"), record("two+words.jpeg"), record("three.csv")]}
    arns = started_arns(stepd.post("/notifications", body))
    assert len(set(arns)) == 3
    assert [stepd.finished(arn)["status"] for arn in arns] == ["SUCCEEDED"] * 3
    assert stepd.get_object(DESTINATION, "two words-small.jpeg").status == 200
    assert stepd.get_object(DESTINATION, "three.csv").status == 404
    assert [stepd.get_object(SOURCE, name).status for name in ("one.jpeg", "two words.jpeg", "three.csv")] == [404] * 3


def test_a_record_that_fails_fails_the_call_and_loses_none_of_the_others(serve):
    stepd = serve(standard(DEAF))
    for name in ("first.csv", "last.csv"):
        stepd.put_object(SOURCE, name, b"x")
    body = {"Records": [record("first.csv"), {"no": "record"}, record("last.csv")]}
    assert stepd.post("/notifications", body).status == 400
    found = systems.ended(stepd, MACHINE, lambda given: True, count=2)
    assert {json.loads(e["input"])["lambdaEvent"]["s3"]["object"]["key"] for e in found} == {"first.csv", "last.csv"}
    # The sender repeats the whole; what has run is not run again.
    assert stepd.post("/notifications", body).status == 500
    assert len(stepd.executions(MACHINE)) == 2


def test_as_it_comes_it_is_express_and_does_the_same(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    (stepd.bucket(SOURCE) / "dropped.jpeg").write_bytes(photos.phone())
    harness.wait_until(lambda: stepd.get_object(SOURCE, "dropped.jpeg").status == 404, "the deletion of the source")
    assert photos.open_image(stepd.get_object(DESTINATION, "dropped-small.jpeg").body).size == (150, 113)
    assert stepd.get_object(DESTINATION, "dropped.jpeg").body == photos.phone()


def test_as_it_comes_it_logs_everything_with_its_data(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    (stepd.bucket(SOURCE) / "notes.csv").write_bytes(b"1,2")
    log = stepd.data / "logs" / "+aws+vendedlogs+ImageProcessorStateMachine-Logs.log"

    def logged():
        lines = harness.json_lines(log)
        return lines if lines and lines[-1]["type"] == "ExecutionSucceeded" else None
    lines = harness.wait_until(logged, "the last line of the log group")
    entered = [line["details"]["name"] for line in lines if line["type"].endswith("StateEntered")]
    assert entered == ["GetFileType", "CheckFileType", "DeleteSourceFile"]
    assert json.loads(lines[0]["details"]["input"])["lambdaEvent"]["s3"]["object"]["key"] == "notes.csv"
    systems.envelope(json.loads(lines[-1]["details"]["output"])["fileType"], "csv")


def test_the_function_of_the_original_can_hear_of_the_files_itself(serve):
    """Its notification leads to invokeImageProcessor, which starts the executions."""
    direct = ("    input: { lambdaEvent.$: $ }\n    state_machine: ImageProcessorStateMachine", "    function: invokeImageProcessor")
    stepd = serve(standard(direct))
    stepd.put_object(SOURCE, "two words.jpeg", photos.camera(), "image/jpeg")
    assert only_end(stepd, "two words.jpeg")["status"] == "SUCCEEDED"
    assert stepd.get_object(DESTINATION, "two words-small.jpeg").status == 200
