"""AWS's own model of the service, as botocore carries it: what a request may hold, what breaks it, what an answer must look like.

It does not need the daemon. Nothing is copied from the model: a newer botocore brings newer operations and members with it.
"""
import copy
import dataclasses
import json

import botocore.parsers
import botocore.session
import botocore.validate

SERVICE = botocore.session.get_session().get_service_model("stepfunctions")
OPERATIONS = list(SERVICE.operation_names)
# Errors of the protocol, which no operation lists.
ALWAYS_POSSIBLE = {"ValidationException", "SerializationException"}
# Of every type, what is none of the others.
SAMPLES = {"string": "text", "integer": 7, "boolean": True, "structure": {}, "list": []}
KINDS = {"long": "integer", "float": "integer"}
# What no name, ARN, token or document is, and what AWS calls it.
MALFORMED = {
    "definition": ("{", {"InvalidDefinition"}),
    "input": ("{", {"InvalidExecutionInput"}),
    "output": ("{", {"InvalidOutput"}),
    "nextToken": ("bm9uc2Vuc2U=", {"InvalidToken"}),
    "taskToken": ("nonsense", {"InvalidToken"}),
    "stateMachineVersionArn": ("nonsense", {"InvalidArn", "ValidationException"}),
    "logGroupArn": ("nonsense", {"InvalidLoggingConfiguration"}),
    "name": ("a b?", {"InvalidName", "ValidationException"}),
}
UNMATCHED = {r"\p{ASCII}*": "naïve", "[!-~]+": "a b"}


@dataclasses.dataclass(frozen=True)
class Broken:
    """One request that breaks one rule, and what has to be said of it."""
    what: str
    request: dict
    errors: frozenset
    message: str | None = None  # exactly this one
    part: str = ""              # or one with this in it


def errors_of(operation):
    return {shape.name for shape in SERVICE.operation_model(operation).error_shapes} | ALWAYS_POSSIBLE


def kind(shape):
    return KINDS.get(shape.type_name, shape.type_name)


def members_of(shape, above=""):
    """The path of every member that the structure has, those of nested ones too; the elements of a list are []."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield above + name
            yield from members_of(member, above + name + ".")
    elif shape.type_name == "list":
        yield from members_of(shape.member, above.removesuffix(".") + "[].")


def members_in(value, above=""):
    """The same of a request."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield above + name
            yield from members_in(member, above + name + ".")
    elif isinstance(value, list):
        for element in value:
            yield from members_in(element, above.removesuffix(".") + "[].")


def changed(request, place, value):
    """A copy of the request with another value, or none, at the place."""
    request = copy.deepcopy(request)
    at = request
    for step in place[:-1]:
        at = at[step]
    if value is Ellipsis:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return request


# In which order AWS's messages list the values, where that is known not to be the model's.
ENUM_ORDER = {"ExecutionStatus": ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"]}


def path_of(place):
    """The place as AWS's messages have it: the elements of a list count from 1."""
    return ".".join(f"{step + 1}.member" if isinstance(step, int) else step for step in place)


def broken_values(shape, value):
    """(what it is, a value that breaks the shape's constraint, AWS's words for the constraint)."""
    rules = shape.metadata
    if shape.type_name == "string":
        if rules.get("min", 0) > 0:
            yield "empty", "", f"Member must have length greater than or equal to {rules['min']}"
        if "max" in rules:
            yield "too long", "x" * (rules["max"] + 1), f"Member must have length less than or equal to {rules['max']}"
        if "enum" in rules:
            values = ENUM_ORDER.get(shape.name, rules["enum"])
            yield "not in the enum", "NEITHER", f"Member must satisfy enum value set: [{', '.join(values)}]"
        if "pattern" in rules:
            yield "off the pattern", UNMATCHED.get(rules["pattern"], "a b?"), f"Member must satisfy regular expression pattern: {rules['pattern']}"
    elif kind(shape) == "integer":
        if "min" in rules:
            yield "too small", rules["min"] - 1, f"Member must have value greater than or equal to {rules['min']}"
        if "max" in rules:
            yield "too large", rules["max"] + 1, f"Member must have value less than or equal to {rules['max']}"
    elif shape.type_name == "list":
        if rules.get("min", 0) > 0:
            yield "empty", [], f"Member must have length greater than or equal to {rules['min']}"
        if "max" in rules:
            yield "too long", value * (rules["max"] + 1), f"Member must have length less than or equal to {rules['max']}"


def malformed(operation, name):
    """(a value of the right type and length that means nothing, the errors that it may bring); none where anything goes."""
    if name in MALFORMED:
        value, errors = MALFORMED[name]
    elif name.endswith("Arn"):
        value, errors = "nonsense", {"InvalidArn"}
    else:
        return None
    errors = errors & errors_of(operation)
    return (value, errors) if errors else None


def broken_requests(operation, request):
    """Every way to break a rule of the model once, starting from a request that breaks none."""
    yield from broken_member(operation, request, SERVICE.operation_model(operation).input_shape, (), request)


def broken_member(operation, request, shape, place, value):
    def broken(what, other, errors, message=None, part=""):
        return Broken(f"{path_of(place)}: {what}", changed(request, place, other), frozenset(errors), message, part)

    if place:
        path = path_of(place)
        for other, sample in SAMPLES.items():
            if other != kind(shape):
                yield broken(f"a {other}", sample, {"SerializationException"}, part="can not be converted to")
        for what, bad, constraint in broken_values(shape, value):
            shown = "" if shape.metadata.get("sensitive") else f" '{bad}'"
            whole = f"1 validation error detected: Value{shown} at '{path}' failed to satisfy constraint: {constraint}"
            # The empty text is off every pattern as well, a list shows its elements, and these show their list.
            alone = shape.type_name in ("string", "integer", "long") and not isinstance(place[-1], int)
            exact = alone and not (bad == "" and "pattern" in shape.metadata)
            yield broken(what, bad, {"ValidationException"}, whole if exact else None, constraint)
        if shape.type_name == "string" and (meaningless := malformed(operation, str(place[-1]))):
            yield broken("malformed", meaningless[0], meaningless[1])
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in value:
                continue
            below = (*place, name)
            if name in shape.required_members:
                words = f"Value null at '{path_of(below)}' failed to satisfy constraint: Member must not be null"
                for what, absent in (("missing", ...), ("null", None)):
                    yield Broken(f"{path_of(below)}: {what}", changed(request, below, absent), frozenset({"ValidationException"}),
                                 f"1 validation error detected: {words}")
            yield from broken_member(operation, request, member, below, value[name])
    elif shape.type_name == "list" and value:
        yield from broken_member(operation, request, shape.member, (*place, 0), value[0])


# ---- answers ------------------------------------------------------------------------------------------------------------


def unmodelled(shape, value, path="answer"):
    """What the value has that the shape does not: members nobody modelled, values of another type."""
    types = {"string": str, "integer": int, "long": int, "float": (int, float), "timestamp": (int, float), "boolean": bool, "list": list,
             "structure": dict, "map": dict}
    if not isinstance(value, types[shape.type_name]) or (isinstance(value, bool) and shape.type_name != "boolean"):
        yield f"{path} is no {shape.type_name}: {value!r}"
    elif value not in shape.metadata.get("enum", [value]):
        yield f"{path} is none of the enumeration: {value!r}"
    elif shape.type_name == "structure":
        yield from (f"{path} has {name}" for name in value if name not in shape.members)
        for name in shape.members.keys() & value.keys():
            yield from unmodelled(shape.members[name], value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for element in value:
            yield from unmodelled(shape.member, element, path + "[]")
    elif shape.type_name == "map":
        for key, element in value.items():
            yield from unmodelled(shape.value, element, f"{path}[{key}]")


def parsed(answer, shape):
    """The answer as botocore's own parser reads it."""
    parser = botocore.parsers.create_parser(SERVICE.metadata["protocol"])
    return parser.parse({"status_code": answer.status, "headers": answer.headers, "body": answer.body}, shape)


def check_protocol(answer):
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert answer.headers["x-amzn-requestid"]


def check_answer(operation, answer):
    """That it is a success of the operation, with what it must have, nothing else, and each value as modelled."""
    check_protocol(answer)
    assert answer.status == 200, answer.body
    shape = SERVICE.operation_model(operation).output_shape
    assert list(unmodelled(shape, answer.json())) == []
    result = parsed(answer, shape)
    del result["ResponseMetadata"]
    faults = botocore.validate.ParamValidator().validate(result, shape)
    assert not faults.has_errors(), faults.generate_report()
    return result


def code_of(operation, answer):
    """The error's name; none of a success."""
    return parsed(answer, SERVICE.operation_model(operation).output_shape).get("Error", {}).get("Code")


def check_refusal(operation, answer, errors):
    """That it is one of these errors of the operation, and a well-formed one; answers its message."""
    check_protocol(answer)
    code = code_of(operation, answer)
    assert code in errors, answer.body
    assert code in errors_of(operation), f"{code} is no error of {operation}"
    assert answer.status == 400
    body = answer.json()
    assert body.pop("__type") == code
    if code in SERVICE.shape_names:
        assert list(unmodelled(SERVICE.shape_for(code), body)) == []
    else:
        assert list(body) == ["message"]
    assert body["message"]
    return body["message"]


def encoded(request):
    return json.dumps(request).encode()
