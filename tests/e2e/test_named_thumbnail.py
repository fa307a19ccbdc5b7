"""System C: POST /prod/resize starts an execution with the body as input, or with StartExecution's request, which has a name."""
import json

import pytest

import harness
import photos
import systems

CONFIG = "named-thumbnail.yaml"
MACHINE = "ImageResizeStateMachine"
PHOTOS, THUMBNAILS = "my-photos", "my-thumbnails"


def wanted(**more):
    return {"source_bucket": PHOTOS, "destination_bucket": THUMBNAILS, "object_key": "trip/beach.png", **more}


def body(given, **more):
    return {"stateMachineArn": harness.machine_arn(MACHINE), "input": json.dumps(given), **more}


@pytest.fixture
def stepd(serve):
    daemon = serve(systems.EXAMPLES / CONFIG)
    daemon.put_object(PHOTOS, "trip/beach.png", photos.png(), "image/png")
    return daemon


def test_the_plain_body_is_the_input(stepd):
    given = wanted(width=64, height=48)
    answer = stepd.post("/prod/resize", given)
    assert (answer.status, list(answer.json())) == (200, ["executionArn", "startDate"])
    done = stepd.finished(answer.json()["executionArn"])
    assert (done["status"], json.loads(done["input"])) == ("SUCCEEDED", given)
    assert json.loads(done["output"])["resizeResult"]["thumbnail_key"] == "thumbnails/64x48_beach.png"


@pytest.mark.parametrize("given, says", [
    ({"source_bucket": PHOTOS, "destination_bucket": THUMBNAILS}, ['"object_key" is missing', '"source_bucket", "destination_bucket", "object_key"',
                                                                   "StartExecution's request"]),
    ({"name": "a", "stateMachineArn": harness.machine_arn(MACHINE)}, ['"input" is missing']),
    ({"input": json.dumps({"source_bucket": PHOTOS})}, ["the input", '"destination_bucket" is missing']),
    ("[]", ["the body must be a JSON object", "StartExecution's request"])])
def test_what_is_missing_is_said_with_what_is_wanted(stepd, given, says):
    answer = stepd.post("/prod/resize", given)
    assert (answer.status, answer.json()["__type"]) == (400, "ValidationException")
    assert all(part in answer.json()["message"] for part in says), answer.json()
    assert '"source_bucket" is missing' not in answer.json()["message"]
    assert stepd.executions(MACHINE) == []


@pytest.mark.parametrize("size, key, asked, real", [
    ({}, "thumbnails/128x128_beach.png", [128, 128], (128, 96)),
    ({"width": "64", "height": 48}, "thumbnails/64x48_beach.png", [64, 48], (64, 48)),
    ({"width": 9000}, "thumbnails/9000x128_beach.png", [9000, 128], (171, 128))])
def test_a_thumbnail_fits_inside_and_keeps_the_format(stepd, size, key, asked, real):
    given = wanted(**size)
    answer = stepd.post("/prod/resize", body(given, name="one"))
    assert (answer.status, list(answer.json())) == (200, ["executionArn", "startDate"])
    assert answer.json()["executionArn"].endswith(f":execution:{MACHINE}:one")
    done = stepd.finished(answer.json()["executionArn"])
    assert json.loads(done["output"]) == {**given, "resizeResult": {
        "status": "SUCCESS", "source_bucket": PHOTOS, "destination_bucket": THUMBNAILS, "object_key": "trip/beach.png",
        "thumbnail_key": key, "thumbnail_size": asked}}
    small = photos.open_image(stepd.get_object(THUMBNAILS, key).body)
    assert (small.format, small.size) == ("PNG", real)


def test_it_never_enlarges(stepd):
    stepd.run(MACHINE, wanted(width=2000, height=2000))
    assert photos.open_image(stepd.get_object(THUMBNAILS, "thumbnails/2000x2000_beach.png").body).size == photos.open_image(photos.png()).size


def test_the_same_name_and_input_again_is_the_same_execution_and_another_input_a_conflict(stepd):
    definition = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    stepd.client().update_state_machine(stateMachineArn=harness.machine_arn(MACHINE), definition=json.dumps(definition))
    first = stepd.post("/prod/resize", body(wanted(), name="once"))
    again = stepd.post("/prod/resize", body(wanted(), name="once"))
    assert (again.status, again.json()) == (200, first.json())
    other = stepd.post("/prod/resize", body(wanted(width=1), name="once"))
    assert (other.status, other.json()["__type"]) == (400, "ExecutionAlreadyExists")
    assert len(stepd.executions(MACHINE)) == 1


def test_a_failure_repeats_the_event_and_has_a_cause_but_no_error(stepd):
    given = wanted(object_key="absent.png")
    done = stepd.run(MACHINE, given)
    assert (done["status"], done["cause"]) == ("FAILED", "Image resize failed")
    assert "error" not in done
    replies = [json.loads(e["lambdaFunctionSucceededEventDetails"]["output"]) for e in stepd.history(done["executionArn"])
               if e["type"] == "LambdaFunctionSucceeded"]
    assert [list(reply) for reply in replies] == [["status", "error_message", "input_event"]]
    assert (replies[0]["status"], replies[0]["input_event"]) == ("FAILED", given)


@pytest.mark.parametrize("change, status, error", [
    ({"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:other"}, 403, "AccessDeniedException"),
    ({"input": json.dumps(wanted(source_bucket="secrets"))}, 400, "ValidationException"),
    ({"input": "{"}, 400, "ValidationException"),
    ({"input": {"not": "a text"}}, 400, "SerializationException"),
    ({"name": 5}, 400, "SerializationException"),
    ({"name": "a b"}, 400, "InvalidName")])
def test_what_the_path_does_not_permit_is_refused_in_aws_words(stepd, change, status, error):
    answer = stepd.post("/prod/resize", {**body(wanted()), **change})
    assert (answer.status, answer.json()["__type"]) == (status, error)
    assert stepd.executions(MACHINE) == []
