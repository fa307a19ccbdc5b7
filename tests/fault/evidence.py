"""Judges a kill loop from what was written down while it ran and what the daemon and its database say afterwards.

It starts nothing and kills nothing: values in, faults out, so that it can itself be tested on tampered evidence.
"""
import collections
import dataclasses
import json


@dataclasses.dataclass
class Evidence:
    """Everything is keyed by the execution's name; `rows` and `numbers` come from the database by our own SQL."""
    asked: set                 # names for which a start was ever sent
    ledger: list               # acknowledged starts, in order: {"name", "arn", "input"}
    described: dict            # name -> DescribeExecution's answer
    histories: dict            # name -> its events as AWS shows them
    rows: list                 # (arn, status, input, output), one for each stored execution
    numbers: dict              # arn -> the stored events' numbers, in the order of the key
    objects: collections.Counter   # name -> copies found in the bucket
    items: collections.Counter     # name -> items found in the table
    integrity: str = "ok"


def expected_output(name):
    return {"name": name, "copied": True, "rested": True, "items": [1, 4, 9]}


def faults(evidence):
    """Every way in which something was lost, doubled or left open."""
    found = []
    for judge in (lost, doubled, unfinished, gaps, journal, effects):
        found += judge(evidence)
    if evidence.integrity != "ok":
        found.append(f"the database is damaged: {evidence.integrity}")
    return found


def lost(evidence):
    stored = {arn: text for arn, _, text, _ in evidence.rows}
    for entry in evidence.ledger:
        name, arn = entry["name"], entry["arn"]
        if arn not in stored:
            yield f"{name}: acknowledged, and not in the database"
        elif json.loads(stored[arn]) != json.loads(entry["input"]):
            yield f"{name}: acknowledged with another input than is stored"
        if name not in evidence.described:
            yield f"{name}: acknowledged, and the API does not know it"
        elif evidence.described[name]["executionArn"] != arn:
            yield f"{name}: acknowledged as {arn}, described as {evidence.described[name]['executionArn']}"


def doubled(evidence):
    for arn, times in collections.Counter(arn for arn, *_ in evidence.rows).items():
        if times > 1:
            yield f"{arn}: stored {times} times"
        if arn.rsplit(":", 1)[1] not in evidence.asked:
            yield f"{arn}: stored, and nobody asked for it"
    for name, times in collections.Counter(entry["name"] for entry in evidence.ledger).items():
        if times > 1:
            yield f"{name}: acknowledged {times} times by the client's own book"


def unfinished(evidence):
    for name, described in evidence.described.items():
        if described["status"] != "SUCCEEDED":
            yield f"{name}: is {described['status']}: {described.get('error')} {described.get('cause')}"
        elif json.loads(described["output"]) != expected_output(name):
            yield f"{name}: ended with {described['output']}"
    by_arn = {described["executionArn"]: described for described in evidence.described.values()}
    for arn, status, _, output in evidence.rows:
        if arn in by_arn and (status, output) != (by_arn[arn]["status"], by_arn[arn].get("output")):
            yield f"{arn}: the database says {status} {output}, the API {by_arn[arn]['status']}"


def gaps(evidence):
    for name, events in evidence.histories.items():
        numbers = [event["id"] for event in events]
        if numbers != list(range(1, len(events) + 1)):
            yield f"{name}: its history counts {numbers}"
            continue
        types = [event["type"] for event in events]
        if not types or types[0] != "ExecutionStarted" or types[-1] != "ExecutionSucceeded":
            yield f"{name}: its history begins with {types[:1]} and ends with {types[-1:]}"
        for earlier, later in zip(events, events[1:]):
            if later["timestamp"] < earlier["timestamp"]:
                yield f"{name}: event {later['id']} is older than the one before it"
        for event in events[1:]:
            if not 0 <= event.get("previousEventId", 0) < event["id"]:
                yield f"{name}: event {event['id']} follows {event['previousEventId']}"
        entered = collections.Counter(t for t in types if t.endswith("StateEntered"))
        for kind, times in entered.items():
            if types.count(kind.replace("Entered", "Exited")) != times:
                yield f"{name}: {times} {kind}, {types.count(kind.replace('Entered', 'Exited'))} exits"
    for name in evidence.described.keys() - evidence.histories.keys():
        yield f"{name}: has no history"
    # The same definition over the same kind of input takes the same steps, however often it was interrupted.
    shapes = collections.Counter(tuple(sorted(event["type"] for event in events)) for events in evidence.histories.values())
    if len(shapes) > 1:
        usual = shapes.most_common(1)[0][0]
        for name, events in evidence.histories.items():
            shape = tuple(sorted(event["type"] for event in events))
            if shape != usual:
                extra = collections.Counter(shape) - collections.Counter(usual)
                missing = collections.Counter(usual) - collections.Counter(shape)
                yield f"{name}: took other steps than most: beyond them {dict(extra)}, without {dict(missing)}"


def journal(evidence):
    for arn, *_ in evidence.rows:
        numbers = evidence.numbers.get(arn, [])
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            yield f"{arn}: its journal counts {numbers}"


def effects(evidence):
    for what, count in (("object", evidence.objects), ("item", evidence.items)):
        for name in evidence.described:
            if count[name] != 1:
                yield f"{name}: {count[name]} {what}s, expected one"
        for name in count.keys() - evidence.described.keys():
            yield f"{name}: has an {what}, and is no execution"
