"""Image tasks and quick tasks do not wait for one another, and /health tells how many of each run and wait.

The image workers are held by SIGSTOP while they have a picture, so what ends before what is certain and no time is measured.
"""
import contextlib
import json
import os
import signal

import pytest

import harness
import photos
from image_processes import workers_of

CONFIG = """
buckets: {{ pictures: {{}}, small: {{}} }}
tables: {{ notes: {{ key: id }} }}
functions:
  look: {{ handler: image.metadata }}
  resize:
    handler: image.resize
    arguments: {{ bucket: pictures, key: photo.png, width: 64, destination: {{ bucket: small, key.$: $.to }} }}
  put: {{ handler: item.put, arguments: {{ table: notes, item.$: $ }} }}
state_machines: {{ look: {{ definition: look.json }}, resize: {{ definition: resize.json }}, put: {{ definition: put.json }} }}
workers: {{ tasks: 1, drain: 1s }}
image_workers: {{ count: 1, time: 1h }}
limits: {{ {limits} }}
"""
PHOTO = {"bucket": "pictures", "key": "photo.png"}


def one_task(function):
    return json.dumps({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": harness.function_arn(function), "End": True}}})


@pytest.fixture
def held(serve):
    """held(limits) -> a daemon whose only image worker has a picture and does not go on, the execution of that picture, and what lets the
    worker go on."""
    with contextlib.ExitStack() as released:
        def start(limits=""):
            stepd = serve(CONFIG.format(limits=limits), files={f"{name}.json": one_task(name) for name in ("look", "resize", "put")})
            (stepd.bucket("pictures") / "photo.png").write_bytes(photos.png())
            assert stepd.run("look", PHOTO)["status"] == "SUCCEEDED"   # so that there is a worker
            _, (worker,) = workers_of(stepd)

            def release():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGCONT)
            os.kill(worker, signal.SIGSTOP)
            released.callback(release)
            first = begin(stepd, "resize", {"to": "first.png"})
            harness.wait_until(lambda: [e for e in stepd.history(first) if e["type"] == "LambdaFunctionStarted"], "the start of the task")
            return stepd, first, release
        yield start


def begin(stepd, machine, value):
    return stepd.client().start_execution(stateMachineArn=harness.machine_arn(machine), input=json.dumps(value))["executionArn"]


def status(stepd, arn):
    return stepd.client().describe_execution(executionArn=arn)["status"]


def lane(stepd, name):
    return stepd.get("/health").json()["lanes"][name]


def test_a_quick_task_ends_while_every_image_worker_is_held(held):
    stepd, first, release = held()
    images = [first, *(begin(stepd, "resize", {"to": f"{n}.png"}) for n in range(20)), begin(stepd, "look", PHOTO)]
    assert stepd.run("put", {"id": "x"})["status"] == "SUCCEEDED"
    assert {status(stepd, arn) for arn in images} == {"RUNNING"}, "what was there before the quick task is still held"
    release()
    assert {stepd.finished(arn)["status"] for arn in images} == {"SUCCEEDED"}


def test_health_counts_what_runs_and_waits_in_each_lane(held):
    stepd, first, release = held("waiting_tasks: 3")
    waiting = [begin(stepd, "resize", {"to": f"{n}.png"}) for n in range(3)]
    full = harness.wait_until(lambda: (lambda found: found if found["waiting"] == 3 else None)(lane(stepd, "images")), "a full lane")
    assert (full["slots"], full["running"], full["waitingMax"]) == (1, 1, 3)
    assert full["oldestWaitSeconds"] >= 0
    assert lane(stepd, "quick") == {"slots": 1, "running": 0, "waiting": 0, "waitingMax": 3, "oldestWaitSeconds": 0}

    refused = stepd.run("look", PHOTO)
    assert (refused["status"], refused["error"]) == ("FAILED", "Handler.Busy")
    assert stepd.run("put", {"id": "x"})["status"] == "SUCCEEDED", "the other lane is not full"

    stepd.client().stop_execution(executionArn=waiting.pop())
    harness.wait_until(lambda: lane(stepd, "images")["waiting"] == 2, "one that waits no more")
    release()
    assert {stepd.finished(arn)["status"] for arn in [first, *waiting]} == {"SUCCEEDED"}
    harness.wait_until(lambda: lane(stepd, "images")["running"] == 0, "an empty lane")


def test_a_task_that_waits_keeps_its_event_packed(held):
    stepd, _, _ = held()
    more = [{"i": i, "v": f"x{i}"} for i in range(8000)]   # 182 KB as text, 1.9 MB as a tree

    def resident_kib():
        with open(f"/proc/{stepd.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    count = 100
    before = resident_kib()
    for n in range(count):
        begin(stepd, "resize", {"to": f"{n}.png", "more": more})
    harness.wait_until(lambda: lane(stepd, "images")["waiting"] == count, "a full lane")
    assert (resident_kib() - before) / count < 500, "KiB for each waiting task"


def test_a_shutdown_ends_both_lanes_and_the_next_process_carries_on(held):
    stepd, first, _ = held()
    waiting = begin(stepd, "resize", {"to": "second.png"})
    stepd.stop()   # expects the exit code 0
    stepd.start()
    assert {stepd.finished(arn)["status"] for arn in (first, waiting)} == {"SUCCEEDED"}
