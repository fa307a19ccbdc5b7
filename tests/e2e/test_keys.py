"""Keys with every character that a bucket takes, on every way: dropped, listed, fetched, put, named in requests, copied and deleted."""
import json
import urllib.parse

import pytest

import harness
import photos

KEYS = ["back\\slash.png", "a b.png", "a+b.png", "100%.png", "what?.png", "a#b.png", "ü/ß€😀.png", "%41.png", "%2F.png", "a&b=c;d.png",
        "{x}.png", "'quoted\".png", "deep/er/back\\slash and more.png", "..\\x.png", "a/..\\..\\b.png", "*.png", "$.png"]
REFUSED = ["a\x01b", "a\nb", "a\x7fb", "a\u0080b", "a/../b", "../b", "/a", "a//b", "a/", ".", "a/./b", ".stepd-tmp/x", "x" * 256]
CONFIG = """
buckets:
  inbox: { watch: true, settle: 100ms, rescan: 1s }
  other: ~
tables: { seen: { key: name } }
functions:
  note: { handler: item.put, arguments: { table: seen, item: { name.$: $.key } } }
state_machines:
  arrive:
    definition: arrive.json
routes:
  start: { /start: { state_machine: arrive } }
  status: { "/seen/{name...}": { table: seen, key: "{name}" } }
notifications:
  arrivals: { bucket: inbox, input: { key.$: $.s3.object.key, encoded: true }, state_machine: arrive }
"""
S3 = "arn:aws:states:::aws-sdk:s3:"


def state(action, next_, **parameters):
    return {"Type": "Task", "Resource": S3 + action, "Parameters": parameters, "ResultPath": None, "Next": next_}


DEFINITION = json.dumps({"StartAt": "Encoded", "States": {
    "Encoded": {"Type": "Choice", "Choices": [{"Variable": "$.encoded", "IsPresent": True, "Next": "Decoded"}], "Default": "Put"},
    "Decoded": {"Type": "Succeed"},
    "Put": state("putObject", "Copy", Bucket="other", **{"Key.$": "$.key", "Body": "hello"}),
    "Copy": state("copyObject", "Head", Bucket="other", **{"Key.$": "States.Format('copied/{}', $.key)", "CopySource.$": "$.source"}),
    "Head": state("headObject", "Note", Bucket="other", **{"Key.$": "States.Format('copied/{}', $.key)"}),
    "Note": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "note", "Payload.$": "$"},
             "ResultPath": None, "Next": "Delete"},
    "Delete": {**state("deleteObject", "", Bucket="other", **{"Key.$": "$.key"}), "Next": "Done"},
    "Done": {"Type": "Pass", "End": True}}})


@pytest.fixture
def stepd(serve):
    return serve(CONFIG, files={"arrive.json": DEFINITION})


def path(bucket, key):
    return f"/buckets/{bucket}/{urllib.parse.quote(key, safe='/')}"


def listed(stepd, bucket):
    return [entry["key"] for entry in stepd.get(f"/buckets/{bucket}").json()["objects"]]


def test_a_dropped_file_can_be_asked_for_whatever_its_name(stepd):
    for key in KEYS:
        target = stepd.bucket("inbox") / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(key.encode())
    assert sorted(listed(stepd, "inbox")) == sorted(KEYS)
    for key in KEYS:
        for quoted in (path("inbox", key), f"/buckets/inbox/{urllib.parse.quote(key, safe='')}"):
            answer = stepd.get(quoted)
            assert (answer.status, answer.body) == (200, key.encode()), (key, answer)
        assert stepd.request("HEAD", path("inbox", key)).status == 200
        after = stepd.get(f"/buckets/inbox?limit=1&prefix={urllib.parse.quote_plus(key)}").json()
        assert after["objects"][0]["key"] == key
    visible = [key for key in KEYS if not any(part.startswith(".") for part in key.split("/"))]
    harness.wait_until(lambda: len(stepd.executions("arrive")) == len(visible), "every file that is not hidden to arrive")
    arrived = [json.loads(stepd.finished(e["executionArn"])["input"])["key"] for e in stepd.executions("arrive")]
    assert sorted(urllib.parse.unquote_plus(key) for key in arrived) == sorted(visible)


def test_an_object_is_put_fetched_and_deleted_whatever_its_key(stepd):
    for key in KEYS:
        assert stepd.request("PUT", path("other", key), key.encode()).json()["key"] == key
        assert (stepd.bucket("other") / key).read_bytes() == key.encode()
        assert stepd.get(path("other", key)).body == key.encode()
    assert sorted(listed(stepd, "other")) == sorted(KEYS)
    for key in KEYS:
        assert stepd.request("DELETE", path("other", key)).status == 204
    assert listed(stepd, "other") == []


def test_a_request_and_aws_s_handlers_take_every_key(stepd):
    for key in KEYS:
        source = urllib.parse.quote(f"other/{key}", safe="/")
        started = stepd.post("/start", {"key": key, "source": source})
        done = stepd.finished(started.json()["executionArn"])
        assert done["status"] == "SUCCEEDED", (key, done)
        assert stepd.get(path("other", f"copied/{key}")).body == b'"hello"', key
        assert stepd.get(f"/seen/{urllib.parse.quote(key, safe='/')}").json()["name"] == key
        assert stepd.get(path("other", key)).status == 404


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_no_key_is_refused_everywhere_and_leads_nowhere(stepd, tmp_path, key):
    before = sorted(p.name for p in stepd.data.iterdir())
    for quoted in {path("other", key), f"/buckets/other/{urllib.parse.quote(key, safe='')}"}:
        for method in ("PUT", "GET", "DELETE", "HEAD"):
            answer = stepd.request(method, quoted, b"x" if method == "PUT" else None)
            assert answer.status in (400, 404) if quoted.endswith("/.") else answer.status == 400, (method, quoted, answer)
    done = stepd.finished(stepd.post("/start", {"key": key, "source": "other/x"}).json()["executionArn"])
    assert done["status"] == "FAILED"
    assert listed(stepd, "other") == []
    assert sorted(p.name for p in stepd.data.iterdir()) == before


def test_a_raw_backslash_is_refused_with_what_to_write(stepd):
    stepd.put_object("other", "back\\slash.png", photos.png())
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", stepd.port, timeout=10)
    connection.request("GET", "/buckets/other/back\\slash.png")
    reply = connection.getresponse()
    assert (reply.status, "%5C" in reply.read().decode()) == (400, True)
