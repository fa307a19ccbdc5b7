"""The default pipeline in JSONata, definitions/image-pipeline-jsonata.asl.yaml, in the place of the one that is delivered."""
import json

import pytest

import harness
import photos


@pytest.fixture
def stepd(serve):
    text = (harness.ROOT / "config" / "stepd.yaml").read_text()
    text = text.replace("../definitions/image-pipeline.asl.yaml", str(harness.ROOT / "definitions" / "image-pipeline-jsonata.asl.yaml"))
    assert "image-pipeline-jsonata" in text
    return serve(text)


def test_a_photograph_is_resized_kept_described_and_gone(stepd):
    photo = photos.phone()
    (stepd.bucket("uploads") / "photo.jpg").write_bytes(photo)
    item = stepd.settled("photo.jpg")
    assert (item["status"], item["ImageKey"], item["type"]) == ("COMPLETED", "uploads/photo.jpg", "jpeg")
    assert (item["metadata"]["width"], item["metadata"]["height"]) == (4000, 3000)
    assert photos.open_image(stepd.get_object("resized", "photo.jpg").body).size == (1024, 768)
    assert stepd.get_object("originals", "photo.jpg").body == photo
    done = stepd.finished(item["execution"])
    assert done["status"] == "SUCCEEDED"
    assert set(json.loads(done["output"])) == {"resized", "original", "metadata"}
    assert stepd.get_object("uploads", "photo.jpg").status == 404


@pytest.mark.parametrize("name, make, error", [("half.jpg", photos.truncated, "Image.Corrupt"), ("nothing.jpg", lambda: b"", "Image.Empty"),
                                               ("words.jpg", lambda: b"These are words.\n", "Image.UnsupportedType")])
def test_what_is_no_good_picture_is_refused_by_name_and_kept(stepd, name, make, error):
    content = make()
    (stepd.bucket("uploads") / name).write_bytes(content)
    item = stepd.settled(name)
    assert (item["status"], item["error"]) == ("REJECTED", error)
    assert item["rejected"]["key"] == name
    done = stepd.finished(item["execution"])
    assert (done["status"], done["error"]) == ("FAILED", error)
    assert stepd.get_object("rejected", name).body == content


def test_a_request_for_another_bucket_is_refused(stepd):
    execution = stepd.client().start_execution(stateMachineArn=harness.machine_arn("image-pipeline"),
                                               input='{"bucket": "resized", "key": "x.jpg"}')["executionArn"]
    done = stepd.finished(execution)
    assert (done["status"], done["error"]) == ("FAILED", "ImagePipeline.InvalidInput")
    assert "the bucket uploads" in done["cause"]
