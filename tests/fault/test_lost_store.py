"""A data directory that is taken away while the daemon runs: nobody is told that something is stored which is not, and work goes on
when it is back. And a database whose bytes have changed: the doctor says what is hurt."""
import contextlib
import json
import random
import shutil

import botocore.exceptions
import pytest

import harness

EMPTY = "buckets: {}\n"
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "Next": "P"}, "P": {"Type": "Pass", "End": True}}}
LONG = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}


def create(stepd, name, definition):
    return stepd.client().create_state_machine(name=name, definition=json.dumps(definition),
                                               roleArn="arn:aws:iam::123456789012:role/any")["stateMachineArn"]


def start(stepd, machine, **more):
    return stepd.client().start_execution(stateMachineArn=machine, **more)["executionArn"]


def refused(stepd, machine):
    body = json.dumps({"stateMachineArn": machine})
    headers = {"X-Amz-Target": "AWSStepFunctions.StartExecution", "Content-Type": "application/x-amz-json-1.0"}
    return stepd.request("POST", "/", body, headers).status


def test_a_directory_that_is_moved_away_takes_no_starts_until_it_is_back(serve, tmp_path):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    machine = create(stepd, "w", WAIT)
    waits = start(stepd, machine)
    data.rename(tmp_path / "away")
    assert refused(stepd, machine) == 503
    harness.wait_until(lambda: stepd.get("/health").status == 503, "the health to tell")
    health = stepd.get("/health").json()
    assert (health["status"], bool(health["reason"])) == ("failing", True)
    told = [line for line in stepd.printed().splitlines() if "takes no writes" in line]
    assert told and "stepd.db" in told[0], told
    (tmp_path / "away").rename(data)
    harness.wait_until(lambda: stepd.get("/health").status == 200, "the health to recover")
    assert stepd.finished(waits)["status"] == "SUCCEEDED"
    assert stepd.finished(start(stepd, machine))["status"] == "SUCCEEDED"
    assert "takes writes again" in stepd.printed()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_directory_that_is_deleted_takes_no_starts(serve, tmp_path, replaced):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    machine = create(stepd, "w", LONG)
    start(stepd, machine, name="kept")
    stepd.stop()
    shutil.copytree(data, tmp_path / "backup")
    stepd.start()
    shutil.rmtree(data)
    if replaced:
        shutil.copytree(tmp_path / "backup", data)
    for _ in range(3):
        assert refused(stepd, machine) == 503
    harness.wait_until(lambda: stepd.get("/health").status == 503, "the health to tell")
    stepd.stop()
    stepd.start()
    names = [execution["name"] for execution in stepd.executions("w")] if replaced else []
    assert names == (["kept"] if replaced else [])
    assert stepd.get("/health").status == 200


def test_the_doctor_names_what_flipped_bits_have_hurt(serve, tmp_path):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    machine = create(stepd, "w", LONG)
    arns = [start(stepd, machine, name=f"e{i}", input=json.dumps({"text": f"mark-{i}-" + "x" * 300})) for i in range(40)]
    stepd.stop()
    assert harness.run_stepd("doctor", "--data", data).returncode == 0
    content = bytearray((data / "stepd.db").read_bytes())
    at = content.rindex(b"mark-17-")
    content[at] ^= 1
    (data / "stepd.db").write_bytes(content)
    told = harness.run_stepd("doctor", "--data", data)
    assert told.returncode == 1
    assert [line for line in told.stdout.splitlines() if line.startswith("damaged: ") and arns[17] in line], told.stdout
    assert not [line for line in told.stdout.splitlines() if line.startswith("damaged: ") and arns[16] in line]
    assert harness.run_stepd("doctor", "--data", data, "--quick").returncode == 0
    stepd.start()
    assert stepd.get("/health").json()["quarantinedExecutions"] <= 1
    assert len(stepd.executions("w")) == 40


def test_flipped_bits_are_noticed_or_harm_nothing(serve, tmp_path):
    """Each by itself: what the daemon shows of executions is right, or it says that something is wrong."""
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    machine = create(stepd, "p", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})
    arns = [start(stepd, machine, name=f"e{i}", input=json.dumps({"text": f"{i}" + "y" * 300})) for i in range(30)]
    for arn in arns:
        stepd.finished(arn)
    stepd.stop()
    good = (data / "stepd.db").read_bytes()
    chance = random.Random(24)
    wrong = []
    for _ in range(12):
        content = bytearray(good)
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        (data / "stepd.db").write_bytes(content)
        for name in ("stepd.db-wal", "stepd.db-shm"):
            (data / name).unlink(missing_ok=True)
        stepd.launch()
        harness.wait_until(lambda: stepd.is_healthy() or stepd.has_ended(), "a start, or its refusal")
        if stepd.has_ended():
            stepd.process = None
            continue
        client = stepd.client()
        for i, arn in enumerate(arns):
            with contextlib.suppress(botocore.exceptions.ClientError):
                found = client.describe_execution(executionArn=arn)
                if found["status"] != "SUCCEEDED" or json.loads(found["output"]) != {"text": f"{i}" + "y" * 300}:
                    wrong.append((at, found))
        stepd.kill()
    assert wrong == []
