"""Two systems that ran on AWS, with their own definitions as they are, on real photographs; only configuration is ours."""
import json

import pytest

import harness
import photos

EXAMPLES = harness.ROOT / "config" / "examples"
SOURCE, DESTINATION = "lab-s3-source-bucket-123456789012", "lab-s3-destination-bucket-123456789012"


def standard(config):
    """The same as STANDARD, which may be asked for its executions, and with the table to be read."""
    text = config.read_text().replace("../../definitions", str(harness.ROOT / "definitions"))
    assert "type: EXPRESS" in text
    return text.replace("type: EXPRESS", "type: STANDARD") + """
routes:
  status:
    /thumbnails/{key...}: { table: thumbnails, key: "us-east-1|%s|{key}" }
""" % DESTINATION


def envelope(reply, payload):
    assert list(reply) == sorted(reply)
    assert (reply["Payload"], reply["ExecutedVersion"], reply["StatusCode"]) == (payload, "$LATEST", 200)
    assert reply["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert reply["SdkResponseMetadata"]["RequestId"]


def only_end(stepd, machine, key):
    def ended():
        found = [stepd.client().describe_execution(executionArn=e["executionArn"]) for e in stepd.executions(machine)]
        found = [e for e in found if json.dumps(key) in e["input"] and e["status"] != "RUNNING"]
        return found
    found = harness.wait_until(ended, f"the end for {key}")
    assert len(found) == 1
    return found[0]


# ---- image-processor -------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("key, photo", [("sample-image-1.jpeg", photos.camera), ("a folder/big one.jpeg", photos.upside_down)])
def test_image_processor_copies_and_shrinks_a_jpeg_and_deletes_it(serve, key, photo):
    stepd = serve(standard(EXAMPLES / "image-processor.yaml"))
    content = photo()
    assert stepd.put_object(SOURCE, key, content, "image/jpeg").status == 200
    done = only_end(stepd, "ImageProcessorStateMachine", key)
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    small_key = key.replace(".jpeg", "-small.jpeg")
    assert list(output) == ["fileType", "images", "writeStatus", "deletionStatus"]
    envelope(output["fileType"], "jpeg")
    envelope(output["images"][0]["original"], {"region": "us-east-1", "bucket": DESTINATION, "key": key})
    envelope(output["images"][1]["resized"], {"region": "us-east-1", "bucket": DESTINATION, "key": small_key})
    envelope(output["writeStatus"], True)
    envelope(output["deletionStatus"], True)
    assert stepd.get_object(SOURCE, key).status == 404
    assert stepd.get_object(DESTINATION, key).body == content
    small = photos.open_image(stepd.get_object(DESTINATION, small_key).body)
    assert (small.format, small.width) == ("JPEG", 150)
    item = stepd.get("/thumbnails/" + key.replace(" ", "%20")).json()
    assert item["thumbnail"] == f"us-east-1|{DESTINATION}|{small_key}"
    assert isinstance(item["timestamp"], int)
    record = json.loads(done["input"])["lambdaEvent"]
    assert (record["eventName"], record["s3"]["bucket"]["name"], record["s3"]["object"]["size"]) == ("ObjectCreated:Put", SOURCE, len(content))


def test_image_processor_deletes_what_is_not_named_jpeg_as_the_original_does(serve):
    stepd = serve(standard(EXAMPLES / "image-processor.yaml"))
    stepd.put_object(SOURCE, "sample-data.csv", b"a,b\n", "text/csv")
    output = json.loads(only_end(stepd, "ImageProcessorStateMachine", "sample-data.csv")["output"])
    assert list(output) == ["fileType", "deletionStatus"]
    envelope(output["fileType"], "csv")
    envelope(output["deletionStatus"], True)
    assert stepd.get_object(SOURCE, "sample-data.csv").status == 404
    assert stepd.get_object(DESTINATION, "sample-data.csv").status == 404


def test_image_processor_fails_by_its_branch_and_keeps_a_torn_source(serve):
    # The definition waits 5 s and 10 s between its three tries; the test does not.
    text = standard(EXAMPLES / "image-processor.yaml")
    stepd = serve(text)
    stepd.put_object(SOURCE, "torn.jpeg", photos.truncated(), "image/jpeg")
    done = only_end(stepd, "ImageProcessorStateMachine", "torn.jpeg")
    assert (done["status"], done["error"]) == ("FAILED", "ResizeError")
    assert stepd.get_object(SOURCE, "torn.jpeg").body == photos.truncated()


def test_image_processor_as_it_comes_is_express_and_does_the_same(serve):
    stepd = serve(EXAMPLES / "image-processor.yaml")
    (stepd.bucket(SOURCE) / "dropped.jpeg").write_bytes(photos.phone())
    harness.wait_until(lambda: stepd.get_object(SOURCE, "dropped.jpeg").status == 404, "the deletion of the source")
    assert photos.open_image(stepd.get_object(DESTINATION, "dropped-small.jpeg").body).size == (150, 113)
    assert stepd.get_object(DESTINATION, "dropped.jpeg").body == photos.phone()


# ---- resize-api ------------------------------------------------------------------------------------------------------

def test_resize_api_answers_a_new_object_by_its_rule(serve):
    stepd = serve(EXAMPLES / "resize-api.yaml")
    (stepd.bucket("my-source-images") / "it's.png").write_bytes(photos.png())
    done = only_end(stepd, "ResizeImage", "it's.png")
    assert json.loads(done["input"]) == {"bucket": "my-source-images", "key": "it's.png", "size": len(photos.png())}
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {
        "ok": True, "destBucket": "my-resized-images", "destKey": "output/it's_resized.jpg", "statusCode": 200,
        "body": "Resized image uploaded to s3://my-resized-images/output/it's_resized.jpg"})
    small = photos.open_image(stepd.get_object("my-resized-images", "output/it's_resized.jpg").body)
    assert (small.format, small.size) == ("JPEG", (500, 375))


@pytest.mark.parametrize("path", ["/resize", "/Resize_Image_API/resize"])
def test_resize_api_answers_a_request_like_the_gateway(serve, path):
    stepd = serve(EXAMPLES / "resize-api.yaml")
    stepd.put_object("my-source-images", "b.jpg", photos.upside_down(), "image/jpeg")
    answer = stepd.post(path, {"bucket": "my-source-images", "key": "b.jpg", "size": 1000})
    assert (answer.status, list(answer.json())) == (200, ["executionArn", "startDate"])
    assert isinstance(answer.json()["startDate"], float)
    done = stepd.finished(answer.json()["executionArn"])
    assert (done["status"], json.loads(done["output"])["ok"]) == ("SUCCEEDED", True)
    assert photos.open_image(stepd.get_object("my-resized-images", "output/b_resized.jpg").body).size == (500, 375)


def test_resize_api_replies_with_a_failure_that_its_choice_sees(serve):
    stepd = serve(EXAMPLES / "resize-api.yaml")
    answer = stepd.post("/resize", {"bucket": "my-source-images", "key": "absent.jpg"})
    done = stepd.finished(answer.json()["executionArn"])
    assert done["status"] == "FAILED"
    replies = [e["taskSucceededEventDetails"]["output"] for e in stepd.history(done["executionArn"]) if e["type"] == "TaskSucceeded"]
    assert [json.loads(reply)["Payload"]["ok"] for reply in replies] == [False]
