"""What the tests of the example systems share: their files, and what is asked of executions that nobody named.

The systems themselves stand in definitions/ and config/examples/; each has a test file of its own.
"""
import json
import time

import harness
import photos

EXAMPLES = harness.ROOT / "config" / "examples"
# Names that a person gives and that some encoding or other breaks.
AWKWARD = ["with space", "a+b", "a%20b", "100%", "Grüße 🌍", "q?&#=", "it's", "semi;colon,(x)[y]{z}"]


def example(name, *changes, also=""):
    """The text of an example's configuration with (old, new) changes, its definitions found from anywhere."""
    text = (EXAMPLES / name).read_text()
    for place in ("../../../definitions", "../../definitions"):
        text = text.replace(place, str(harness.ROOT / "definitions"))
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text + also


def envelope(reply, payload):
    """What lambda:invoke puts round a function's answer; keys come alphabetically."""
    assert list(reply) == ["ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"]
    assert (reply["Payload"], reply["ExecutedVersion"], reply["StatusCode"]) == (payload, "$LATEST", 200)
    http = reply["SdkHttpMetadata"]
    assert list(http) == ["AllHttpHeaders", "HttpHeaders", "HttpStatusCode"]
    assert http["HttpStatusCode"] == 200
    assert {name: ",".join(values) for name, values in http["AllHttpHeaders"].items()} == http["HttpHeaders"]
    assert reply["SdkResponseMetadata"]["RequestId"]


def ended(stepd, machine, of_input, count=1):
    """The closed executions of that machine whose input fits, once there are `count`; never more."""
    client = stepd.client()

    def found():
        all_of_them = [client.describe_execution(executionArn=e["executionArn"]) for e in stepd.executions(machine)]
        fitting = [e for e in all_of_them if of_input(json.loads(e["input"]))]
        return fitting if len(fitting) >= count and all(e["status"] in harness.CLOSED for e in fitting) else None
    fitting = harness.wait_until(found, f"{count} ends of {machine}")
    assert len(fitting) == count
    return fitting


def types(stepd, execution):
    return [event["type"] for event in stepd.history(execution["executionArn"])]


def expect_described_beach(answer, uploads, thumbnails):
    """The answer of the metadata pipeline's status route to the camera's photograph beneath uploads/beach.JPG."""
    assert (answer.status, answer.headers["content-type"], answer.headers["access-control-allow-origin"]) == (200, "application/json", "*")
    item = answer.json()
    assert abs(item.pop("created_at") - time.time()) < 300 and isinstance(item.pop("updated_at"), int)
    assert item == {
        "ImageKey": "uploads/beach.JPG", "s3_bucket_original": uploads, "s3_key_original": "uploads/beach.JPG", "image_type": ".jpg",
        "validation_status": "SUCCESS",
        "thumbnails": {"100x100": f"s3://{thumbnails}/thumbnails/beach_100x100.jpeg",
                       "640x480": f"s3://{thumbnails}/thumbnails/beach_640x480.jpeg"},
        "thumbnail_generation_status": "SUCCESS",
        "extracted_metadata": {"filename": "beach.JPG", "filesize_bytes": len(photos.camera()), "format": "JPEG", "width_pixels": 1280,
                               "height_pixels": 960, "mode": "RGB"},
        "metadata_extraction_status": "SUCCESS", "overall_processing_status": "COMPLETED"}
