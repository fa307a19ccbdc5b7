"""One answer about a definition, at whichever door it comes in: validate, ValidateStateMachineDefinition, CreateStateMachine, run."""
import json

import botocore.exceptions
import pytest

import harness

TASK = "arn:aws:states:::"
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


def one(state):
    return {"StartAt": "A", "States": {"A": state}}


def task(resource, **fields):
    return one({"Type": "Task", "Resource": resource, "End": True, **fields})


REFUSED = {
    "JSONata that cannot be parsed": one({"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% 1 + %}", "End": True}),
    "JSONata over nothing": {"QueryLanguage": "JSONata", **one({"Type": "Wait", "Seconds": "{% n %}", "End": True})},
    "a distributed Map": one({"Type": "Map", "End": True, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **PASS}}),
    "no end": one({"Type": "Pass", "Next": "A"}),
    "no such state": one({"Type": "Pass", "Next": "B"}),
    "an unknown field": one({"Type": "Succeed", "Colour": "red"}),
    "no JSON": "{",
    "an integration that AWS does not have": task(TASK + "lambda:invokes")}
REFUSED_AS_EXPRESS = {
    "a callback": task(TASK + "sqs:sendMessage.waitForTaskToken", Parameters={}),
    "a job": task(TASK + "states:startExecution.sync:2", Parameters={"StateMachineArn": harness.machine_arn("x")}),
    "an activity": task(f"arn:aws:states:{harness.REGION}:{harness.ACCOUNT}:activity:sorting")}
# What is wrong with it, the name that is near, and where.
WARNED = {
    "a function by its ARN": (task(harness.function_arn("resizer")), "resizer", "did you mean 'resize'?", "/Resource"),
    "a function by its name": (task(TASK + "lambda:invoke", Parameters={"FunctionName": "resiez:$LATEST"}), "resiez", "'resize'",
                               "/Parameters/FunctionName"),
    "an integration": (task(TASK + "sqs:sendMessage", Parameters={}), "sqs:sendMessage", "", "/Resource"),
    "a bucket": (task(TASK + "aws-sdk:s3:getObject", Parameters={"Bucket": "photo", "Key": "k"}), "photo", "'photos'", "/Parameters/Bucket"),
    "a copy's source": (task(TASK + "aws-sdk:s3:copyObject", Parameters={"Bucket": "photos", "Key": "k", "CopySource": "/fotos/k"}), "fotos",
                        "'photos'", "/Parameters/CopySource"),
    "a table": (task(TASK + "dynamodb:putItem", Parameters={"TableName": "image", "Item": {}}), "image", "'images'", "/Parameters/TableName"),
    "a topic": (task(TASK + "sns:publish", Parameters={"TopicArn": f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:alert", "Message": "m"}),
                "alert", "'alerts'", "/Parameters/TopicArn"),
    "something within a branch": (one({"Type": "Parallel", "End": True, "Branches": [
        {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": harness.function_arn("resizer"), "End": True}}}]}), "resizer",
        "'resize'", "/Branches")}
SERVED = """
buckets: { photos: {} }
tables: { images: { key: id } }
topics: { alerts: {} }
functions: { resize: { handler: image.type } }
"""


def text_of(definition):
    return definition if isinstance(definition, str) else json.dumps(definition, indent=1)


@pytest.fixture
def stepd(serve):
    return serve(SERVED)


@pytest.fixture
def files(tmp_path):
    """A definition's file and a configuration that serves it."""
    def write(definition, kind="STANDARD"):
        (tmp_path / "m.asl.json").write_text(text_of(definition))
        machine = tmp_path / "machine.yaml"
        machine.write_text(SERVED + f"state_machines: {{ m: {{ definition: m.asl.json, type: {kind} }} }}\n")
        return tmp_path / "m.asl.json", machine
    return write


def created(stepd, definition, kind):
    try:
        stepd.client().create_state_machine(name="m", definition=definition, type=kind, roleArn="arn:aws:iam::123456789012:role/any")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidDefinition", error
        return False
    return True


def judged(stepd, definition, kind="STANDARD", **more):
    return stepd.client().validate_state_machine_definition(definition=definition, type=kind, **more)


@pytest.mark.parametrize("kind, name", [("STANDARD", name) for name in REFUSED] + [("EXPRESS", name) for name in [*REFUSED, *REFUSED_AS_EXPRESS]])
def test_what_cannot_be_created_fails_at_every_door(stepd, files, kind, name):
    definition = text_of({**REFUSED, **REFUSED_AS_EXPRESS}[name])
    file, machine = files(definition, kind)
    assert not created(stepd, definition, kind)
    assert judged(stepd, definition, kind)["result"] == "FAIL"
    assert harness.run_stepd("validate", "--type", kind, file).returncode == 1
    assert harness.run_stepd("validate", machine).returncode == 1
    assert harness.run_stepd("run", file, "--config", machine).returncode != 0
    if kind == "STANDARD":
        assert harness.run_stepd("run", file).returncode == 1


def test_what_can_be_created_passes_at_every_door(stepd, files):
    for name, (definition, *_) in {**WARNED, "a good one": (PASS,), **{n: (d,) for n, d in REFUSED_AS_EXPRESS.items()}}.items():
        text = text_of(definition)
        file, machine = files(definition)
        assert judged(stepd, text)["result"] == "OK", name
        assert created(stepd, text, "STANDARD"), name
        stepd.client().delete_state_machine(stateMachineArn=harness.machine_arn("m"))
        for asked in (["validate", file], ["validate", machine]):
            done = harness.run_stepd(*asked)
            assert done.returncode == 0, (name, done.stdout)


@pytest.mark.parametrize("name", WARNED)
def test_what_is_not_there_is_a_warning_with_its_line_and_the_nearest_name(stepd, serve, files, tmp_path, name):
    definition, wrong, near, place = WARNED[name]
    file, machine = files(definition)
    line = next(i for i, text in enumerate(text_of(definition).splitlines(), 1) if wrong in text)
    for asked in (["validate", machine], ["validate", "--config", machine, file]):
        said = harness.run_stepd(*asked).stdout
        assert f"m.asl.json:{line}:" in said and ": warning: " in said and f"'{wrong}'" in said and near in said, said
    answer = judged(stepd, text_of(definition), severity="WARNING")
    warning, = answer["diagnostics"]
    assert (answer["result"], warning["severity"], warning["code"]) == ("OK", "WARNING", "NOT_SERVED_HERE")
    assert f"'{wrong}'" in warning["message"] and warning["location"].startswith("/States/A" + place)
    assert judged(stepd, text_of(definition))["diagnostics"] == []
    stepd.stop()
    stepd.log.unlink()
    started = serve(machine, data=tmp_path / "other")
    assert f"m.asl.json:{line}:" in started.printed() and near in started.printed()
    run = harness.run_stepd("run", file, "--config", machine)
    assert f"m.asl.json:{line}:" in run.stderr and ": warning: " in run.stderr, run.stderr


def test_the_diagnostic_says_the_nearest_name_too(stepd):
    warning, = judged(stepd, text_of(WARNED["a bucket"][0]), severity="WARNING")["diagnostics"]
    assert "did you mean 'photos'?" in warning["message"]


def test_a_function_that_an_endpoint_may_serve_is_no_warning(serve):
    stepd = serve("lambda_endpoint: http://127.0.0.1:1\n")
    assert judged(stepd, text_of(WARNED["a function by its ARN"][0]), severity="WARNING")["diagnostics"] == []


def test_without_a_configuration_only_integrations_can_be_judged(files):
    file, _ = files(WARNED["a function by its ARN"][0])
    assert harness.run_stepd("validate", file).stdout == ""
    file, _ = files(WARNED["an integration"][0])
    assert "warning: stepd has no integration that serves 'sqs:sendMessage'" in harness.run_stepd("validate", file).stdout


def test_a_function_that_writes_to_what_is_not_there_is_a_warning_at_its_argument(tmp_path):
    config = tmp_path / "stepd.yaml"
    config.write_text("""buckets: { photos: {} }
functions:
  copy:
    handler: object.copy
    environment: { TO: photoz }
    arguments:
      bucket.$: $.bucket
      key.$: $.key
      destination: { bucket: "${TO}" }
  note:
    steps:
      put: { handler: item.put, arguments: { table: imagez, item: { id: 1 } } }
""")
    said = harness.run_stepd("validate", config).stdout
    assert f"{config}:9:" in said and "There is no bucket 'photoz'; did you mean 'photos'?" in said, said
    assert f"{config}:12:" in said and "There is no table 'imagez'; there is none" in said, said
