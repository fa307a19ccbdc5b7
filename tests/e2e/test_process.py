"""System D: POST /prod/process starts a workflow that ends well even where its picture did not."""
import json

import pytest

import harness
import photos
import systems

CONFIG = "process.yaml"
MACHINE = "imageworkflow-vd"
DEFINITION = harness.ROOT / "definitions" / "process" / "statemachine.asl.json"


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
    assert json.loads(reply["lambdaFunctionSucceededEventDetails"]["output"]) == {"status": "success", "file": thumb}
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


# ---- a function's name that is not the definition's ----------------------------------------------------------------

def misnamed():
    return systems.example(CONFIG, ("  image-resizer-vd:\n    handler", "  image-resizer-dv:\n    handler"))


def test_the_definition_names_the_function_as_its_project_does():
    task = json.loads(DEFINITION.read_text())["States"]["ProcessImage"]
    assert task["Resource"].startswith("arn:aws:lambda:ca-central-1:") and task["Resource"].endswith(":function:image-resizer-vd")


def test_a_function_that_nothing_serves_is_a_warning_at_its_line_with_the_nearest_name(tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text(misnamed())
    line = next(i for i, text in enumerate(DEFINITION.read_text().splitlines(), 1) if "image-resizer-vd" in text)
    done = harness.run_stepd("validate", config)
    assert done.returncode == 0
    assert f"{DEFINITION}:{line}:" in done.stdout, done.stdout
    assert "warning: Nothing serves the function 'image-resizer-vd'" in done.stdout
    assert "did you mean 'image-resizer-dv'?" in done.stdout


def test_a_function_that_nothing_serves_is_told_of_at_the_start_and_at_its_call(serve):
    stepd = serve(misnamed())
    assert "warning: Nothing serves the function 'image-resizer-vd'" in stepd.printed()
    done = request(stepd, "/process", "a.png")  # the definition's own catcher makes a success of it, as on AWS
    assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", {"message": "Image processing failed"})
    request(stepd, "/process", "b.png")
    told = [line for line in stepd.printed().splitlines() if 'the function "image-resizer-vd" is called, and nothing serves it' in line]
    assert len(told) == 1 and "did you mean 'image-resizer-dv'?" in told[0] and " error " in told[0], stepd.printed()
