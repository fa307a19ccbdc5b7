"""System B: POST /resize through API Gateway's mapping template, and an EventBridge rule with an input transformer."""
import io
import json

import PIL.Image
import pytest

import photos
import systems

CONFIG = "resize-api.yaml"
MACHINE = "ResizeImage"
SOURCE, RESIZED = "my-source-images", "my-resized-images"


def of_key(key):
    return lambda given: given.get("key") == key


def test_a_new_object_is_resized_by_its_rule(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    (stepd.bucket(SOURCE) / "it's.png").write_bytes(photos.png())
    done = systems.ended(stepd, MACHINE, of_key("it's.png"))[0]
    assert json.loads(done["input"]) == {"bucket": SOURCE, "key": "it's.png", "size": len(photos.png())}
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {
        "ok": True, "destBucket": RESIZED, "destKey": "output/it's_resized.jpg", "statusCode": 200,
        "body": f"Resized image uploaded to s3://{RESIZED}/output/it's_resized.jpg"})
    small = photos.open_image(stepd.get_object(RESIZED, "output/it's_resized.jpg").body)
    assert (small.format, small.size) == ("JPEG", (500, 375))
    assert stepd.get_object(RESIZED, "output/it's_resized.jpg").headers["content-type"] == "image/jpeg"


def test_transparency_is_dropped_as_the_original_drops_it(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    logo = io.BytesIO()
    PIL.Image.new("RGBA", (100, 100), (200, 100, 50, 0)).save(logo, "PNG")
    stepd.put_object(SOURCE, "logo.png", logo.getvalue())
    stepd.run(MACHINE, {"bucket": SOURCE, "key": "logo.png"})
    small = photos.open_image(stepd.get_object(RESIZED, "output/logo_resized.jpg").body)
    assert all(abs(got - wanted) <= 4 for got, wanted in zip(small.getpixel((250, 250)), (200, 100, 50)))


@pytest.mark.parametrize("name", systems.AWKWARD)
def test_the_rule_gives_the_key_as_it_is(serve, name):
    stepd = serve(systems.EXAMPLES / CONFIG)
    (stepd.bucket(SOURCE) / f"{name}.png").write_bytes(photos.png())
    done = systems.ended(stepd, MACHINE, of_key(f"{name}.png"))[0]
    assert json.loads(done["output"])["destKey"] == f"output/{name}_resized.jpg"
    assert (stepd.bucket(RESIZED) / f"output/{name}_resized.jpg").exists()


@pytest.mark.parametrize("path", ["/resize", "/Resize_Image_API/resize"])
def test_a_request_is_answered_as_by_the_gateway(serve, path):
    stepd = serve(systems.EXAMPLES / CONFIG)
    stepd.put_object(SOURCE, "b.jpg", photos.upside_down(), "image/jpeg")
    answer = stepd.post(path, {"bucket": SOURCE, "key": "b.jpg", "size": 1000})
    assert (answer.status, list(answer.json())) == (200, ["executionArn", "startDate"])
    assert isinstance(answer.json()["startDate"], float)
    done = stepd.finished(answer.json()["executionArn"])
    assert json.loads(done["input"]) == {"bucket": SOURCE, "key": "b.jpg", "size": 1000}
    assert (done["status"], json.loads(done["output"])["ok"]) == ("SUCCEEDED", True)
    assert photos.open_image(stepd.get_object(RESIZED, "output/b_resized.jpg").body).size == (500, 375)


def test_a_body_with_quotes_and_backslashes_arrives_as_it_was_sent(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    sent = {"bucket": SOURCE, "key": 'a "b" \\ c/d\n.jpg', "size": 1}
    answer = stepd.post("/resize", sent)
    assert answer.status == 200
    assert json.loads(stepd.finished(answer.json()["executionArn"])["input"]) == sent


def test_a_key_with_an_apostrophe_is_400_as_the_original_is(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    answer = stepd.post("/resize", {"bucket": SOURCE, "key": "it's.png"})
    assert (answer.status, answer.json()["__type"]) == (400, "SerializationException")


def test_a_whole_notification_counts_by_its_first_record(serve):
    stepd = serve(systems.EXAMPLES / CONFIG)
    stepd.put_object(SOURCE, "n.png", photos.png())
    records = [{"s3": {"bucket": {"name": SOURCE}, "object": {"key": key}}} for key in ("n.png", "never.png")]
    done = stepd.run(MACHINE, {"Records": records})
    assert json.loads(done["output"])["destKey"] == "output/n_resized.jpg"


@pytest.mark.parametrize("given", [{"bucket": SOURCE, "key": "absent.jpg"}, {"bucket": "nowhere", "key": "b.jpg"}, {"neither": 1}])
def test_a_failure_is_a_reply_that_the_choice_sees_and_retry_does_not(serve, given):
    stepd = serve(systems.EXAMPLES / CONFIG)
    done = stepd.finished(stepd.post("/resize", given).json()["executionArn"])
    assert done["status"] == "FAILED"
    assert "error" not in done and "cause" not in done
    replies = [json.loads(e["taskSucceededEventDetails"]["output"])["Payload"] for e in stepd.history(done["executionArn"])
               if e["type"] == "TaskSucceeded"]
    assert [(reply["ok"], list(reply)) for reply in replies] == [(False, ["ok", "error"])]
