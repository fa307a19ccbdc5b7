"""Kills the daemon again and again while executions are started and run, then gathers the evidence for the judge.

A start counts as acknowledged when its name stands in the ledger, which is written (O_APPEND, synced) before the next request.
The delays come from a seed that is printed, so a run can be repeated; some kills land in start-up and recovery.
"""
import argparse
import collections
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import evidence as judge  # noqa: E402
import harness  # noqa: E402

MACHINE = "loop"
CLIENTS = 4
RECOVERING_SHARE = 1 / 3   # of the kills, spread evenly over the time before the daemon first answers

# Our own reading of the tables, apart from the daemon's.
EXECUTIONS = """
    SELECT arn, CASE status WHEN 1 THEN 'RUNNING' WHEN 2 THEN 'SUCCEEDED' ELSE 'another status: ' || status END, input, output
    FROM execution ORDER BY id"""
EVENTS = """
    SELECT execution.arn, event.number, event.data FROM event JOIN execution ON execution.id = event.execution
    ORDER BY event.execution, event.number"""
SEAL_BYTES, PACKED = 5, 0xf4
ITEMS = "SELECT json_extract(data, '$.name') FROM item WHERE items = 'notes'"

# A branch that waits, one that acts on an object, a Map that acts on nothing, and an item at the end.
DEFINITION = {
    "StartAt": "Both",
    "States": {
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "Rest", "States": {
                    "Rest": {"Type": "Wait", "SecondsPath": "$.rest", "Next": "Rested"},
                    "Rested": {"Type": "Pass", "Result": True, "End": True}}},
                {"StartAt": "Copy", "States": {
                    "Copy": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                             "Parameters": {"FunctionName": harness.function_arn("copyObject"), "Payload": {"name.$": "$.name"}},
                             "ResultSelector": {"copied.$": "$.Payload.copied"}, "OutputPath": "$.copied", "TimeoutSeconds": 60,
                             "End": True}}},
                {"StartAt": "Each", "States": {
                    "Each": {"Type": "Map", "ItemsPath": "$.squares", "MaxConcurrency": 2, "End": True,
                             "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "Square", "States": {
                                 "Square": {"Type": "Pass", "End": True}}}}}},
            ],
            "ResultPath": "$.results",
            "Next": "Note",
        },
        "Note": {"Type": "Task", "Resource": harness.function_arn("putItem"), "Parameters": {"name.$": "$.name"}, "ResultPath": None,
                 "TimeoutSeconds": 60, "Next": "Tell"},
        "Tell": {"Type": "Pass", "End": True, "Parameters": {
            "name.$": "$.name", "rested.$": "$.results[0]", "copied.$": "$.results[1]", "items.$": "$.results[2]"}},
    },
}

CONFIG = """
buckets:
  given:
  copies:

tables:
  notes: { key: name }

functions:
  copyObject:
    handler: object.copy
    arguments:
      bucket: given
      key: source.txt
      destination: { bucket: copies, key.$: "States.Format('{}.txt', $.name)" }
    result: { copied: true }
  putItem:
    handler: item.put
    arguments: { table: notes, item.$: $ }
"""


class Ledger:
    """What was acknowledged, one JSON line each, on disk before anybody goes on."""

    def __init__(self, path):
        self.path = path
        self.file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self.lock = threading.Lock()

    def add(self, entry):
        with self.lock:
            os.write(self.file, (json.dumps(entry) + "\n").encode())
            os.fdatasync(self.file)

    def entries(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]


class Loop:
    def __init__(self, folder, executions, kills, seed):
        self.executions, self.kills = executions, kills
        self.chance = random.Random(seed)
        config = folder / "loop.yaml"
        config.write_text(CONFIG)
        self.stepd = harness.Stepd(config, folder / "data", folder / "stepd.log")
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.asked = set()
        self.permits = threading.Semaphore(0)
        self.names = iter([f"run-{i:05d}" for i in range(executions)])
        self.names_lock = threading.Lock()
        self.given_up = None
        self.kill_times = []
        self.kills_before_answer = 0

    # ---- the client ----------------------------------------------------------------------------------------------

    def start_one(self, name):
        """Asks until it is acknowledged. A repeat under the same name and input is the same execution, as on AWS."""
        value = json.dumps({"name": name, "rest": 1 + sum(name.encode()) % 2, "squares": [1, 4, 9]})
        body = json.dumps({"stateMachineArn": harness.machine_arn(MACHINE), "name": name, "input": value})
        headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AWSStepFunctions.StartExecution"}

        def acknowledged():
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = self.stepd.request("POST", "/", body, headers, seconds=10)
                if answer.status == 200:
                    return answer.json()["executionArn"]
                assert answer.status >= 500, f"{name} was refused: {answer.status} {answer.body!r}"
            return None
        self.asked.add(name)
        arn = harness.wait_until(acknowledged, f"the acknowledgement of {name}", seconds=120)
        self.ledger.add({"name": name, "arn": arn, "input": value})

    def client(self):
        try:
            while True:
                self.permits.acquire()
                with self.names_lock:
                    name = next(self.names, None)
                if name is None or self.given_up:
                    return
                self.start_one(name)
        except BaseException as problem:  # noqa: BLE001: handed to the main thread
            self.given_up = problem

    # ---- the killer ----------------------------------------------------------------------------------------------

    def pause(self, seconds):
        """The one thing here that is about time itself: when the plug is pulled."""
        threading.Event().wait(seconds)

    def prepare(self):
        self.stepd.put_object("given", "source.txt", b"the same for all\n", "text/plain")
        began = time.monotonic()
        self.stepd.client().create_state_machine(name=MACHINE, definition=json.dumps(DEFINITION),
                                                 roleArn="arn:aws:iam::123456789012:role/any")
        return began

    def run(self):
        began = time.monotonic()
        self.stepd.start()
        start_seconds = time.monotonic() - began
        self.prepare()
        clients = [threading.Thread(target=self.client, daemon=True) for _ in range(CLIENTS)]
        for thread in clients:
            thread.start()
        # Which rounds kill a daemon that still starts or recovers, and how far into that. The first start, which makes the
        # database, took about twice as long as those that follow.
        recovering = self.chance.sample(range(1, self.kills + 1), round(self.kills * RECOVERING_SHARE))
        moments = {number: start_seconds / 2 * i / len(recovering) for i, number in enumerate(recovering)}
        given = 0
        for round_number in range(1, self.kills + 1):
            share = self.executions * round_number // self.kills - given
            given += share
            for _ in range(share):
                self.permits.release()
            delay = moments.get(round_number)
            if delay is None:
                delay = start_seconds + self.chance.uniform(0, 0.5)
            self.pause(delay)
            if not self.stepd.is_healthy():
                self.kills_before_answer += 1
            self.stepd.kill()
            self.kill_times.append(time.time())
            self.stepd.launch()
        harness.wait_until(lambda: self.stepd.is_healthy() or self.stepd.has_ended(), "the last recovery", 60)
        for _ in clients:
            self.permits.release()   # those who find no name left go home
        for thread in clients:
            thread.join(180)
        if self.given_up:
            raise self.given_up

    # ---- the evidence --------------------------------------------------------------------------------------------

    def gather(self):
        described, histories = {}, {}
        deadline = time.monotonic() + 60   # liveness: a minute after the faults stop, all is done
        for name in sorted(self.asked):
            arn = harness.machine_arn(MACHINE).replace(":stateMachine:", ":execution:") + ":" + name
            with contextlib.suppress(harness.TimedOut):
                self.stepd.finished(arn, max(1.0, deadline - time.monotonic()))
            described[name] = self.stepd.client().describe_execution(executionArn=arn)
            histories[name] = self.stepd.history(arn)
        listed = {e["name"] for e in self.stepd.executions(MACHINE)}
        assert listed == set(described), f"ListExecutions and DescribeExecution differ by {listed ^ set(described)}"
        self.stepd.stop()
        rows, numbers, items, integrity = read_database(self.stepd.data)
        copies = collections.Counter(p.stem for p in self.stepd.bucket("copies").rglob("*") if p.is_file())
        return judge.Evidence(asked=self.asked, ledger=self.ledger.entries(), described=described, histories=histories, rows=rows,
                              numbers=numbers, objects=copies, items=items, integrity=integrity)

    def open_at_kills(self, evidence):
        """How many of the kills hit executions that were under way."""
        spans = [(d["startDate"].timestamp(), d["stopDate"].timestamp()) for d in evidence.described.values() if "stopDate" in d]
        return sum(any(start <= moment <= stop for start, stop in spans) for moment in self.kill_times)


def read_database(data):
    """With our own SQL, from a copy: reading must not repair what it judges."""
    with tempfile.TemporaryDirectory() as folder:
        for path in data.glob("stepd.db*"):
            shutil.copy(path, folder)
        database = sqlite3.connect(pathlib.Path(folder) / "stepd.db")
        try:
            integrity = "; ".join(row[0] for row in database.execute("PRAGMA integrity_check"))
            rows = database.execute(EXECUTIONS).fetchall()
            numbers = collections.defaultdict(list)
            for arn, last, data in database.execute(EVENTS):
                numbers[arn] += range(last - events_in(data) + 1, last + 1)
            items = collections.Counter(row[0] for row in database.execute(ITEMS))
        finally:
            database.close()
    return rows, numbers, items, integrity


def unpacked(text):
    """The other way of src/base/packed_text.h: 0 and the text, or 1 and a frame of zstd."""
    if text[0] == 0:
        return text[1:]
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    plain = ctypes.create_string_buffer(zstd.ZSTD_getFrameContentSize(text[1:], ctypes.c_size_t(len(text) - 1)))
    size = zstd.ZSTD_decompress(plain, ctypes.c_size_t(len(plain)), text[1:], ctypes.c_size_t(len(text) - 1))
    assert size == len(plain)
    return plain.raw


def events_in(row):
    """How many events a row of the table `event` holds (src/storage/sqlite/packed_events.h)."""
    if row[SEAL_BYTES] != PACKED:
        return 1
    row = unpacked(row[SEAL_BYTES + 1:])
    at, count = 0, 0
    while at < len(row):
        size = shift = 0
        more = True
        while more:
            size |= (row[at] & 0x7f) << shift
            more = row[at] & 0x80
            shift += 7
            at += 1
        at += size
        count += 1
    return count



def run(folder, executions=300, kills=30, seed=None):
    """Answers the evidence and what the kills met; prints how to repeat it."""
    seed = int.from_bytes(os.urandom(4), "big") if seed is None else seed
    print(f"kill loop: --executions {executions} --kills {kills} --seed {seed}", flush=True)
    loop = Loop(folder, executions, kills, seed)
    try:
        loop.run()
        gathered = loop.gather()
    except BaseException:
        print(loop.stepd.printed()[-4000:])
        raise
    finally:
        loop.stepd.kill()
    met = {"kills": len(loop.kill_times), "before it answered": loop.kills_before_answer, "with work under way": loop.open_at_kills(gathered)}
    print(f"acknowledged {len(gathered.ledger)}, stored {len(gathered.rows)}, events {sum(map(len, gathered.numbers.values()))}, kills {met}",
          flush=True)
    return gathered, met


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--executions", type=int, default=300)
    arguments.add_argument("--kills", type=int, default=30)
    arguments.add_argument("--seed", type=int)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="stepd-kill-loop.") as folder:
        gathered, _ = run(pathlib.Path(folder), given.executions, given.kills, given.seed)
    found = judge.faults(gathered)
    print("\n".join(found) or "nothing lost, nothing doubled, no gap")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
