"""One bad execution costs one execution: values that grow, rows that are damaged, memory that runs out, loops, crowds.

Each of these ended the daemon, kept it from starting, or took the others' time, before evaluation had a budget and executions were
contained.
"""
import contextlib
import json
import sqlite3
import statistics
import struct
import time

import pytest

import harness

EMPTY = "buckets: {}\n"
WAIT = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "Next": "P"}, "P": {"Type": "Pass", "End": True}}}
# A machine without a way to its end is refused, as on AWS: this one has a way, which is never taken.
BACK_TO_P = {"C": {"Type": "Choice", "Choices": [{"Variable": "$.end", "IsPresent": True, "Next": "E"}], "Default": "P"},
             "E": {"Type": "Succeed"}}
BIG = json.dumps([{"i": i, "v": f"x{i}"} for i in range(8000)], separators=(",", ":"))   # 182 KB


def create(stepd, name, definition, kind="STANDARD"):
    return stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/r",
                                          type=kind)["stateMachineArn"]


def start(stepd, machine, text="{}", **more):
    return stepd.client().start_execution(stateMachineArn=machine, input=text, **more)["executionArn"]


def describe(stepd, arn):
    return stepd.client().describe_execution(executionArn=arn)


def ended(stepd, arn, seconds=harness.WORK_SECONDS):
    return harness.wait_until(lambda: (lambda d: d if d["status"] != "RUNNING" else None)(describe(stepd, arn)), f"the end of {arn}",
                              seconds)


def memory_kib(stepd, what):
    with open(f"/proc/{stepd.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what + ":"))


def deep(levels, inner):
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def test_a_template_that_nests_deeper_each_round_fails_its_execution_alone(serve, tmp_path):
    stepd = serve(EMPTY, data=tmp_path / "data")
    grow = {"Type": "Pass", "Parameters": deep(900, {"x.$": "$"}), "Next": "C"}
    machine = create(stepd, "deep", {"StartAt": "P", "States": {"P": grow, **BACK_TO_P}})
    done = ended(stepd, start(stepd, machine))
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert "nested more than 1000 levels deep" in done["cause"]
    assert ended(stepd, start(stepd, create(stepd, "next", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})))


def test_the_same_in_an_express_execution_is_its_failure(serve):
    stepd = serve(EMPTY)
    grow = {"Type": "Pass", "Parameters": deep(900, {"x.$": "$"}), "Next": "C"}
    machine = create(stepd, "deep", {"StartAt": "P", "States": {"P": grow, **BACK_TO_P}}, "EXPRESS")
    answer = stepd.client().start_sync_execution(stateMachineArn=machine, input="{}")
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")


def test_a_loop_that_keeps_what_came_before_survives_a_restart(serve, tmp_path):
    """`previous.$: $`, as somebody may write it who wants a history."""
    definition = {"StartAt": "Add", "States": {
        "Add": {"Type": "Pass", "Parameters": {"previous.$": "$", "n.$": "States.MathAdd($.n, 1)"}, "Next": "Enough"},
        "Enough": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 1100, "Next": "W"}], "Default": "Add"},
        "W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    stepd = serve(EMPTY, data=tmp_path / "data")
    done = ended(stepd, start(stepd, create(stepd, "loop", definition), '{"n":0}'))
    assert done["status"] == "FAILED" and done["error"] in ("States.Runtime", "States.DataLimitExceeded")
    stepd.stop()
    assert describe(serve(EMPTY, data=tmp_path / "data"), done["executionArn"])["status"] == "FAILED"


def test_many_large_texts_are_refused_before_they_are_made(serve):
    stepd = serve(EMPTY)
    texts = {f"t{i}.$": "States.Format('" + "{}" * 500 + "'" + ", $.x" * 500 + ")" for i in range(24)}
    machine = create(stepd, "format", {"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": texts, "End": True}}})
    before = memory_kib(stepd, "VmHWM")
    done = ended(stepd, start(stepd, machine, json.dumps({"x": "y" * 260_000})))
    assert (done["status"], done["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert memory_kib(stepd, "VmHWM") - before < 200_000, "the texts would be 3 GB"


def damage(data, change):
    with contextlib.closing(sqlite3.connect(data / "stepd.db")) as database, database:
        execution = database.execute("SELECT min(execution) FROM running").fetchone()[0]
        change(database, execution)
        return database.execute("SELECT arn FROM execution WHERE id = ?", (execution,)).fetchone()[0]


DAMAGES = {
    "its head is garbage": lambda d, id: d.execute("UPDATE running SET head = ? WHERE execution = ?", (b"\x63garbage", id)),
    "its head is empty": lambda d, id: d.execute("UPDATE running SET head = x'' WHERE execution = ?", (id,)),
    "its frames are cut": lambda d, id: d.execute("UPDATE frame SET data = substr(data, 1, 3) WHERE execution = ?", (id,)),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_row_quarantines_its_execution_and_no_other(serve, tmp_path, kind):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    machine = create(stepd, "w", WAIT)
    arns = [start(stepd, machine, json.dumps({"k": i})) for i in range(3)]
    stepd.kill()
    broken = damage(data, DAMAGES[kind])
    stepd = serve(EMPTY, data=data)
    for arn in arns:
        found = describe(stepd, arn)
        assert found["status"] == "RUNNING"
        assert ("Quarantined since" in found.get("cause", "")) == (arn == broken), kind
    assert stepd.get("/health").json()["quarantinedExecutions"] == 1
    stepd.client().stop_execution(executionArn=broken, error="Spoilt", cause="by a test")
    assert stepd.get("/health").json()["quarantinedExecutions"] == 0
    found = describe(stepd, broken)
    assert (found["status"], found["error"], found["cause"]) == ("ABORTED", "Spoilt", "by a test")
    events = stepd.client().get_execution_history(executionArn=broken)["events"]
    assert events[-1]["type"] == "ExecutionAborted"
    for arn in arns:
        if arn != broken:
            stepd.client().stop_execution(executionArn=arn)


def test_the_doctor_names_what_is_quarantined_and_releases_it(serve, tmp_path):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    start(stepd, create(stepd, "w", WAIT))
    assert harness.run_stepd("doctor", "--data", data).returncode == 2, "the daemon has the store"
    stepd.kill()
    good = {}

    def spoil(database, execution):
        good["head"] = database.execute("SELECT head FROM running WHERE execution = ?", (execution,)).fetchone()[0]
        DAMAGES["its head is empty"](database, execution)

    arn = damage(data, spoil)
    serve(EMPTY, data=data).stop()
    told = harness.run_stepd("doctor", "--data", data)
    assert told.returncode == 1 and arn in told.stdout and "1 execution is quarantined" in told.stdout
    damage(data, lambda d, id: d.execute("UPDATE running SET head = ? WHERE execution = ?", (good["head"], id)))
    assert harness.run_stepd("doctor", "--data", data, "--release", "arn:no").returncode == 2
    assert harness.run_stepd("doctor", "--data", data, "--release", arn).returncode == 0
    stepd = serve(EMPTY, data=data)
    assert "cause" not in describe(stepd, arn)
    stepd.client().stop_execution(executionArn=arn)
    stepd.stop()
    assert harness.run_stepd("doctor", "--data", data).returncode == 0


def in_turn(data):
    """The executions whose turn the process is in, as data/turns has them (storage/turn_marker.cpp): 1,024 places of 64 bytes."""
    turns = (data / "turns").read_bytes()[-1024 * 64:]
    return {number for (number,) in struct.iter_unpack("<q56x", turns)} - {0}


def test_an_execution_in_whose_turn_the_process_dies_twice_is_quarantined(serve, tmp_path):
    """The plug is pulled while one execution has a turn that takes about a second, before and after a restart."""
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    searches = {f"s{i}.$": "States.ArrayContains($, 1)" for i in range(300)}
    heavy = create(stepd, "heavy", {"StartAt": "W", "States": {
        "W": {"Type": "Wait", "Seconds": 1, "Next": "P"},
        "P": {"Type": "Pass", "Parameters": searches, "End": True}}})
    waiting = start(stepd, create(stepd, "w", WAIT))
    arn = start(stepd, heavy, "[" + ",".join("0" * 120_000) + "]")
    for _ in range(2):
        assert "cause" not in describe(stepd, arn)
        harness.wait_until(lambda: in_turn(data), "the turn", every=0.005)
        stepd.kill()
        stepd = serve(EMPTY, data=data)
    found = describe(stepd, arn)
    assert found["status"] == "RUNNING"
    assert "The process died 2 times in a row while this execution had a turn." in found["cause"]
    assert "cause" not in describe(stepd, waiting), "it had no turn"
    others = ended(stepd, start(stepd, heavy, "[]", name="small"))
    assert others["status"] == "SUCCEEDED"
    stepd.stop()
    assert harness.run_stepd("doctor", "--data", data, "--release", arn).returncode == 0
    stepd = serve(EMPTY, data=data)
    assert ended(stepd, arn)["status"] == "SUCCEEDED", "nobody pulled the plug this time"


def test_small_waits_cost_little_memory(serve):
    """What is measured is the growth between two numbers of executions, so that what is paid once does not count."""
    stepd = serve(EMPTY)
    waiting = create(stepd, "w", WAIT)
    client = stepd.client()

    def start_many(count):
        for _ in range(count):
            client.start_execution(stateMachineArn=waiting, input='{"n":1}')
        return memory_kib(stepd, "VmRSS")

    before = start_many(1_500)
    # The store's cache grows meanwhile, too. A whole execution in memory is more than 6 without that.
    assert (start_many(3_000) - before) / 3_000 < 4, "KiB for each"


def test_large_values_are_written_once_and_wait_packed(serve, tmp_path):
    data = tmp_path / "data"
    stepd = serve(EMPTY, data=data)
    states = {f"S{i}": {"Type": "Pass", "Next": f"S{i + 1}"} for i in range(4)} | {"S4": {"Type": "Pass", "End": True}}
    machine = create(stepd, "five", {"StartAt": "S0", "States": states})
    for _ in range(30):
        ended(stepd, start(stepd, machine, BIG))
    with contextlib.closing(sqlite3.connect(data / "stepd.db")) as database:
        payloads = database.execute("SELECT count(*), sum(length(data)) FROM payload").fetchone()
    assert payloads[0] == 30, "input, output and all between are one payload"
    assert payloads[1] < 30 * len(BIG)
    waiting = create(stepd, "w", WAIT)
    before = memory_kib(stepd, "VmRSS")
    for _ in range(200):
        start(stepd, waiting, BIG)
    assert (memory_kib(stepd, "VmRSS") - before) / 200 < 250, "KiB for each waiting execution over 182 KB"


def test_a_map_that_assigns_is_linear(serve):
    stepd = serve(EMPTY)
    body = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"v.$": "$"}, "End": True}}}
    machine = create(stepd, "map", {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": body, "End": True}}}, "EXPRESS")

    def seconds(items):
        began = time.monotonic()
        answer = stepd.client().start_sync_execution(stateMachineArn=machine, input=json.dumps(list(range(items))))
        assert answer["status"] == "SUCCEEDED"
        return time.monotonic() - began

    seconds(1_000)
    small, large = min(seconds(2_500) for _ in range(3)), min(seconds(20_000) for _ in range(3))
    assert large / small < 40, "eight times the items; the square would be 64"


def test_express_executions_are_admitted_by_count_and_bytes(serve):
    stepd = serve(EMPTY + "limits: {express_executions: 5, express_bytes: 1 MiB}\n")
    machine = create(stepd, "slow", {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}, "EXPRESS")
    for _ in range(5):
        start(stepd, machine)
    with pytest.raises(stepd.client().exceptions.ExecutionLimitExceeded):
        start(stepd, machine)
    with pytest.raises(Exception, match="ThrottlingException"):
        stepd.client().start_sync_execution(stateMachineArn=machine, input="{}")


def test_loops_over_large_values_leave_others_their_time(serve):
    stepd = serve(EMPTY)
    quick = create(stepd, "quick", {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})

    def median(count):
        times = []
        for _ in range(count):
            began = time.monotonic()
            ended(stepd, start(stepd, quick))
            times.append(time.monotonic() - began)
        return statistics.median(times)

    alone = median(15)
    loop = {"Type": "Pass", "Parameters": {"a.$": "$.a", "n.$": "States.MathAdd($.n,1)"}, "Next": "C"}
    hog = create(stepd, "hog", {"StartAt": "P", "States": {"P": loop, **BACK_TO_P}})
    hogs = [start(stepd, hog, '{"n":0,"a":%s}' % BIG) for _ in range(4)]
    crowded = median(10)
    for arn in hogs:
        with contextlib.suppress(Exception):
            stepd.client().stop_execution(executionArn=arn)
    assert crowded < alone * 20 + 0.5, f"{alone * 1000:.1f} ms alone, {crowded * 1000:.1f} ms beside four loops"
