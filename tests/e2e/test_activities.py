"""Activities and callbacks as workers meet them: boto3, and raw sockets where a client misbehaves."""
import contextlib
import json
import socket
import threading

import botocore.exceptions
import pytest

import harness
import long_polls
import receivers

ROLE = "arn:aws:iam::123456789012:role/any"
TOPIC = f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:approvals"
POLLERS = 1_000


def refused(code):
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def create(client, name, task):
    definition = {"StartAt": "Work", "States": {"Work": {"Type": "Task", "End": True, **task}}}
    return client.create_state_machine(name=name, definition=json.dumps(definition), roleArn=ROLE)["stateMachineArn"]


def types(stepd, execution):
    return [event["type"] for event in stepd.history(execution)]


@pytest.fixture
def stepd(serve):
    return serve("buckets: {}\n")


@pytest.fixture
def sorter(stepd):
    """An activity with a machine that needs it: (client, activity, machine)."""
    client = stepd.client()
    activity = client.create_activity(name="sort")["activityArn"]
    return client, activity, create(client, "sorting", {"Resource": activity, "TimeoutSeconds": 3600, "HeartbeatSeconds": 600})


def test_an_activity_is_made_once_listed_tagged_and_deleted(stepd):
    client = stepd.client()
    made = client.create_activity(name="sort", tags=[{"key": "team", "value": "images"}])
    assert made["activityArn"] == f"arn:aws:states:{harness.REGION}:{harness.ACCOUNT}:activity:sort"
    again = client.create_activity(name="sort")
    assert (again["activityArn"], again["creationDate"]) == (made["activityArn"], made["creationDate"])
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/own"}
    other = stepd.request("POST", "/", json.dumps({"name": "sort", "encryptionConfiguration": key}), {
        "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.CreateActivity"})
    assert (other.status, other.json()["__type"]) == (400, "ActivityAlreadyExists")
    assert client.describe_activity(activityArn=made["activityArn"])["name"] == "sort"
    client.tag_resource(resourceArn=made["activityArn"], tags=[{"key": "stage", "value": "test"}])
    assert client.list_tags_for_resource(resourceArn=made["activityArn"])["tags"] == [{"key": "stage", "value": "test"},
                                                                                     {"key": "team", "value": "images"}]
    for name in ("b", "a", "c"):
        client.create_activity(name=name)
    pages = list(client.get_paginator("list_activities").paginate(PaginationConfig={"PageSize": 3}))
    assert [[a["name"] for a in page["activities"]] for page in pages] == [["a", "b", "c"], ["sort"]]
    stepd.kill()
    stepd.start()
    for _ in range(2):
        client.delete_activity(activityArn=made["activityArn"])
    with refused("ActivityDoesNotExist"):
        client.get_activity_task(activityArn=made["activityArn"])


def test_a_worker_takes_tasks_and_says_what_came_of_them(stepd, sorter):
    client, activity, machine = sorter

    def work():
        worker = stepd.client()
        for _ in range(3):
            task = worker.get_activity_task(activityArn=activity, workerName="ada")
            value = json.loads(task["input"])
            worker.send_task_heartbeat(taskToken=task["taskToken"])
            if value["n"] == 2:
                worker.send_task_failure(taskToken=task["taskToken"], error="Odd", cause="two is even")
            else:
                worker.send_task_success(taskToken=task["taskToken"], output=json.dumps({"n": value["n"] * 10}))
    worker = threading.Thread(target=work)
    worker.start()
    ends = [stepd.run("sorting", {"n": n}) for n in (1, 2, 3)]
    worker.join()
    assert [end["status"] for end in ends] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert (json.loads(ends[0]["output"]), ends[1]["error"], ends[1]["cause"]) == ({"n": 10}, "Odd", "two is even")
    events = stepd.history(ends[0]["executionArn"])
    assert [e["type"] for e in events] == ["ExecutionStarted", "TaskStateEntered", "ActivityScheduled", "ActivityStarted",
                                           "ActivitySucceeded", "TaskStateExited", "ExecutionSucceeded"]
    assert events[2]["activityScheduledEventDetails"]["resource"] == activity
    assert events[3]["activityStartedEventDetails"] == {"workerName": "ada"}


def test_a_worker_that_falls_silent_loses_its_task(stepd):
    client = stepd.client()
    activity = client.create_activity(name="slow")["activityArn"]
    machine = create(client, "slow", {"Resource": activity, "HeartbeatSeconds": 1})
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    assert stepd.finished(execution)["status"] == "FAILED"
    assert stepd.history(execution)[-2]["activityTimedOutEventDetails"] == {"error": "States.Timeout"}
    with refused("TaskTimedOut.*Task Timed Out: 'Provided task does not exist anymore'"):
        client.send_task_heartbeat(taskToken=token)


def test_a_task_outlives_the_daemon_in_the_hands_of_its_worker(stepd, sorter):
    client, activity, machine = sorter
    taken = client.start_execution(stateMachineArn=machine, name="taken")["executionArn"]
    token = client.get_activity_task(activityArn=activity, workerName="first")["taskToken"]
    waiting = client.start_execution(stateMachineArn=machine, name="waiting")["executionArn"]
    stepd.kill()
    stepd.start()
    other = client.get_activity_task(activityArn=activity)["taskToken"]
    assert other != token, "what the first worker has is not offered again"
    client.send_task_heartbeat(taskToken=token)
    client.send_task_success(taskToken=token, output='"by the first"')
    client.send_task_success(taskToken=other, output='"by another"')
    assert json.loads(stepd.finished(taken)["output"]) == "by the first"
    assert json.loads(stepd.finished(waiting)["output"]) == "by another"


def test_an_activity_that_is_not_there_fails_its_task(stepd, sorter):
    client, activity, machine = sorter
    client.delete_activity(activityArn=activity)
    end = stepd.run("sorting", {})
    assert (end["status"], end["error"]) == ("FAILED", "States.Runtime")
    assert types(stepd, end["executionArn"])[2:] == ["ExecutionFailed"]


# ---- tokens --------------------------------------------------------------------------------------------------------


def test_tokens_that_are_none_and_outputs_that_are_none_are_refused(stepd, sorter):
    client, activity, machine = sorter
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for bad in ("no token", token[:40], token + "A", token.lower(), changed):
        for call in (client.send_task_success, client.send_task_failure, client.send_task_heartbeat):
            more = {"output": "{}"} if call == client.send_task_success else {}
            with refused("InvalidToken.*Invalid Token: 'Invalid token'"):
                call(taskToken=bad, **more)
    for output in ("", "{", "nothing", json.dumps("ä" * 140_000, ensure_ascii=False)):
        with refused("InvalidOutput"):
            client.send_task_success(taskToken=token, output=output)
    client.send_task_success(taskToken=token, output="1")
    assert stepd.finished(execution)["output"] == "1"
    with refused("TaskTimedOut"):
        client.send_task_success(taskToken=token, output="2")


def test_a_token_of_another_daemon_is_foreign(serve, tmp_path, stepd, sorter):
    client, activity, machine = sorter
    other = serve("buckets: {}\n", data=tmp_path / "other")
    elsewhere = other.client()
    elsewhere.create_activity(name="sort")
    create(elsewhere, "sorting", {"Resource": activity})
    elsewhere.start_execution(stateMachineArn=machine, name="one")
    foreign = elsewhere.get_activity_task(activityArn=activity)["taskToken"]
    with refused("TaskDoesNotExist"):
        client.send_task_success(taskToken=foreign, output="1")
    client.start_execution(stateMachineArn=machine, name="one")
    with refused("InvalidToken"):
        client.send_task_success(taskToken=foreign, output="1")


# ---- callbacks -----------------------------------------------------------------------------------------------------


@pytest.fixture
def approvals(serve):
    """A machine that asks a webhook for approval: (daemon, receiver, machine)."""
    with receivers.Receiver() as hook:
        stepd = serve(json.dumps({"topics": {"approvals": {"subscribers": {"hook": {"webhook": hook.url, "raw": True}}}}}))
        parameters = {"TopicArn": TOPIC, "Message": {"token.$": "$$.Task.Token"}}
        machine = create(stepd.client(), "approval", {"Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "Parameters": parameters})
        yield stepd, hook, machine


def test_a_callback_is_answered_by_whoever_got_its_token_also_after_a_crash(approvals):
    stepd, hook, machine = approvals
    client = stepd.client()
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]
    token = json.loads(hook.wait_for(1)[0][1])["token"]
    harness.wait_until(lambda: types(stepd, execution)[-1] == "TaskSubmitted", "the submission")
    stepd.kill()
    stepd.start()
    client.send_task_success(taskToken=token, output='{"approved":true}')
    assert json.loads(stepd.finished(execution)["output"]) == {"approved": True}
    assert types(stepd, execution)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]
    with refused("TaskTimedOut"):
        client.send_task_failure(taskToken=token)
    assert len(hook.requests) == 1, "the call is not made again"


def test_an_answer_counts_once_however_the_daemon_dies(approvals):
    """The plug is pulled while the answer is under way: given again it is either taken now, or was taken then."""
    stepd, hook, machine = approvals
    client = stepd.client()
    for round_ in range(5):
        execution = client.start_execution(stateMachineArn=machine, name=f"round-{round_}")["executionArn"]
        token = json.loads(hook.wait_for(round_ + 1)[round_][1])["token"]
        harness.wait_until(lambda e=execution: types(stepd, e)[-1] == "TaskSubmitted", "the submission")
        with socket.create_connection(("127.0.0.1", stepd.port)) as raw:
            raw.sendall(long_polls.request(stepd, "SendTaskSuccess", {"taskToken": token, "output": '"first"'}))
            stepd.kill()
        stepd.start()
        with contextlib.suppress(client.exceptions.TaskTimedOut):
            client.send_task_success(taskToken=token, output='"again"')
        assert stepd.finished(execution)["status"] == "SUCCEEDED"
        assert types(stepd, execution).count("TaskSucceeded") == 1
        with refused("TaskTimedOut"):
            client.send_task_success(taskToken=token, output='"third"')


# ---- long polls ----------------------------------------------------------------------------------------------------


def waits(poller):
    poller.socket.setblocking(False)
    try:
        return not poller.socket.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    finally:
        poller.socket.settimeout(harness.WORK_SECONDS)


def test_a_thousand_workers_wait_while_others_are_served(stepd, sorter):
    client, activity, machine = sorter
    before = long_polls.memory_of(stepd)
    with contextlib.ExitStack() as stack:
        def worker():
            poller = long_polls.Poller(stepd, activity)
            stack.callback(poller.vanish)
            return poller

        pollers = [worker() for _ in range(POLLERS)]

        def full():
            """Whether one more is refused. One more can also take the last place of a worker that is still on its
            way, and that worker is refused instead; it asks again."""
            with contextlib.closing(long_polls.Poller(stepd, activity).socket) as one_more:
                one_more.settimeout(1)
                with contextlib.suppress(TimeoutError):
                    return b"ActivityWorkerLimitExceeded" in one_more.recv(65536)
            pollers[:] = [poller if waits(poller) else worker() for poller in pollers]
            return False
        harness.wait_until(full, "all of them to wait")
        assert client.describe_activity(activityArn=activity)["name"] == "sort"
        grown = long_polls.memory_of(stepd) - before
        print(f"{POLLERS} idle long polls: {grown / POLLERS / 1024:.1f} KiB each")
        assert grown < POLLERS * 64 * 1024
        executions = [client.start_execution(stateMachineArn=machine, input=str(n))["executionArn"] for n in range(POLLERS)]
        answers = [poller.answer() for poller in pollers]
        assert sorted(int(answer["input"]) for answer in answers) == list(range(POLLERS)), "each task goes to one worker"
        assert len({answer["taskToken"] for answer in answers}) == POLLERS
    for answer in answers[:20]:
        client.send_task_success(taskToken=answer["taskToken"], output=answer["input"])
    for answer in answers[:20]:
        assert stepd.finished(executions[int(answer["input"])])["output"] == answer["input"]


def test_a_vanished_worker_s_task_goes_to_the_next(stepd, sorter):
    client, activity, machine = sorter
    vanished = [long_polls.Poller(stepd, activity) for _ in range(20)]
    patient = long_polls.Poller(stepd, activity)
    for poller in vanished:
        poller.vanish()
    execution = client.start_execution(stateMachineArn=machine, input='{"n":1}')["executionArn"]
    answer = patient.answer()
    assert json.loads(answer["input"]) == {"n": 1}
    client.send_task_success(taskToken=answer["taskToken"], output="{}")
    assert stepd.finished(execution)["status"] == "SUCCEEDED"
    assert types(stepd, execution).count("ActivityStarted") == 1


def test_a_daemon_that_ends_sends_its_waiting_workers_home(stepd, sorter):
    client, activity, machine = sorter
    poller = long_polls.Poller(stepd, activity)
    client.describe_activity(activityArn=activity)
    assert waits(poller)
    stepd.stop()
    assert poller.answer() == {"taskToken": None}
