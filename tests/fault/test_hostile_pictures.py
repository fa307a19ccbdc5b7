"""Hostile pictures through the whole daemon: each is answered by name, the daemon does not notice, and its workers keep their limits.

What a taken-over decoder could still reach is tested beneath, in tests/workers.
"""
import contextlib
import json
import os
import pathlib
import signal

import pytest

import harness
import hostile
import photos
from image_processes import parents, workers_of

CONFIG = """
buckets: {{ pictures: {{}}, small: {{}} }}
functions:
  look: {{ handler: image.metadata }}
  resize: {{ handler: image.resize, arguments: {{ bucket: pictures, key.$: $.key, width: 64, destination: {{ bucket: small, key: "{{key}}.small" }} }} }}
state_machines:
  open: {{ definition: open.json }}
workers: {{ tasks: 2 }}
image_workers: {{ {workers} }}
"""
RETRY = {"ErrorEquals": ["Image.DecoderCrashed", "Image.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 3}
GIVEN_UP = {"ErrorEquals": ["States.ALL"], "Next": "Refused"}
RESIZE = {"Type": "Task", "Resource": harness.function_arn("resize"), "Retry": [RETRY], "Catch": [GIVEN_UP], "End": True}
LOOK = {"Type": "Task", "Resource": harness.function_arn("look"), "ResultPath": "$.seen", "Catch": [GIVEN_UP], "Next": "Resize"}
REFUSED = {"Type": "Pass", "End": True}
OPEN = {"StartAt": "Look", "States": {"Look": LOOK, "Resize": RESIZE, "Refused": REFUSED}}
MEGABYTE = 1 << 20


@pytest.fixture
def start(tmp_path):
    """start(what stands in image_workers) -> a running daemon that opens pictures."""
    with contextlib.ExitStack() as daemons:
        def start(workers):
            (tmp_path / "open.json").write_text(json.dumps(OPEN))
            (tmp_path / "stepd.yaml").write_text(CONFIG.format(workers=workers))
            return daemons.enter_context(harness.Stepd(tmp_path / "stepd.yaml", tmp_path / "data", tmp_path / "stepd.log"))
        yield start


def peak_megabytes(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def put(stepd, name, data):
    (stepd.bucket("pictures") / name).write_bytes(data)


def open_picture(stepd, name):
    description = stepd.run("open", {"bucket": "pictures", "key": name})
    assert description["status"] == "SUCCEEDED", description
    return json.loads(description["output"])


def failures(stepd, name):
    """The errors of tasks in the execution that opened this picture."""
    found = []
    for execution in stepd.executions("open"):
        if f'"{name}"' in stepd.client().describe_execution(executionArn=execution["executionArn"])["input"]:
            for event in stepd.history(execution["executionArn"]):
                found += [details["error"] for key, details in event.items() if key.endswith("FailedEventDetails")]
    return found


def test_every_hostile_picture_is_answered_by_name_and_costs_nobody_else_anything(start):
    # Workers that stay, so that the most that any of them ever held can be read at the end.
    stepd = start("jobs: 1000000, keep: 4 GiB")
    daemon = stepd.process.pid
    corpus = hostile.corpus()
    assert len(corpus) >= 300
    for name, data in corpus.items():
        put(stepd, name, data)
    client = stepd.client()
    started = {name: client.start_execution(stateMachineArn=harness.machine_arn("open"),
                                            input=json.dumps({"bucket": "pictures", "key": name}))["executionArn"] for name in corpus}
    answers = {}
    for name, arn in started.items():
        description = stepd.finished(arn, seconds=300)
        assert description["status"] == "SUCCEEDED", (name, description)
        answers[name] = json.loads(description["output"])

    refused = {name: answer["Error"] for name, answer in answers.items() if "Error" in answer}
    assert {error.partition(".")[0] for error in refused.values()} == {"Image"}
    assert 100 < len(refused) < len(corpus)   # some mutants are sound enough, and are resized
    assert refused["bomb-30000x30000.png"] == "Image.TooManyPixels"
    assert refused["claims-65500x65500.jpg"] == "Image.TooManyPixels"
    assert refused["scans.jpg"] == "Image.TooManyScans"
    assert refused["empty.jpg"] == "Image.Empty"
    assert {refused[name] for name in ("svg.png", "pdf-and-jpeg.pdf", "one-byte.png")} == {"Image.UnsupportedType"}
    for name in set(answers) - set(refused):
        assert photos.open_image((stepd.bucket("small") / f"{name}.small").read_bytes()).width <= 64

    _, workers = workers_of(stepd)
    assert workers
    assert max(peak_megabytes(pid) for pid in workers) < 512
    assert (stepd.process.pid, stepd.is_healthy()) == (daemon, True)
    put(stepd, "photo.jpg", photos.phone())
    assert open_picture(stepd, "photo.jpg")["width"] == 64


def test_a_worker_that_hangs_is_killed_and_retry_gets_another(start):
    stepd = start("time: 2s, count: 1")
    put(stepd, "photo.png", photos.png())
    assert "Error" not in open_picture(stepd, "photo.png")
    _, (worker,) = workers_of(stepd)
    os.kill(worker, signal.SIGSTOP)
    (stepd.bucket("pictures") / "again.png").write_bytes(photos.png())
    answer = open_picture(stepd, "again.png")
    assert "Image.Timeout" in failures(stepd, "again.png"), answer
    assert worker not in parents()
    assert "took longer than 2000 ms" in stepd.printed()
    assert "Error" not in open_picture(stepd, "photo.png")


def test_workers_and_the_process_they_come_from_are_replaced_when_killed(start):
    stepd = start("count: 1")
    put(stepd, "photo.png", photos.png())
    for _ in range(3):
        assert "Error" not in open_picture(stepd, "photo.png")
        _, (worker,) = workers_of(stepd)
        os.kill(worker, signal.SIGKILL)
        harness.wait_until(lambda gone=worker: gone not in parents(), "the end of a worker")
    assert "Error" not in open_picture(stepd, "photo.png")
    assert stepd.printed().count("died (idle): SIGKILL") == 3
    first, (worker,) = workers_of(stepd)
    os.kill(first, signal.SIGKILL)
    harness.wait_until(lambda: worker not in parents(), "the workers' end with their parent")
    assert "Error" not in open_picture(stepd, "photo.png")
    assert workers_of(stepd)[0] != first


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_no_worker_outlives_the_daemon(start, end):
    stepd = start("count: 2")
    put(stepd, "photo.png", photos.png())
    open_picture(stepd, "photo.png")
    first, workers = workers_of(stepd)
    assert workers
    getattr(stepd, end)()
    harness.wait_until(lambda: not {first, *workers} & set(parents()), "the workers' end")


def test_a_picture_that_needs_more_memory_than_a_worker_may_take_is_named(start):
    stepd = start("memory: 64 MiB")
    large = photos.open_image(photos.phone()).resize((6000, 8000))
    buffer = stepd.bucket("pictures") / "large.jpg"
    large.save(buffer, progressive=True)   # held whole while it is decoded
    answer = open_picture(stepd, "large.jpg")
    assert answer["Error"] == "Image.TooMuchMemory", answer
    assert "image_workers.memory" in answer["Cause"]
    put(stepd, "photo.png", photos.png())
    assert "Error" not in open_picture(stepd, "photo.png")
