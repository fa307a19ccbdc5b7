"""Requests that nobody should send: each is refused with a reason, starts nothing, and the next one is served."""
import json
import re

import pytest

import harness

OPERATION = {"Content-Type": "application/x-amz-json-1.0"}


@pytest.fixture(scope="module")
def stepd(tmp_path_factory):
    folder = tmp_path_factory.mktemp("daemon")
    with harness.Stepd(harness.ROOT / "config" / "stepd.yaml", folder / "data", folder / "stepd.log") as daemon:
        yield daemon


@pytest.mark.parametrize("path", ["/resize", "/prod/resize", "/process"])
@pytest.mark.parametrize("body, reason", [
    ("not json", "JSON object"),
    ("", "JSON object"),
    ("[1]", "JSON object"),
    ('"text"', "JSON object"),
    ("{}", '"bucket" is missing'),
    ('{"bucket":"uploads"}', '"key" is missing'),
    ('{"bucket":"uploads","key":null}', '"key" is null'),
    ('{"bucket":"originals","key":"x"}', '"bucket"'),
    ('{"bucket":["uploads"],"key":"x"}', '"bucket"'),
    ("[" * 100_000, "JSON"),
    ('{"bucket":"uploads","key":"\\ud800"}', "JSON"),
])
def test_a_start_route_refuses_what_is_no_input(stepd, path, body, reason):
    answer = stepd.post(path, body)
    assert answer.status == 400, answer
    assert reason in answer.json()["error"]
    assert stepd.executions("image-pipeline") == []


def test_a_start_route_takes_no_more_than_an_input_may_have(stepd):
    answer = stepd.post("/resize", {"bucket": "uploads", "key": "x" * 300_000})
    assert answer.status == 413
    assert stepd.executions("image-pipeline") == []


@pytest.mark.parametrize("target, body, status, code", [
    ("AWSStepFunctions.StartExecution", "not json", 400, "SerializationException"),
    ("AWSStepFunctions.StartExecution", "{}", 400, "ValidationException"),
    ("AWSStepFunctions.Conjure", "{}", 400, "UnknownOperationException"),
    ("DynamoDB_20120810.GetItem", "{}", 400, "ValidationException"),
    ("Nowhere_20120810.GetItem", "{}", 400, "UnknownOperationException"),
    (None, "{}", 400, "UnknownOperationException"),
])
def test_an_operation_is_refused_in_the_form_of_aws(stepd, target, body, status, code):
    answer = stepd.post("/", body, headers={**OPERATION, **({"X-Amz-Target": target} if target else {})})
    assert (answer.status, answer.json()["__type"].split("#")[-1]) == (status, code)
    assert answer.json()["message"]
    assert answer.headers["x-amzn-requestid"]


def test_a_definition_with_five_faults_is_refused_with_all_five(stepd):
    from test_commands import FIVE_FAULTS, POINTERS
    answer = stepd.post("/", {"name": "five", "definition": FIVE_FAULTS, "roleArn": "arn:aws:iam::123456789012:role/any"},
                        headers={**OPERATION, "X-Amz-Target": "AWSStepFunctions.CreateStateMachine"})
    assert (answer.status, answer.json()["__type"].split("#")[-1]) == (400, "InvalidDefinition")
    for pointer in POINTERS:
        location = re.sub(r"/(\d+)", r"[\1]", pointer)   # as AWS writes places in lists
        assert location in answer.json()["message"], answer.json()["message"]
    assert "five" not in [m["name"] for m in stepd.client().list_state_machines()["stateMachines"]]


@pytest.mark.parametrize("path, status", [
    ("/buckets/uploads/../../stepd.db", 400),
    ("/buckets/uploads/..%2f..%2fstepd.db", 400),
    ("/buckets/uploads/%2e%2e/stepd.db", 400),
    ("/buckets/uploads//etc/passwd", 400),
    ("/buckets/uploads/%2fetc%2fpasswd", 400),
    ("/buckets/uploads/a%00b", 400),
    ("/buckets/..", 400),
    ("/buckets/nobody/key", 404),
    ("/buckets/uploads/nothing", 404),
    ("/nowhere", 404),
])
def test_no_path_leads_out_of_a_bucket(stepd, path, status):
    for method in ("GET", "PUT", "DELETE") if status == 400 else ("GET",):
        answer = stepd.request(method, path, b"x" if method == "PUT" else None)
        assert answer.status == status, (method, answer)
        assert answer.json()["error"]


@pytest.mark.parametrize("key", ["../../stepd.db", "/etc/passwd", "a//b", "a/../b", "..", ".", "", ".stepd-tmp/x", "a\0b"])
def test_no_key_in_an_input_leads_out_of_a_bucket(stepd, key):
    started = stepd.post("/resize", {"bucket": "uploads", "key": key})
    if started.status == 400:
        assert started.json()["error"]
        return
    done = stepd.finished(started.json()["executionArn"])
    assert done["status"] == "FAILED"
    assert done["error"] == ("Object.InvalidKey" if key else "Handler.InvalidArguments"), done


def test_a_symbolic_link_out_of_the_bucket_is_refused_for_reading_and_writing(stepd, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (stepd.bucket("originals") / "file").symlink_to(tmp_path / "secret")
    (stepd.bucket("originals") / "folder").symlink_to(tmp_path)
    for key in ("file", "folder/secret"):
        assert stepd.get_object("originals", key).status == 403
    assert stepd.put_object("originals", "folder/written", b"x").status == 403
    assert not (tmp_path / "written").exists()
    assert stepd.request("DELETE", stepd.object_path("originals", "folder/secret")).status == 403
    assert (tmp_path / "secret").read_text() == "secret"


def test_a_page_of_another_site_cannot_use_the_daemon(stepd):
    body = json.dumps({"bucket": "uploads", "key": "x"})
    assert stepd.post("/resize", body, headers={"Host": "evil.example"}).status == 421
    assert stepd.post("/resize", body, headers={"Origin": "http://evil.example"}).status == 403
    assert stepd.post("/resize", body, headers={"Content-Type": "text/plain", "Origin": "http://evil.example"}).status in (403, 415)
