"""The five systems done right: what the originals lose, mistake or hide is kept, told apart and said."""
import json
import urllib.parse

import pytest

import harness
import photos
import systems


def drop(stepd, bucket, key, content):
    path = stepd.bucket(bucket) / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def start(stepd, path, body, **headers):
    answer = stepd.post(path, body, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status == 200, answer.body
    return answer.json()["executionArn"]


# ---- image-processor -------------------------------------------------------------------------------------------------

def processed(stepd, key):
    return systems.ended(stepd, "image-processor", lambda given: given["key"] == key)[0]


@pytest.mark.parametrize("key", ["photo.jpg", "PHOTO.JPEG", "no extension", "lies.csv", "a/b/c+d %20.png"])
def test_a_picture_is_known_by_its_content_whatever_its_name(serve, key):
    stepd = serve(systems.EXAMPLES / "better/image-processor.yaml")
    drop(stepd, "inbox", key, photos.png())
    done = processed(stepd, key)
    assert done["status"] == "SUCCEEDED", done
    images = json.loads(done["output"])
    assert (images["original"]["key"], images["thumbnail"]["key"]) == (f"originals/{key}", f"small/{key}.png")
    assert (stepd.bucket("pictures") / f"originals/{key}").read_bytes() == photos.png()
    assert photos.open_image((stepd.bucket("pictures") / f"small/{key}.png").read_bytes()).width == 150
    assert not (stepd.bucket("inbox") / key).exists()


@pytest.mark.parametrize("key, content, error", [
    ("sample-data.csv", b"a,b\n", "Image.UnsupportedType"), ("lies.jpeg", b"no picture at all", "Image.UnsupportedType"),
    ("empty.jpeg", b"", "Image.Empty"), ("torn.jpeg", photos.truncated, "Image.Corrupt"), ("bomb.png", photos.bomb, "Image.TooManyPixels")])
def test_what_is_not_understood_is_put_into_quarantine_and_is_a_failure(serve, key, content, error):
    stepd = serve(systems.EXAMPLES / "better/image-processor.yaml")
    content = content() if callable(content) else content
    drop(stepd, "inbox", key, content)
    done = processed(stepd, key)
    assert (done["status"], done["error"]) == ("FAILED", error)
    assert (stepd.bucket("rejected") / key).read_bytes() == content
    assert not (stepd.bucket("inbox") / key).exists()


# ---- resize-api ------------------------------------------------------------------------------------------------------

def test_names_that_differ_anywhere_never_share_a_result(serve):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    for key in ("a/b.png", "c/b.png", "c/b.jpg"):
        stepd.put_object("source", key, photos.png())
        done = stepd.finished(start(stepd, "/resize", {"bucket": "source", "key": key}))
        assert json.loads(done["output"])["key"] == f"output/{key}_resized.png"


def test_an_apostrophe_is_a_letter_like_any_other(serve):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    stepd.put_object("source", "it's.png", photos.png())
    done = stepd.finished(start(stepd, "/resize", {"bucket": "source", "key": "it's.png"}))
    assert json.loads(done["input"]) == {"bucket": "source", "key": "it's.png"}
    assert done["status"] == "SUCCEEDED"


def test_a_small_picture_is_not_enlarged_and_its_size_is_told_as_it_is(serve):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    stepd.put_object("source", "big.png", photos.png())
    small = json.loads(stepd.finished(start(stepd, "/resize", {"bucket": "source", "key": "big.png"}))["output"])
    assert (small["width"], small["height"]) == (500, 375)
    stepd.put_object("source", "small.png", stepd.get_object("resized", small["key"]).body)
    again = json.loads(stepd.finished(start(stepd, "/resize", {"bucket": "source", "key": "small.png"}))["output"])
    assert (again["width"], again["height"]) == (500, 375)


def test_a_failure_is_an_error_with_a_name(serve):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    done = stepd.finished(start(stepd, "/resize", {"bucket": "source", "key": "absent.png"}))
    assert (done["status"], done["error"]) == ("FAILED", "Object.NotFound")


def test_a_header_makes_a_repeated_request_one_execution(serve):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    rest = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    stepd.client().update_state_machine(stateMachineArn=harness.machine_arn("resize-api"), definition=json.dumps(rest))
    body = {"bucket": "source", "key": "a.png"}
    first = start(stepd, "/resize", body, Idempotency_Key="order-7")
    assert start(stepd, "/resize", body, Idempotency_Key="order-7") == first
    assert start(stepd, "/resize", body) != first


@pytest.mark.parametrize("given", [{"bucket": "resized", "key": "a"}, {"bucket": "source"}, {"key": "a"}])
def test_a_caller_names_no_other_bucket(serve, given):
    stepd = serve(systems.EXAMPLES / "better/resize-api.yaml")
    assert stepd.post("/resize", given).status == 400
    assert stepd.executions("resize-api") == []


# ---- named-thumbnail -------------------------------------------------------------------------------------------------

def test_a_thumbnail_keeps_its_folder_and_tells_its_real_size(serve):
    stepd = serve(systems.EXAMPLES / "better/named-thumbnail.yaml")
    stepd.put_object("photos", "trip/beach.png", photos.png())
    done = stepd.finished(start(stepd, "/prod/resize", {"input": json.dumps({"object_key": "trip/beach.png", "width": 64}), "name": "one"}))
    assert json.loads(done["output"]) == {"bucket": "thumbnails", "key": "64x128/trip/beach.png.png", "width": 64, "height": 48}


@pytest.mark.parametrize("key, content, error", [("words.png", b"words", "Image.UnsupportedType"), ("absent.png", None, "Object.NotFound"),
                                                 ("torn.jpg", photos.truncated, "Image.Corrupt")])
def test_a_thumbnail_that_cannot_be_made_is_a_failure(serve, key, content, error):
    stepd = serve(systems.EXAMPLES / "better/named-thumbnail.yaml")
    if content is not None:
        stepd.put_object("photos", key, content() if callable(content) else content)
    done = stepd.run("named-thumbnail", {"object_key": key})
    assert (done["status"], done["error"]) == ("FAILED", error)


# ---- process ---------------------------------------------------------------------------------------------------------

def test_a_failed_picture_is_a_failed_execution(serve):
    stepd = serve(systems.EXAMPLES / "better/process.yaml")
    stepd.put_object("images-in", "a/b.png", photos.png())
    done = stepd.finished(start(stepd, "/process", {"bucket": "images-in", "key": "a/b.png"}))
    assert json.loads(done["output"]) == {"message": "Image processed successfully", "bucket": "images-out",
                                          "key": "thumbnails/a/b.png_thumb.png", "width": 300, "height": 225}
    failed = stepd.finished(start(stepd, "/process", {"bucket": "images-in", "key": "absent.png"}))
    assert (failed["status"], failed["error"]) == ("FAILED", "Object.NotFound")


# ---- metadata-pipeline -----------------------------------------------------------------------------------------------

PIPELINE = "better/metadata-pipeline.yaml"


def status(stepd, key):
    answer = stepd.get(f"/images/{urllib.parse.quote(key)}/status", headers={"Origin": "https://gallery.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json().get("status") if answer.status == 200 else answer.status


def test_the_status_is_pending_before_anything_runs(serve):
    stepd = serve(systems.example(PIPELINE, ("uploads: { watch: true }", "uploads:")))
    assert status(stepd, "x/y/z.png") == 404
    stepd.put_object("uploads", "x/y/z.png", photos.png())
    assert status(stepd, "x/y/z.png") == "PENDING"


def test_the_status_is_running_while_it_runs(serve):
    definition = (harness.ROOT / "definitions/better/metadata-pipeline.asl.yaml").read_text()
    definition = definition.replace("    Next: ReadType\n", "    Next: Rest\n\n  Rest: { Type: Wait, Seconds: 3600, Next: ReadType }\n")
    text = systems.example(PIPELINE).replace(str(harness.ROOT / "definitions/better/metadata-pipeline.asl.yaml"), "slow.asl.yaml")
    stepd = serve(text, files={"slow.asl.yaml": definition})
    drop(stepd, "uploads", "x/y.png", photos.png())
    harness.wait_until(lambda: status(stepd, "x/y.png") == "RUNNING", "RUNNING")


def test_pictures_of_one_name_in_two_folders_are_two(serve):
    stepd = serve(systems.EXAMPLES / PIPELINE)
    for key in ("x/p.png", "y/p.png", "y/a+b %20.png"):
        drop(stepd, "uploads", key, photos.png())
        harness.wait_until(lambda key=key: status(stepd, key) == "COMPLETED", f"the end of {key}")
        item = stepd.get(f"/images/{urllib.parse.quote(key)}/status").json()
        assert item["thumbnails"]["small"] == {"bucket": "thumbnails", "key": f"100x100/{key}.png", "width": 100, "height": 75}
        assert item["metadata"]["format"] == "png"
        assert (stepd.bucket("thumbnails") / f"640x480/{key}.png").exists()


@pytest.mark.parametrize("key, content, error", [("words.png", b"words", "Image.UnsupportedType"), ("torn.jpg", photos.truncated, "Image.Corrupt")])
def test_a_failure_is_recorded_announced_and_keeps_its_name(serve, key, content, error):
    stepd = serve(systems.EXAMPLES / PIPELINE)
    drop(stepd, "uploads", key, content() if callable(content) else content)
    done = systems.ended(stepd, "metadata-pipeline", lambda given: given["object"]["key"] == key)[0]
    assert (done["status"], done["error"]) == ("FAILED", error)
    item = stepd.get(f"/images/{key}/status").json()
    assert (item["status"], item["error"]["Error"]) == ("FAILED", error)
    line, = harness.json_lines(stepd.data / "topics" / "images.jsonl")
    assert line["text"] == f"{key} failed with {error}."


def test_a_notice_that_cannot_be_sent_hides_nothing(serve):
    stepd = serve(systems.example(PIPELINE, ("TopicArn: \"arn:aws:sns:us-east-1:123456789012:images\"", "TopicArn: arn:aws:sns:us-east-1:123456789012:none")))
    drop(stepd, "uploads", "words.png", b"words")
    drop(stepd, "uploads", "good.png", photos.png())
    failed = systems.ended(stepd, "metadata-pipeline", lambda given: given["object"]["key"] == "words.png")[0]
    assert (failed["status"], failed["error"]) == ("FAILED", "Image.UnsupportedType")
    done = systems.ended(stepd, "metadata-pipeline", lambda given: given["object"]["key"] == "good.png")[0]
    assert (done["status"], json.loads(done["output"])["notificationError"]["Error"]) == ("SUCCEEDED", "SNS.NotFoundException")
