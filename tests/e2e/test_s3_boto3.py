"""S3's protocol as boto3 speaks it: objects, transfers in parts, pages, presigned URLs."""
import hashlib
import io
import re
import urllib.error
import urllib.request

import botocore.exceptions
import pytest
from boto3.s3.transfer import TransferConfig

import harness
import s3_clients
from s3_clients import MIB

CONFIG = """
listen: 127.0.0.1:0
buckets:
  photos:
"""


@pytest.fixture
def stepd(serve, tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text(CONFIG)
    return serve(config)


@pytest.fixture
def client(stepd):
    return s3_clients.s3(stepd)


def refused(code):
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def ask(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def test_an_object_keeps_bytes_properties_and_etag(client, stepd):
    put = client.put_object(Bucket="photos", Key="a b/ü+%.txt", Body=b"hello", ContentType="text/plain", Metadata={"who": "me"},
                            CacheControl="no-store", Tagging="a=1")
    assert put["ETag"] == f'"{hashlib.md5(b"hello").hexdigest()}"'
    got = client.get_object(Bucket="photos", Key="a b/ü+%.txt")
    assert got["Body"].read() == b"hello"
    assert (got["ContentType"], got["Metadata"], got["CacheControl"], got["ETag"]) == ("text/plain", {"who": "me"}, "no-store", put["ETag"])
    assert (stepd.bucket("photos") / "a b" / "ü+%.txt").read_bytes() == b"hello"
    assert client.get_object_tagging(Bucket="photos", Key="a b/ü+%.txt")["TagSet"] == [{"Key": "a", "Value": "1"}]
    assert client.get_object(Bucket="photos", Key="a b/ü+%.txt", Range="bytes=1-2")["Body"].read() == b"el"
    with refused("PreconditionFailed"):
        client.put_object(Bucket="photos", Key="a b/ü+%.txt", Body=b"x", IfNoneMatch="*")
    with refused("304"):
        client.get_object(Bucket="photos", Key="a b/ü+%.txt", IfNoneMatch=put["ETag"])
    with refused("NoSuchKey"):
        client.get_object(Bucket="photos", Key="absent")
    with refused("404"):
        client.head_object(Bucket="photos", Key="absent")


def test_large_files_go_and_come_in_parts(client, tmp_path):
    data = s3_clients.some_bytes(21 * MIB + 17)
    source = tmp_path / "source"
    source.write_bytes(data)
    client.upload_file(str(source), "photos", "large/file.bin", ExtraArgs={"ContentType": "x/y"},
                       Config=TransferConfig(multipart_threshold=8 * MIB, multipart_chunksize=8 * MIB))
    head = client.head_object(Bucket="photos", Key="large/file.bin", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-3"') and head["ContentLength"] == len(data) and head["ContentType"] == "x/y"
    client.download_file("photos", "large/file.bin", str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == data
    assert client.head_object(Bucket="photos", Key="large/file.bin", PartNumber=3)["PartsCount"] == 3
    client.copy({"Bucket": "photos", "Key": "large/file.bin"}, "photos", "copy.bin", Config=TransferConfig(multipart_threshold=8 * MIB))
    stream = io.BytesIO()
    client.download_fileobj("photos", "copy.bin", stream)
    assert stream.getvalue() == data
    assert client.list_multipart_uploads(Bucket="photos").get("Uploads") is None


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"])
def test_checksums_are_kept_and_compared(client, algorithm):
    if algorithm in ("CRC32C", "CRC64NVME"):
        pytest.importorskip("awscrt")
    put = client.put_object(Bucket="photos", Key="sum", Body=b"hello", ChecksumAlgorithm=algorithm)
    head = client.head_object(Bucket="photos", Key="sum", ChecksumMode="ENABLED")
    assert put[f"Checksum{algorithm}"] == head[f"Checksum{algorithm}"]


def test_an_open_upload_outlives_a_kill(client, stepd):
    upload = client.create_multipart_upload(Bucket="photos", Key="k")["UploadId"]
    first = s3_clients.some_bytes(5 * MIB)
    etags = [client.upload_part(Bucket="photos", Key="k", UploadId=upload, PartNumber=1, Body=first)["ETag"]]
    stepd.kill()
    stepd.start()
    client = s3_clients.s3(stepd)
    etags.append(client.upload_part(Bucket="photos", Key="k", UploadId=upload, PartNumber=2, Body=b"end")["ETag"])
    assert [p["PartNumber"] for p in client.list_parts(Bucket="photos", Key="k", UploadId=upload)["Parts"]] == [1, 2]
    parts = {"Parts": [{"PartNumber": i + 1, "ETag": e} for i, e in enumerate(etags)]}
    client.complete_multipart_upload(Bucket="photos", Key="k", UploadId=upload, MultipartUpload=parts)
    assert client.get_object(Bucket="photos", Key="k")["Body"].read() == first + b"end"


def test_pages_meet_each_key_once_and_many_are_deleted(client):
    keys = sorted(f"{folder}/{n:03}" for folder in ("a", "b", "b-c") for n in range(40))
    for key in keys:
        client.put_object(Bucket="photos", Key=key, Body=b"x")
    for operation in ("list_objects_v2", "list_objects"):
        pages = client.get_paginator(operation).paginate(Bucket="photos", PaginationConfig={"PageSize": 7})
        assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(keys)
        pages = client.get_paginator(operation).paginate(Bucket="photos", Delimiter="/", PaginationConfig={"PageSize": 1})
        assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["a/", "b-c/", "b/"]
    deleted = client.delete_objects(Bucket="photos", Delete={"Objects": [{"Key": k} for k in keys]})
    assert len(deleted["Deleted"]) == len(keys) and "Errors" not in deleted
    assert client.list_objects_v2(Bucket="photos")["KeyCount"] == 0


def test_buckets_are_made_used_after_a_restart_and_removed(client, stepd):
    client.create_bucket(Bucket="of-mine")
    client.put_object(Bucket="of-mine", Key="k", Body=b"x")
    stepd.stop()
    stepd.start()
    client = s3_clients.s3(stepd)
    assert [b["Name"] for b in client.list_buckets()["Buckets"]] == ["of-mine", "photos"]
    assert client.get_bucket_location(Bucket="of-mine")["LocationConstraint"] is None
    with refused("BucketNotEmpty"):
        client.delete_bucket(Bucket="of-mine")
    client.delete_object(Bucket="of-mine", Key="k")
    client.delete_bucket(Bucket="of-mine")
    with refused("404"):
        client.head_bucket(Bucket="of-mine")
    with refused("AccessDenied"):
        client.delete_bucket(Bucket="photos")


def test_keys_that_are_no_paths_are_keys_all_the_same(client, stepd):
    keys = ["a", "a/", "a//b", "a/b", "line\nfeed", "k" * 300]
    for key in keys:
        client.put_object(Bucket="photos", Key=key, Body=key.encode())
    assert [o["Key"] for o in client.list_objects_v2(Bucket="photos")["Contents"]] == sorted(keys)
    for key in keys:
        assert client.get_object(Bucket="photos", Key=key)["Body"].read() == key.encode()
    grouped = client.list_objects_v2(Bucket="photos", Delimiter="/")
    assert [p["Prefix"] for p in grouped["CommonPrefixes"]] == ["a/"]
    assert stepd.get_object("photos", "a").body == b"a"
    client.delete_objects(Bucket="photos", Delete={"Objects": [{"Key": k} for k in keys]})
    assert client.list_objects_v2(Bucket="photos")["KeyCount"] == 0


def test_an_object_of_a_bucket_that_goes_meanwhile_is_refused(client):
    client.create_bucket(Bucket="going")

    class Body(io.BytesIO):
        def read(self, size=-1):
            if self.tell() and size > 0:
                s3_gone()
            return super().read(size)

    def s3_gone():
        try:
            client.delete_bucket(Bucket="going")
        except botocore.exceptions.ClientError:
            pass   # it is gone already
    with refused("NoSuchBucket"):
        client.put_object(Bucket="going", Key="k", Body=Body(b"x" * 3 * MIB), ContentLength=3 * MIB)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_presigned_urls_work_until_they_expire(stepd, version):
    client = s3_clients.s3(stepd, signature_version=version)
    put = client.generate_presigned_url("put_object", {"Bucket": "photos", "Key": "p q"}, ExpiresIn=60)
    assert ask(put, "PUT", b"by url", {"Content-Type": ""} if version == "s3" else None)[0] == 200
    get = client.generate_presigned_url("get_object", {"Bucket": "photos", "Key": "p q", "ResponseContentType": "text/x"}, ExpiresIn=60)
    status, body, headers = ask(get)
    assert (status, body, headers["Content-Type"]) == (200, b"by url", "text/x")
    expired = re.sub(r"X-Amz-Date=\w+", "X-Amz-Date=20200101T000000Z", re.sub(r"Expires=1\d{9}\b", "Expires=1577836800", get))
    status, body, _ = ask(expired)
    assert status == 403 and b"<Code>AccessDenied</Code>" in body, body


def test_a_host_may_name_the_bucket(stepd):
    answer = stepd.request("PUT", "/k", b"x", {"Host": f"photos.localhost:{stepd.port}", "Content-Type": "text/plain"})
    assert answer.status == 200, answer.body
    assert stepd.request("GET", "/k", headers={"Host": f"photos.s3.localhost:{stepd.port}"}).body == b"x"
    assert b"<Name>photos</Name>" in stepd.request("GET", "/?list-type=2", headers={"Host": "photos.localhost"}).body


def test_step_functions_and_s3_share_the_port(client, stepd):
    assert stepd.client().list_state_machines()["stateMachines"] == []
    assert [b["Name"] for b in client.list_buckets()["Buckets"]] == ["photos"]
    assert stepd.get("/health").status == 200
    assert harness.REGION == client.meta.region_name
