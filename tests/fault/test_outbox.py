"""Kills the daemon again and again while executions publish and end: everybody who must be told is told, at least once.

What must be told: a task that published (its execution went on), and an execution that a rule watches (it ended). The delays come
from a seed that is printed.
"""
import collections
import contextlib
import http.client
import json
import os
import random
import sqlite3
import sys
import threading

import pytest

import harness
import receivers

KILLS, EXECUTIONS_PER_LIFE = 12, 12
TOPIC = f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:news"
PUBLISH = {"StartAt": "Tell", "States": {"Tell": {
    "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True,
    "Parameters": {"TopicArn": TOPIC, "Message.$": "$$.Execution.Id"}}}}
PATTERN = {"source": ["aws.states"], "detail": {"status": ["SUCCEEDED", "FAILED"], "stateMachineArn": [{"suffix": ":loop"}]}}


def configuration(news, ends):
    def topic(url):
        return {"subscribers": {"hook": {"webhook": url, "attempts": 1000, "first_pause": "20ms", "longest_pause": "50ms"}}}
    return json.dumps({"topics": {"news": topic(news.url), "ends": topic(ends.url)},
                       "rules": {"ended": {"pattern": PATTERN, "topic": "ends"}}})


def told(receiver):
    """Execution ARN -> the ids of the messages that told of it."""
    ids = collections.defaultdict(set)
    for _, body in receiver.requests[:]:
        envelope = json.loads(body)
        message = envelope["Message"]
        arn = json.loads(message)["detail"]["executionArn"] if message.startswith("{") else message
        ids[arn].add(envelope["MessageId"])
    return ids


def faults(arns, news, ends):
    """Who was not told of what, and what was told under two names."""
    for topic, heard in (("news", news), ("ends", ends)):
        yield from (f"{topic}: nobody heard of {arn}" for arn in sorted(arns - set(heard)))
        yield from (f"{topic}: {arn} was told under {len(ids)} ids" for arn, ids in sorted(heard.items()) if len(ids) != 1)


def start(stepd, name):
    """StartExecution once; the ARN if it was acknowledged."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        answer = stepd.request("POST", "/", {"stateMachineArn": harness.machine_arn("loop"), "name": name}, {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.StartExecution"}, seconds=10)
        if answer.status == 200:
            return answer.json()["executionArn"]
    return None


@pytest.fixture
def loop(serve):
    with receivers.Receiver() as news, receivers.Receiver() as ends:
        stepd = serve(configuration(news, ends))
        stepd.client().create_state_machine(name="loop", definition=json.dumps(PUBLISH), roleArn="arn:aws:iam::123456789012:role/any")
        yield stepd, news, ends


def test_kills_lose_no_notification(loop):
    stepd, news, ends = loop
    seed = int.from_bytes(os.urandom(4), "big")
    print(f"{KILLS} kills, seed {seed}", file=sys.stderr)
    chance = random.Random(seed)
    arns, amid = set(), 0
    for life in range(KILLS):
        arns |= {arn for i in range(EXECUTIONS_PER_LIFE) if (arn := start(stepd, f"run-{life}-{i}"))}
        threading.Event().wait(chance.uniform(0, 0.05))   # the one thing here that is about time itself: when the plug is pulled
        stepd.kill()
        amid += len(arns) > len(told(ends))
        stepd.start()
    for arn in arns:
        assert stepd.finished(arn)["status"] == "SUCCEEDED"
    with contextlib.suppress(harness.TimedOut):
        harness.wait_until(lambda: arns <= set(told(news)) & set(told(ends)), "the last notification", 20)
    print(f"{len(arns)} executions, {amid} kills with something still to tell, {len(news.requests)} + {len(ends.requests)} messages",
          file=sys.stderr)
    assert list(faults(arns, told(news), told(ends))) == []
    assert len(arns) >= KILLS and amid >= 1


def test_a_loss_in_the_database_itself_is_seen(loop):
    """The judge's own test: of two messages that wait, one is taken away while the daemon is down."""
    stepd, news, ends = loop
    news.answers, ends.answers = [500] * 10_000, [500] * 10_000
    arns = {start(stepd, name) for name in ("kept", "lost")}
    for arn in arns:
        stepd.finished(arn)
    harness.wait_until(lambda: set(told(ends)) == set(told(news)) == arns, "an attempt for each")
    stepd.kill()
    gone = next(arn for arn in arns if arn.endswith("lost"))
    database = sqlite3.connect(stepd.data / "stepd.db")
    with database:
        taken = database.execute("DELETE FROM outbox WHERE destination = 'topic/ends/hook' AND instr(body, ?) > 0", (gone,)).rowcount
    database.close()
    assert taken == 1
    for receiver in (news, ends):
        receiver.answers, receiver.requests = [], []
    stepd.start()
    harness.wait_until(lambda: set(told(news)) == arns and told(ends), "the rest")
    assert list(faults(arns, told(news), told(ends))) == [f"ends: nobody heard of {gone}"]
