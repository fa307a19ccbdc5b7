"""Requests whose members are anything at all: none costs more than itself, and each is answered by a success or a modelled error."""
import copy
import random

import pytest

import aws_model
import harness
from test_every_member import VALID, world  # noqa: F401  (a fixture)

SEED = 20161123
REQUESTS = 60
STATES = f"arn:aws:states:{harness.REGION}:{harness.ACCOUNT}"
NESTED = {"a": []}
for _ in range(40):
    NESTED = {"a": [NESTED]}
ODD = [
    None, True, False, 0, -1, 7, 2**31, 2**63, 2**64, -2**63 - 1, 10**40, 1.5, -0.0, 1e308,
    "", " ", "\0", "\ud800", "é" * 81, "\U0001f600" * 41, "x" * 81, "x" * 257, "x" * 70_000, "../../etc/passwd", "%s%n", "'\"\\\r\n",
    "{}", "[]", "null", "{", '{"a":' * 500, '{"StartAt":"S","States":{"S":{"Type":"Pass","End":true}}}', '{"StartAt":"S","States":{"S":null}}',
    '{"Type":"Pass","End":true}', "NaN", "1e999", "-", "STANDARD", "EXPRESS", "RUNNING", "ALL",
    "arn", "arn:", ":" * 100, "arn:aws:states:::", STATES, f"{STATES}:stateMachine", f"{STATES}:stateMachine:", f"{STATES}:stateMachine:m:",
    f"{STATES}:stateMachine:m:0", f"{STATES}:stateMachine:m:99999999999999999999", f"{STATES}:stateMachine:m:1:2", f"{STATES}:stateMachine:m/l:1",
    f"{STATES}:stateMachine::1", f"{STATES}:execution:m", f"{STATES}:execution:m:", f"{STATES}:execution::e", f"{STATES}:express:m:e:u",
    f"{STATES}:activity:", f"{STATES}:activity:a:b", f"{STATES}:mapRun:m/l:u", f"{STATES}:mapRun:m:u", "arn:aws:iam::1:role/r",
    [], [[]], [None], [{}], [""], [[], {}], ["x"] * 60, {}, {"": ""}, {"key": None}, {"type": "EXPRESS"}, NESTED,
]


def odd_request(chance, request, shape):
    """Some of the request's members are something else, some are gone, and some come from the model alone."""
    request = copy.deepcopy(request)
    for name in shape.members:
        throw = chance.random()
        if throw < 0.25:
            request[name] = chance.choice(ODD)
        elif throw < 0.35:
            request.pop(name, None)
        elif throw < 0.5 and isinstance(request.get(name), dict):
            inner = dict(request[name])
            inner[chance.choice([*inner, "more"])] = chance.choice(ODD)
            request[name] = inner
        elif throw < 0.5 and isinstance(request.get(name), list):
            request[name] = [chance.choice([*request[name], *ODD]) for _ in range(chance.randrange(4))]
    return request


@pytest.mark.parametrize("operation", [operation for operation in aws_model.OPERATIONS if operation != "GetActivityTask"])
def test_anything_is_answered_as_modelled(world, operation):  # noqa: F811
    chance = random.Random(f"{SEED} {operation}")
    shape = aws_model.SERVICE.operation_model(operation).input_shape
    requests = VALID[operation](world)
    for number in range(REQUESTS):
        request = odd_request(chance, chance.choice(requests), shape)
        answer = world.call(operation, request)
        try:
            if answer.status == 200:
                aws_model.check_answer(operation, answer)
            else:
                aws_model.check_refusal(operation, answer, aws_model.errors_of(operation))
        except Exception as fault:
            raise AssertionError(f"request {number}, {str(request)[:1000]}: {fault}") from fault
    assert world.stepd.is_healthy()
