"""S3's protocol as the AWS SDK for JavaScript speaks it."""
import urllib.request

import pytest

import s3_clients
from s3_clients import javascript


@pytest.fixture
def stepd(serve, tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("listen: 127.0.0.1:0\nbuckets:\n  photos:\n")
    return serve(config)


def test_objects_lists_and_deletions(stepd):
    told = javascript(stepd, """
        await client.send(new s3.CreateBucketCommand({ Bucket: 'from-js' }));
        const put = await client.send(new s3.PutObjectCommand({ Bucket: 'from-js', Key: 'a b/ü+%.txt', Body: 'hello', Metadata: { who: 'me' } }));
        const got = await client.send(new s3.GetObjectCommand({ Bucket: 'from-js', Key: 'a b/ü+%.txt' }));
        const text = await got.Body.transformToString();
        await client.send(new s3.CopyObjectCommand({ Bucket: 'from-js', Key: 'copy', CopySource: 'from-js/' + encodeURIComponent('a b/ü+%.txt') }));
        const keys = [];
        for await (const page of s3.paginateListObjectsV2({ client, pageSize: 1 }, { Bucket: 'from-js' }))
          for (const object of page.Contents ?? []) keys.push(object.Key);
        const deleted = await client.send(new s3.DeleteObjectsCommand({ Bucket: 'from-js', Delete: { Objects: keys.map(Key => ({ Key })) } }));
        await client.send(new s3.DeleteBucketCommand({ Bucket: 'from-js' }));
        let missing;
        try { await client.send(new s3.GetObjectCommand({ Bucket: 'photos', Key: 'no' })); } catch (error) { missing = error.name; }
        return { etag: put.ETag, text, metadata: got.Metadata, keys, deleted: deleted.Deleted.length, missing };
    """)
    assert told == {"etag": '"5d41402abc4b2a76b9719d911017c592"', "text": "hello", "metadata": {"who": "me"},
                    "keys": ["a b/ü+%.txt", "copy"], "deleted": 2, "missing": "NoSuchKey"}


def test_streams_and_uploads_in_parts(stepd):
    told = javascript(stepd, """
        const part = Buffer.alloc(6 * 1024 * 1024, 'x');
        const upload = new Upload({ client, params: { Bucket: 'photos', Key: 'large', Body: Readable.from([part, part, 'end']) } });
        const done = await upload.done();
        const stream = Readable.from([Buffer.alloc(300000, 'a'), Buffer.from('z')]);
        await client.send(new s3.PutObjectCommand({ Bucket: 'photos', Key: 'stream', Body: stream, ContentLength: 300001 }));
        const head = await client.send(new s3.HeadObjectCommand({ Bucket: 'photos', Key: 'large' }));
        return { etag: done.ETag, size: head.ContentLength };
    """)
    assert told["size"] == 12 * 1024 * 1024 + 3 and told["etag"].endswith('-3"')
    assert (stepd.bucket("photos") / "stream").read_bytes() == b"a" * 300000 + b"z"


def test_presigned_urls(stepd):
    urls = javascript(stepd, """
        return { put: await getSignedUrl(client, new s3.PutObjectCommand({ Bucket: 'photos', Key: 'p q' }), { expiresIn: 60 }),
                 get: await getSignedUrl(client, new s3.GetObjectCommand({ Bucket: 'photos', Key: 'p q' }), { expiresIn: 60 }) };
    """)
    put = urllib.request.Request(urls["put"], data=b"by url", method="PUT", headers={"Content-Type": "text/plain"})
    with urllib.request.urlopen(put, timeout=30) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(urls["get"], timeout=30) as answer:
        assert answer.read() == b"by url" and answer.headers["Content-Type"] == "text/plain"
    assert s3_clients.s3(stepd).head_object(Bucket="photos", Key="p q")["ContentLength"] == 6
