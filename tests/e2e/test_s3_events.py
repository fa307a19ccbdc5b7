"""Objects that come by S3's protocol raise the events of their bucket as dropped files do: each once."""
import json

import pytest

import harness
import s3_clients
from s3_clients import MIB

CONFIG = """
listen: 127.0.0.1:0
buckets:
  photos: { watch: true }
state_machines:
  hear:
    definition: hear.asl.yaml
notifications:
  all: { bucket: photos, input: { record.$: $ }, state_machine: hear }
"""
HEAR = """
StartAt: Hear
States:
  Hear: { Type: Pass, End: true }
"""


@pytest.fixture
def stepd(serve, tmp_path):
    (tmp_path / "stepd.yaml").write_text(CONFIG)
    (tmp_path / "hear.asl.yaml").write_text(HEAR)
    return serve(tmp_path / "stepd.yaml")


def heard(stepd, count):
    """The records of that many executions, by key."""
    ended = harness.wait_until(lambda: (lambda e: e if len(e) >= count else None)(stepd.executions("hear")), f"{count} events")
    records = [json.loads(stepd.finished(each["executionArn"])["output"])["record"] for each in ended]
    return sorted((r["s3"]["object"]["key"], r["eventName"], r["s3"]["object"]["size"], r["s3"]["object"]["eTag"]) for r in records)


def test_each_write_raises_its_event_once(stepd):
    client = s3_clients.s3(stepd)
    etag = client.put_object(Bucket="photos", Key="a b.jpg", Body=b"hello")["ETag"].strip('"')
    client.copy_object(Bucket="photos", Key="copy.jpg", CopySource="photos/a b.jpg")
    upload = client.create_multipart_upload(Bucket="photos", Key="large.jpg")["UploadId"]
    parts = [client.upload_part(Bucket="photos", Key="large.jpg", UploadId=upload, PartNumber=n, Body=b"x" * (5 * MIB))["ETag"]
             for n in (1, 2)]
    done = client.complete_multipart_upload(Bucket="photos", Key="large.jpg", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": n + 1, "ETag": e} for n, e in enumerate(parts)]})
    (stepd.bucket("photos") / "dropped.jpg").write_bytes(b"hello")
    expected = [("a+b.jpg", "ObjectCreated:Put", 5, etag), ("copy.jpg", "ObjectCreated:Copy", 5, etag),
                ("dropped.jpg", "ObjectCreated:Put", 5, etag),
                ("large.jpg", "ObjectCreated:CompleteMultipartUpload", 10 * MIB, done["ETag"].strip('"'))]
    assert heard(stepd, 4) == expected
    client.put_object_tagging(Bucket="photos", Key="a b.jpg", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    client.get_object(Bucket="photos", Key="dropped.jpg")
    stepd.stop()
    stepd.start()
    client = s3_clients.s3(stepd)
    client.put_object(Bucket="photos", Key="last.jpg", Body=b"x")
    assert [key for key, *_ in heard(stepd, 5)] == ["a+b.jpg", "copy.jpg", "dropped.jpg", "large.jpg", "last.jpg"]
