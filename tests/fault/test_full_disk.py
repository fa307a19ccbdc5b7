"""A disk that is full: nothing acknowledged is lost, what cannot be stored is refused with a reason, and with room the work goes on.

The daemon gets a small disk of its own, a tmpfs in its own mount namespace, which goes when the process goes.
"""
import contextlib
import json
import os
import pathlib

import pytest

import harness
import namespaces
import photos

MOUNT = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$@"']
PATIENT = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3, "Next": "Say"},
                                         "Say": {"Type": "Pass", "Result": "rested", "End": True}}}


class SmallDisk:
    def __init__(self, stepd, folder):
        self.stepd = stepd
        self.folder = folder

    @property
    def root(self):
        """The disk as the daemon sees it."""
        return pathlib.Path(f"/proc/{self.stepd.process.pid}/root{self.folder}")

    def fill(self):
        """Takes what is left, again where the daemon's own temporary files have freed some."""
        ballast = os.open(self.root / "ballast", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        with contextlib.suppress(OSError):
            while os.write(ballast, bytes(4096)):
                pass
        os.close(ballast)

    def free(self):
        (self.root / "ballast").unlink()


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    namespaces.skip_unless_it_runs([*MOUNT, folder, "true"], "a mount namespace")
    with harness.Stepd(harness.ROOT / "config" / "stepd.yaml", folder / "data", tmp_path / "stepd.log",
                       wrapper=[*MOUNT, folder]) as stepd:
        yield SmallDisk(stepd, folder)


def test_a_full_disk_refuses_new_work_and_loses_none_that_was_taken(disk):
    stepd, client = disk.stepd, disk.stepd.client()
    arn = client.create_state_machine(name="patient", definition=json.dumps(PATIENT),
                                      roleArn="arn:aws:iam::123456789012:role/any")["stateMachineArn"]
    taken = [client.start_execution(stateMachineArn=arn, name=f"taken-{i}")["executionArn"] for i in range(5)]
    disk.fill()

    refused = stepd.put_object("uploads", "photo.jpg", photos.phone(), "image/jpeg")
    assert refused.status == 507
    assert "full" in refused.json()["error"]
    assert stepd.get_object("uploads", "photo.jpg").status == 404

    def refuses():
        disk.fill()
        answer = stepd.post("/resize", {"bucket": "uploads", "key": "absent.jpg"})
        assert answer.status in (200, 503), answer
        return answer if answer.status == 503 else None
    answer = harness.wait_until(refuses, "a start that cannot be stored")
    assert "no writes at present" in answer.json()["error"]
    assert stepd.is_healthy()
    assert "full" in stepd.printed()
    for execution in taken:   # reading goes on
        assert client.describe_execution(executionArn=execution)["status"] in ("RUNNING", "SUCCEEDED")

    disk.free()
    for execution in taken:
        done = stepd.finished(execution)
        assert (done["status"], json.loads(done["output"])) == ("SUCCEEDED", "rested")
        assert [e["id"] for e in stepd.history(execution)] == list(range(1, len(stepd.history(execution)) + 1))
    assert stepd.put_object("uploads", "photo.jpg", photos.phone(), "image/jpeg").status == 200
    assert stepd.settled("photo.jpg")["status"] == "COMPLETED"


def test_a_file_dropped_onto_a_full_disk_is_processed_once_there_is_room(disk):
    stepd = disk.stepd
    photo = photos.camera()
    (disk.root / "data" / "buckets" / "uploads" / ".part").write_bytes(photo)
    disk.fill()
    inbox = disk.root / "data" / "buckets" / "uploads"
    (inbox / ".part").rename(inbox / "photo.jpg")   # needs no room
    # A request that is refused shows that the disk is as full for the daemon as it is for us.
    harness.wait_until(lambda: disk.fill() or stepd.post("/resize", {"bucket": "uploads", "key": "none"}).status == 503,
                       "a start that cannot be stored")
    disk.free()
    assert stepd.settled("photo.jpg")["status"] == "COMPLETED"
    assert stepd.get_object("originals", "photo.jpg").body == photo
    started = [stepd.client().describe_execution(executionArn=e["executionArn"]) for e in stepd.executions("image-pipeline")]
    assert sum('"photo.jpg"' in e["input"] for e in started) == 1
