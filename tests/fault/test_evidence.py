"""The judge of the kill loop, tried on evidence that was tampered with: what it does not see would go unseen in earnest."""
import collections
import copy
import json

import pytest

import evidence as judge

NAMES = ["a", "b", "c"]


def arn(name):
    return f"arn:aws:states:us-east-1:123456789012:execution:loop:{name}"


def history():
    types = ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"]
    return [{"id": i, "type": t, "previousEventId": i - 1, "timestamp": 100 + i} for i, t in enumerate(types, 1)]


@pytest.fixture
def sound():
    outputs = {n: json.dumps(judge.expected_output(n)) for n in NAMES}
    return judge.Evidence(
        asked=set(NAMES),
        ledger=[{"name": n, "arn": arn(n), "input": json.dumps({"name": n})} for n in NAMES],
        described={n: {"executionArn": arn(n), "status": "SUCCEEDED", "output": outputs[n]} for n in NAMES},
        histories={n: history() for n in NAMES},
        rows=[(arn(n), "SUCCEEDED", json.dumps({"name": n}), outputs[n]) for n in NAMES],
        numbers={arn(n): [1, 2, 3] for n in NAMES},
        objects=collections.Counter(NAMES),
        items=collections.Counter(NAMES))


def test_sound_evidence_has_no_fault(sound):
    assert judge.faults(sound) == []


def lose_an_acknowledged_start(e):
    e.rows = [row for row in e.rows if row[0] != arn("b")]
    e.numbers.pop(arn("b"))


def forget_it_in_the_api(e):
    del e.described["b"], e.histories["b"]
    del e.objects["b"], e.items["b"]


def acknowledge_what_nobody_stored(e):
    e.ledger.append({"name": "d", "arn": arn("d"), "input": "{}"})


def change_its_input(e):
    e.rows[1] = (*e.rows[1][:2], '{"name":"x"}', e.rows[1][3])


def store_it_twice(e):
    e.rows.append(e.rows[1])


def start_what_nobody_asked_for(e):
    e.rows.append((arn("ghost"), "SUCCEEDED", "{}", "{}"))
    e.numbers[arn("ghost")] = [1]


def leave_it_open(e):
    e.described["b"]["status"] = "RUNNING"


def end_it_otherwise(e):
    e.described["b"]["output"] = '{"name":"b"}'


def let_database_and_api_differ(e):
    e.rows[1] = (arn("b"), "FAILED", *e.rows[1][2:])


def drop_an_event(e):
    del e.histories["b"][1]


def drop_and_renumber_an_event(e):
    del e.histories["b"][1]
    for i, event in enumerate(e.histories["b"], 1):
        event["id"] = i


def repeat_a_step(e):
    extra = [{"id": 4, "type": "PassStateEntered", "previousEventId": 3, "timestamp": 104},
             {"id": 5, "type": "PassStateExited", "previousEventId": 4, "timestamp": 104}]
    last = {**e.histories["b"][3], "id": 6, "previousEventId": 5}
    e.histories["b"][3:] = [*extra, last]


def turn_time_back(e):
    e.histories["b"][2]["timestamp"] = 1


def tear_the_journal(e):
    e.numbers[arn("b")] = [1, 3]


def copy_the_object_twice(e):
    e.objects["b"] = 2


def lose_the_item(e):
    del e.items["b"]


def leave_an_effect_of_nobody(e):
    e.objects["ghost"] = 1


def damage_the_database(e):
    e.integrity = "row 3 missing from index"


@pytest.mark.parametrize("tamper", [
    lose_an_acknowledged_start, forget_it_in_the_api, acknowledge_what_nobody_stored, change_its_input, store_it_twice,
    start_what_nobody_asked_for, leave_it_open, end_it_otherwise, let_database_and_api_differ, drop_an_event,
    drop_and_renumber_an_event, repeat_a_step, turn_time_back, tear_the_journal, copy_the_object_twice, lose_the_item,
    leave_an_effect_of_nobody, damage_the_database], ids=lambda f: f.__name__)
def test_tampered_evidence_is_seen(tamper, sound):
    tampered = copy.deepcopy(sound)
    tamper(tampered)
    assert judge.faults(tampered) != []
