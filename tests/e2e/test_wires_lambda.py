"""Lambda as code of one's own calls it: functions of the configuration are invoked, later too, and listed."""
import base64
import json

import botocore.exceptions
import pytest

import harness
import receivers
import wires


@pytest.fixture
def stepd(serve):
    return serve(json.dumps({
        "buckets": {"kept": {}},
        "functions": {
            "echo": {"handler": "key.parts", "arguments": {"key.$": "$.key"}},
            "keep": {"handler": "object.put", "arguments": {"bucket": "kept", "key.$": "$.key", "text.$": "$.body"}},
        }}))


def test_boto3_invokes_and_reads_the_answer(stepd):
    answer = wires.client(stepd, "lambda").invoke(FunctionName="echo", Payload=json.dumps({"key": "a/b.jpg"}))
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in answer
    assert json.loads(answer["Payload"].read())["extension"] == "jpg"
    for name in (harness.function_arn("echo"), f"{harness.ACCOUNT}:function:echo", "echo:$LATEST"):
        assert wires.client(stepd, "lambda").invoke(FunctionName=name, Payload=b'{"key":"a"}')["StatusCode"] == 200


def test_a_failure_of_the_function_is_no_error_of_the_call(stepd):
    answer = wires.client(stepd, "lambda").invoke(FunctionName="echo", Payload=b'{"key":7}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert json.loads(answer["Payload"].read())["errorType"] == "Handler.InvalidArguments"


@pytest.mark.parametrize("arguments, code, message", [
    ({"FunctionName": "none"}, "ResourceNotFoundException", f"Function not found: {harness.function_arn('none')}:$LATEST"),
    ({"FunctionName": "none", "Qualifier": "7"}, "ResourceNotFoundException", f"Function not found: {harness.function_arn('none')}:7"),
    ({"FunctionName": "none", "InvocationType": "Event"}, "ResourceNotFoundException", f"Function not found: {harness.function_arn('none')}:$LATEST"),
    ({"FunctionName": "echo", "Payload": b"{"}, "InvalidRequestContentException", "Could not parse request body into json"),
    ({"FunctionName": "echo", "Payload": b'"' + b"x" * 6_291_456 + b'"'}, "RequestEntityTooLargeException",
     "Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
])
def test_boto3_sees_lambdas_errors(stepd, arguments, code, message):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        wires.client(stepd, "lambda").invoke(**arguments)
    assert wires.error_of(raised)["Code"] == code
    assert wires.error_of(raised)["Message"].startswith(message)


def test_an_event_is_done_later_and_survives_a_crash(stepd):
    client = wires.client(stepd, "lambda")
    assert client.invoke(FunctionName="keep", InvocationType="DryRun", Payload=b"{}")["StatusCode"] == 204
    for i in range(20):
        payload = json.dumps({"key": f"{i}.txt", "body": str(i)})
        assert client.invoke(FunctionName="keep", InvocationType="Event", Payload=payload)["StatusCode"] == 202
    stepd.kill()
    stepd.start()
    for i in range(20):
        harness.wait_until(lambda name=f"{i}.txt": stepd.get_object("kept", name).status == 200, f"{i}.txt")


def test_a_function_elsewhere_is_invoked_with_its_context(serve):
    with receivers.Receiver() as elsewhere:
        stepd = serve(json.dumps({"lambda_endpoint": elsewhere.url.removesuffix("/hook")}))
        context = base64.b64encode(b'{"custom":{"a":"b"}}').decode()
        wires.client(stepd, "lambda").invoke(FunctionName="far:prod", Payload=b"[1]", ClientContext=context, LogType="Tail")
        (headers, body), = elsewhere.wait_for(1)
        assert body == "[1]"
        assert (headers["X-Amz-Client-Context"], headers["X-Amz-Log-Type"]) == (context, "Tail")


def test_functions_are_listed_and_described(stepd):
    client = wires.client(stepd, "lambda")
    assert [f["FunctionName"] for page in client.get_paginator("list_functions").paginate() for f in page["Functions"]] == ["echo", "keep"]
    assert client.get_function(FunctionName="keep")["Configuration"]["FunctionArn"] == harness.function_arn("keep")
    assert client.get_function_configuration(FunctionName="keep")["Version"] == "$LATEST"
    with wires.refused("NotImplementedException"):
        client.delete_function(FunctionName="keep")


def test_the_aws_cli_invokes(stepd, tmp_path):
    out = tmp_path / "out.json"
    told = stepd.aws("lambda", "invoke", "--function-name", "echo", "--payload", '{"key":"x.png"}', str(out))
    assert told["StatusCode"] == 200
    assert json.loads(out.read_text())["extension"] == "png"


def test_the_javascript_client_invokes(stepd):
    result = wires.javascript(stepd, "client-lambda", "LambdaClient", """
        const answer = await client.send(new aws.InvokeCommand({ FunctionName: "echo", Payload: JSON.stringify({ key: "x.gif" }) }));
        const error = await client.send(new aws.InvokeCommand({ FunctionName: "none" })).catch((e) => e);
        const list = await client.send(new aws.ListFunctionsCommand({}));
        return { status: answer.StatusCode, parts: JSON.parse(Buffer.from(answer.Payload).toString()), name: error.name,
                 message: error.message || error.Message, functions: list.Functions.map((f) => f.FunctionName) };""")
    assert result["status"] == 200 and result["parts"]["extension"] == "gif"
    assert result["name"] == "ResourceNotFoundException"
    assert result["functions"] == ["echo", "keep"]
