"""System E: an upload is validated, gets thumbnails, is described, stored and announced; a status route tells of it."""
import json
import urllib.parse

import pytest

import harness
import photos
import systems

CONFIG = "metadata-pipeline.yaml"
MACHINE = "ImageProcessingWorkflow"
UPLOADS, THUMBNAILS = "image-uploads-bucket-us-east-1-2025", "thumbnails-bucket-us-east-1-2025"
NOT_FOUND = {"message": "Image details not found for the given image identifier."}


@pytest.fixture
def stepd(serve):
    return serve(systems.EXAMPLES / CONFIG)


def of_key(key):
    return lambda given: given["object"]["key"] == key


def status(stepd, name):
    return stepd.get(f"/images/uploads/{urllib.parse.quote(name)}/status")


def messages(stepd):
    return harness.json_lines(stepd.data / "topics" / "ImageProcessingNotifications.jsonl")


def drop(stepd, key, content):
    path = stepd.bucket(UPLOADS) / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return systems.ended(stepd, MACHINE, of_key(key))[0]


def test_an_upload_is_described_stored_and_announced(stepd):
    done = drop(stepd, "uploads/beach.JPG", photos.camera())
    assert done["status"] == "SUCCEEDED", done
    assert list(json.loads(done["output"])) == ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]
    detail = json.loads(done["input"])
    assert (detail["bucket"], detail["object"]["size"], detail["reason"]) == ({"name": UPLOADS}, len(photos.camera()), "PutObject")
    answer = status(stepd, "beach.JPG")
    systems.expect_described_beach(answer, UPLOADS, THUMBNAILS)
    for size, side in (("100x100", (100, 75)), ("640x480", (640, 480))):
        assert photos.open_image(stepd.get_object(THUMBNAILS, f"thumbnails/beach_{size}.jpeg").body).size == side
    message, = messages(stepd)
    assert message["subject"] == "SUCCESS: Image Processing Complete"
    assert message["text"] == "Image processing for S3 object [uploads/beach.JPG] completed successfully. Overall status: COMPLETED."
    assert message["attributes"] == {"processing_status": {"DataType": "String", "StringValue": "SUCCESS"},
                                     "imageId": {"DataType": "String", "StringValue": "uploads/beach.JPG"}}


def test_the_size_of_a_turned_photograph_is_the_files(stepd):
    drop(stepd, "uploads/turned.jpg", photos.turned(photos.upside_down(), 6))
    told = status(stepd, "turned.jpg").json()["extracted_metadata"]
    assert (told["width_pixels"], told["height_pixels"]) == (4000, 3000)


@pytest.mark.parametrize("key, content, error", [
    ("uploads/notes.txt", b"words", "ValueError"), ("uploads/noext", b"words", "ValueError"),
    ("uploads/torn.jpg", photos.truncated, "Image.Corrupt")])
def test_a_failure_is_announced_and_fails_the_execution(stepd, key, content, error):
    done = drop(stepd, key, content() if callable(content) else content)
    assert (done["status"], done["error"]) == ("FAILED", "ImageProcessingPipelineError")
    assert done["cause"].startswith("The image processing workflow encountered an error. See execution logs")
    message, = messages(stepd)
    assert message["subject"] == "FAILURE: Image Processing Error"
    assert message["text"].startswith(f"Image Processing FAILED. Error Type: {error}. Cause: {{")
    assert message["attributes"] == {"processing_status": {"DataType": "String", "StringValue": "FAILURE"}}
    answer = status(stepd, key.removeprefix("uploads/"))
    assert (answer.status, answer.json()) == (404, NOT_FOUND)


def test_the_rule_hears_of_its_prefix_alone(stepd):
    path = stepd.bucket(UPLOADS)
    (path / "elsewhere.png").write_bytes(photos.png())
    drop(stepd, "uploads/here.png", photos.png())
    assert len(stepd.executions(MACHINE)) == 1


@pytest.mark.parametrize("name", systems.AWKWARD)
def test_a_key_is_never_decoded(stepd, name):
    done = drop(stepd, f"uploads/{name}.png", photos.png())
    assert done["status"] == "SUCCEEDED", done
    assert status(stepd, f"{name}.png").json()["s3_key_original"] == f"uploads/{name}.png"
    assert (stepd.bucket(THUMBNAILS) / f"thumbnails/{name}_100x100.png").exists()


def test_the_status_of_what_was_never_uploaded_is_404_for_every_page(stepd):
    answer = stepd.get("/images/uploads/none.png/status", headers={"Origin": "https://gallery.example"})
    assert (answer.status, answer.json(), answer.headers["access-control-allow-origin"]) == (404, NOT_FOUND, "*")


def test_labels_that_cannot_be_had_fail_softly(serve):
    stepd = serve(systems.example(CONFIG, ('USE_REKOGNITION: "false"', 'USE_REKOGNITION: "true"')))
    assert drop(stepd, "uploads/a.png", photos.png())["status"] == "SUCCEEDED"
    metadata = status(stepd, "a.png").json()["extracted_metadata"]
    assert metadata["format"] == "PNG"
    assert "No network is configured" in metadata["rekognition_error"]
    assert "rekognition_labels" not in metadata


def test_a_call_without_the_path_parameter_is_400(stepd):
    answer = stepd.post("/2015-03-31/functions/StatusCheckFunction/invocations", {"version": "2.0"})
    reply = answer.json()
    assert (reply["statusCode"], json.loads(reply["body"])) == (400, {"error": "filename path parameter is missing."})


def test_a_table_that_cannot_be_read_is_500(serve):
    broken = ("environment: { DYNAMODB_TABLE_NAME: ImageProcessingDb }\n    arguments:\n      table: ${DYNAMODB_TABLE_NAME}\n      key.$",
              "environment: { DYNAMODB_TABLE_NAME: NoSuchTable }\n    arguments:\n      table: ${DYNAMODB_TABLE_NAME}\n      key.$")
    stepd = serve(systems.example(CONFIG, broken))
    answer = status(stepd, "a.png")
    assert (answer.status, answer.json()) == (500, {"error": "An internal server error occurred while processing your request."})


def test_unknown_placeholders_are_named_and_may_come_from_the_command_line(serve, tmp_path):
    line = "      ImageProcessingSNSTopicArn: arn:aws:sns:us-east-1:123456789012:ImageProcessingNotifications\n"
    config = tmp_path / "no-topic.yaml"
    config.write_text(systems.example(CONFIG, (line, "")))
    refused = harness.run_stepd("validate", config)
    assert refused.returncode == 1
    assert "${ImageProcessingSNSTopicArn}" in refused.stdout + refused.stderr
    config.write_text(systems.example(CONFIG, ("StoreResultsLambdaArn:", "StoreResultsLamdbaArn:")))
    refused = harness.run_stepd("validate", config)
    assert refused.returncode == 1
    assert "${StoreResultsLambdaArn}" in refused.stdout and "did you mean 'StoreResultsLamdbaArn'?" in refused.stdout
    config.write_text(systems.example(CONFIG, (line, "")))
    value = "ImageProcessingSNSTopicArn=arn:aws:sns:us-east-1:123456789012:ImageProcessingNotifications"
    assert harness.run_stepd("validate", "--set", value, config).returncode == 0
    stepd = serve(config, arguments=("--set", value))
    assert drop(stepd, "uploads/x.png", photos.png())["status"] == "SUCCEEDED"


def test_it_logs_everything_with_its_data(stepd):
    done = drop(stepd, "uploads/a.png", photos.png())
    log = stepd.data / "logs" / "+aws+vendedlogs+states+ImageProcessingWorkflow-Logs.log"
    history = systems.types(stepd, done)
    harness.wait_until(lambda: len(harness.json_lines(log)) >= len(history), "the lines of the log group")
    logged = harness.json_lines(log)
    assert [line["type"] for line in logged] == history
    assert json.loads(logged[0]["details"]["input"])["object"]["key"] == "uploads/a.png"
