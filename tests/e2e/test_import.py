"""stepd import: an existing folder goes into a bucket, file by file and once each, and the command says how that ended."""
import json
import os
import pty
import signal
import subprocess

import pytest

import harness

CONFIG = """
listen: 127.0.0.1:{port}
buckets:
  uploads: {{ watch: true }}
  plain:
rules:
  any:
    pattern: {{ source: [aws.s3] }}
    input_path: $.detail
    state_machine: judge
state_machines:
  judge: {{ definition: judge.asl.json }}
"""
# A file whose name says so makes its execution fail.
JUDGE = {"StartAt": "Look", "States": {
    "Look": {"Type": "Choice", "Default": "Rest",
             "Choices": [{"Variable": "$.object.key", "StringMatches": "*bad*", "Next": "No"}]},
    "Rest": {"Type": "Wait", "Seconds": 1, "Next": "Yes"},
    "Yes": {"Type": "Succeed"},
    "No": {"Type": "Fail", "Error": "Picture.Bad", "Cause": "on principle"}}}


class House:
    """A configuration, a folder of files, and a daemon that runs when it is told to."""

    def __init__(self, folder):
        self.stepd = harness.Stepd(folder / "stepd.yaml", folder / "data", folder / "stepd.log")
        self.stepd.config.write_text(CONFIG.format(port=self.stepd.port))
        (folder / "judge.asl.json").write_text(json.dumps(JUDGE))
        self.photos = folder / "photos"
        for name in ("a.jpg", "b.JPG", "trip/c d;$(x).jpg", "trip/ü.png", "notes.txt", ".hidden.jpg", "half.part", "trip/.cache/x.jpg"):
            self.add(name)
        os.symlink("/etc/passwd", self.photos / "link.jpg")
        os.mkfifo(self.photos / "pipe.jpg")

    def add(self, name):
        path = self.photos / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the bytes of {name}")

    def arguments(self, *more, bucket="uploads"):
        return ["import", self.photos, "--bucket", bucket, "--config", self.stepd.config, "--data", self.stepd.data, *more]

    def run(self, *more, **how):
        return harness.run_stepd(*self.arguments(*more, **how), seconds=120)

    def result(self, *more, **how):
        done = self.run("--json", *more, **how)
        return done.returncode, json.loads(done.stdout)

    def ran(self):
        return sorted(json.loads(self.stepd.client().describe_execution(executionArn=e["executionArn"])["input"])["object"]["key"]
                      for e in self.stepd.executions("judge"))


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.stepd.kill()


ALL = sorted(["a.jpg", "b.JPG", "notes.txt", "trip/c d;$(x).jpg", "trip/ü.png"])


def test_every_file_is_placed_and_its_execution_followed_to_the_end(house):
    house.stepd.start()
    code, result = house.result()
    assert (code, result["total"], result["done"], result["failed"], result["waiting"]) == (0, 5, 5, 0, 0), result
    assert house.ran() == ALL
    assert {e["status"] for e in house.stepd.executions("judge")} == {"SUCCEEDED"}
    assert house.stepd.get_object("uploads", "trip/ü.png").body == "the bytes of trip/ü.png".encode()


def test_a_second_time_nothing_is_done_again_but_what_is_new_or_changed_or_failed(house):
    house.stepd.start()
    house.add("bad.jpg")
    code, first = house.result()
    assert (code, first["done"], first["failed"]) == (1, 5, 1)
    assert first["failures"] == [{"file": "bad.jpg", "why": "Picture.Bad: on principle"}]
    house.add("new.jpg")
    (house.photos / "a.jpg").write_text("other bytes than before")
    code, second = house.result()
    assert (code, second["skipped"], second["done"], second["failed"]) == (1, 4, 2, 1), second
    assert house.ran() == sorted([*ALL, "a.jpg", "bad.jpg", "bad.jpg", "new.jpg"])


def test_patterns_and_a_prefix_choose_and_a_dry_run_only_lists(house):
    done = house.run("--dry-run", "--include", "*.jpg", "--include", "trip/*", "--exclude", "trip/ü*", "--prefix", "2026/")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [f"{name} -> uploads/2026/{name}" for name in ("a.jpg", "b.JPG", "trip/c d;$(x).jpg")]
    assert not house.stepd.data.exists()


def test_interrupted_it_goes_on_where_it_was(house):
    house.stepd.start()
    for i in range(600):
        house.add(f"many/{i:03}.jpg")
    process = subprocess.Popen([harness.BINARY, *house.arguments("--json", "--jobs", "1")], stdout=subprocess.PIPE, text=True)
    harness.wait_until(lambda: len(list(house.stepd.bucket("uploads").glob("many/*"))) >= 20, "a part of the work", every=0.001)
    process.send_signal(signal.SIGINT)
    first = json.loads(process.communicate(timeout=60)[0])
    assert (process.returncode, first["interrupted"]) == (1, True)
    assert first["done"] + first["waiting"] < 605
    code, second = house.result()
    assert (code, second["failed"], second["skipped"] + second["done"]) == (0, 0, 605), second
    assert house.ran() == sorted([*ALL, *(f"many/{i:03}.jpg" for i in range(600))])


def test_killed_it_places_nothing_twice_and_nothing_never(house):
    house.stepd.start()
    for i in range(200):
        house.add(f"many/{i:03}.jpg")
    for count in (5, 40, 90):
        process = subprocess.Popen([harness.BINARY, *house.arguments("--no-wait")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        harness.wait_until(lambda: len(house.stepd.executions("judge")) >= count or process.poll() is not None, "a part of the work")
        process.kill()
        process.wait()
    code, result = house.result()
    assert (code, result["failed"]) == (0, 0), result
    assert house.ran() == sorted([*ALL, *(f"many/{i:03}.jpg" for i in range(200))])


def test_without_a_daemon_the_files_are_placed_and_wait_for_one(house):
    done = house.run("--json")
    assert done.returncode == 0 and "no daemon answers" in done.stderr
    assert json.loads(done.stdout)["waiting"] == 5
    house.stepd.start()
    code, result = house.result()
    assert (code, result["done"]) == (0, 5), result
    assert house.ran() == ALL


def test_a_bucket_that_nobody_watches_is_just_filled(house):
    code, result = house.result(bucket="plain")
    assert (code, result["done"]) == (0, 5)
    assert (house.stepd.data / "buckets" / "plain" / "trip" / "ü.png").read_text() == "the bytes of trip/ü.png"


@pytest.mark.parametrize("arguments, says", [
    (["{photos}/absent", "--bucket", "uploads"], "absent"), (["{photos}/a.jpg", "--bucket", "uploads"], "not a folder"),
    (["{photos}", "--bucket", "upload"], "did you mean 'uploads'"), (["{photos}"], "--bucket"),
    (["{photos}", "--bucket", "uploads", "--endpoint-url", "http://127.0.0.1:1"], "no daemon answers at http://127.0.0.1:1")])
def test_what_cannot_be_is_said(house, arguments, says):
    arguments = [each.format(photos=house.photos) for each in arguments]
    done = harness.run_stepd("import", *arguments, "--config", house.stepd.config, "--data", house.stepd.data)
    assert done.returncode == 2
    assert says in done.stderr
    assert not list(house.stepd.data.rglob("*.jpg"))


def test_a_terminal_sees_a_bar_and_everybody_else_lines(house):
    assert "\r" not in house.run(bucket="plain").stderr
    leader, follower = pty.openpty()
    house.add("one-more.jpg")
    process = subprocess.Popen([harness.BINARY, *house.arguments(bucket="plain")], stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    assert process.wait(60) == 0
    shown = os.read(leader, 65536).decode()
    os.close(leader)
    assert "\r[########################] 6/6" in shown
