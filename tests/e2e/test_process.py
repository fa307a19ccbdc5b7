"""System D: POST /prod/process starts a workflow that ends well even where its picture did not."""
import json

import pytest

import harness
import photos
import systems

CONFIG = "process.yaml"
MACHINE = "imageworkflow"


@pytest.fixture
def stepd(serve):
    return serve(systems.EXAMPLES / CONFIG)


def request(stepd, path, key):
    answer = stepd.post(path, {"bucket": "images-in", "key": key})
    assert (answer.status, list(answer.json())) == (200, ["executionArn", "startDate"])
    return stepd.finished(answer.json()["executionArn"])


@pytest.mark.parametrize("path", ["/prod/process", "/process"])
@pytest.mark.parametrize("key, thumb", [("shots/a.png", "thumbnails/a_thumb.png"), ("plain", "thumbnails/plain_thumb.jpg")])
def test_a_picture_becomes_a_thumbnail(stepd, path, key, thumb):
    stepd.put_object("images-in", key, photos.png())
    done = request(stepd, path, key)
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"message": "Image processed successfully"})
    reply = next(e for e in stepd.history(done["executionArn"]) if e["type"] == "LambdaFunctionSucceeded")
    assert json.loads(reply["lambdaFunctionSucceededEventDetails"]["output"]) == {"status": "success", "file": key}
    stored = stepd.get_object("images-out", thumb)
    assert (stored.headers["content-type"], photos.open_image(stored.body).size) == ("image/png", (300, 225))


def test_a_picture_that_failed_ends_as_succeeded_as_the_original_does(stepd):
    done = request(stepd, "/process", "absent.png")
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"message": "Image processing failed"})


def test_a_function_that_throws_takes_the_same_way_by_its_catcher(serve):
    stepd = serve(systems.example(CONFIG, ("    error_result: { status: error, message.$: $.error.Cause }\n", "")))
    done = request(stepd, "/process", "absent.png")
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"message": "Image processing failed"})
    assert "LambdaFunctionFailed" in systems.types(stepd, done)


@pytest.mark.parametrize("given", [{"bucket": "images-out", "key": "a"}, {"key": "a"}, ["a"], {"bucket": "images-in"}])
def test_a_request_that_names_something_else_is_400(stepd, given):
    assert stepd.post("/process", given).status == 400
    assert stepd.client().list_executions(stateMachineArn=harness.machine_arn(MACHINE))["executions"] == []
