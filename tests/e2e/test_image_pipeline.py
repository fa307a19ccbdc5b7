"""The product as it comes, used as a person would: photographs dropped, put or named in a request, and files that only look like some."""
import shutil

import pytest

import harness
import photos


@pytest.fixture
def stepd(serve):
    return serve(harness.ROOT / "config" / "stepd.yaml")


def executions_of(stepd, key):
    started = [stepd.client().describe_execution(executionArn=e["executionArn"]) for e in stepd.executions("image-pipeline")]
    return [e for e in started if f'"{key}"' in e["input"]]


def test_the_three_lines_name_address_inbox_and_a_request_that_works(stepd):
    address, inbox, example = stepd.printed().splitlines()[:3]
    assert address.split() == ["address", stepd.url]
    assert inbox.split() == ["inbox", str(stepd.bucket("uploads"))]
    body = example.split("'")[1]
    answer = stepd.post(example.split(stepd.url)[1], body)
    assert (answer.status, set(answer.json())) == (200, {"executionArn", "startDate"})


def test_a_photograph_dropped_into_the_inbox_is_resized_kept_described_and_gone(stepd):
    photo = photos.phone()
    (stepd.bucket("uploads") / "trip").mkdir()
    (stepd.bucket("uploads") / "trip" / "photo.jpg").write_bytes(photo)
    item = stepd.settled("trip/photo.jpg")
    assert (item["status"], item["ImageKey"], item["type"]) == ("COMPLETED", "uploads/trip/photo.jpg", "jpeg")
    assert (item["metadata"]["width"], item["metadata"]["height"], item["metadata"]["bytes"]) == (4000, 3000, len(photo))
    assert item["metadata"]["exif"]["Model"] == "Mi A3"
    small = photos.open_image(stepd.get_object("resized", "trip/photo.jpg").body)
    assert (small.format, small.size) == ("JPEG", (1024, 768))
    assert photos.difference(small, photos.open_image(photo)) < 4
    assert stepd.get_object("originals", "trip/photo.jpg").body == photo
    done = stepd.finished(item["execution"])
    assert done["status"] == "SUCCEEDED"
    assert stepd.get_object("uploads", "trip/photo.jpg").status == 404
    assert not (stepd.bucket("uploads") / "trip" / "photo.jpg").exists()
    assert len(executions_of(stepd, "trip/photo.jpg")) == 1


def test_orientation_is_applied(stepd):
    upright = photos.phone()
    for orientation, size in ((3, (1024, 768)), (6, (768, 1024))):
        (stepd.bucket("uploads") / f"turned-{orientation}.jpg").write_bytes(photos.turned(upright, orientation))
        assert stepd.settled(f"turned-{orientation}.jpg")["status"] == "COMPLETED"
        small = photos.open_image(stepd.get_object("resized", f"turned-{orientation}.jpg").body)
        assert small.size == size
        assert small.getexif().get(photos.ORIENTATION, 1) == 1
    turned_by_us = photos.open_image(upright).rotate(-90, expand=True)
    assert photos.difference(small, turned_by_us) < 4


def test_a_png_put_over_http_under_a_wrong_and_difficult_name_stays_a_png(stepd):
    key = "it's 100% ünï+code.jpg"
    assert stepd.put_object("uploads", key, photos.png(), "image/png").status == 200
    item = stepd.settled(key)
    assert (item["status"], item["type"], item["resized"]["format"]) == ("COMPLETED", "png", "png")
    assert photos.open_image(stepd.get_object("resized", key).body).size == (800, 600)   # never enlarged


def test_a_file_is_taken_when_it_is_whole(stepd):
    photo = photos.camera()
    path = stepd.bucket("uploads") / "slow.jpg"
    with path.open("wb") as file:
        for start in range(0, len(photo), len(photo) // 4):
            file.write(photo[start:start + len(photo) // 4])
            file.flush()
            stepd.get("/health")
    assert stepd.settled("slow.jpg")["status"] == "COMPLETED"
    assert stepd.get_object("originals", "slow.jpg").body == photo
    assert len(executions_of(stepd, "slow.jpg")) == 1


REFUSED = {
    "bomb.png": (photos.bomb, "Image.TooManyPixels"),
    "no-pixels.png": (photos.no_pixels, "Image.Corrupt"),
    "half.jpg": (photos.truncated, "Image.Corrupt"),
    "words.jpg": (lambda: b"These are words, whatever the name says.\n", "Image.UnsupportedType"),
    "drawing.jpg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>', "Image.UnsupportedType"),
    "nothing.jpg": (lambda: b"", "Image.Empty"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_good_picture_is_refused_by_name_and_kept(stepd, name):
    make, error = REFUSED[name]
    content = make()
    (stepd.bucket("uploads") / name).write_bytes(content)
    item = stepd.settled(name)
    assert (item["status"], item["error"]) == ("REJECTED", error)
    done = stepd.finished(item["execution"])
    assert (done["status"], done["error"]) == ("FAILED", error)
    assert stepd.get_object("rejected", name).body == content
    assert stepd.get_object("resized", name).status == 404
    # The next one is served as if nothing had been.
    (stepd.bucket("uploads") / "good.png").write_bytes(photos.png())
    assert stepd.settled("good.png")["status"] == "COMPLETED"


def test_the_bomb_is_refused_from_its_header(stepd):
    bomb = photos.bomb()
    assert len(bomb) < 128 * 1024
    (stepd.bucket("uploads") / "bomb.png").write_bytes(bomb)
    assert "900000000 pixels" in stepd.settled("bomb.png")["cause"]
    peak = next(line for line in open(f"/proc/{stepd.process.pid}/status") if line.startswith("VmHWM"))
    assert int(peak.split()[1]) * 1024 < 700 * 1024 * 1024   # its pixels alone would be 900 MB


def test_a_symbolic_link_in_the_inbox_is_not_followed(stepd, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(photos.camera())
    (stepd.bucket("uploads") / "link.jpg").symlink_to(secret)
    started = stepd.post("/resize", {"bucket": "uploads", "key": "link.jpg"}).json()
    done = stepd.finished(started["executionArn"])
    assert (done["status"], done["error"]) == ("FAILED", "Object.AccessDenied")
    assert stepd.get_object("uploads", "link.jpg").status == 403
    assert [e["executionArn"] for e in executions_of(stepd, "link.jpg")] == [started["executionArn"]]
    assert secret.read_bytes() == photos.camera()


def test_a_destination_bucket_that_went_missing_is_named_and_the_source_kept(stepd):
    shutil.rmtree(stepd.bucket("originals"))
    photo = photos.camera()
    (stepd.bucket("uploads") / "photo.jpg").write_bytes(photo)
    item = stepd.settled("photo.jpg")
    assert (item["status"], item["error"]) == ("FAILED", "Object.NoSuchBucket")
    assert "originals" in item["cause"]
    assert stepd.get_object("uploads", "photo.jpg").body == photo
    # Once the bucket is there again, a request is enough.
    stepd.bucket("originals").mkdir()
    again = stepd.post("/resize", {"bucket": "uploads", "key": "photo.jpg"}).json()
    assert stepd.finished(again["executionArn"])["status"] == "SUCCEEDED"
    assert stepd.settled("photo.jpg")["status"] == "COMPLETED"
    assert stepd.get_object("originals", "photo.jpg").body == photo


def test_photographs_in_hand_when_the_plug_was_pulled_are_finished_once(stepd):
    photo = photos.phone()
    names = [f"p{i}.jpg" for i in range(4)]
    for name in names:
        (stepd.bucket("uploads") / name).write_bytes(photo)
    harness.wait_until(lambda: stepd.status(names[0]), "the first to begin")
    stepd.kill()
    (stepd.bucket("uploads") / "dropped-meanwhile.png").write_bytes(photos.png())
    stepd.start()
    for name in (*names, "dropped-meanwhile.png"):
        item = stepd.settled(name)
        assert item["status"] == "COMPLETED", item
        assert stepd.finished(item["execution"])["status"] == "SUCCEEDED"
        assert len(executions_of(stepd, name)) == 1
    assert stepd.get_object("originals", names[0]).body == photo
