"""/openapi.json: it is valid OpenAPI for every configuration that comes with stepd, and the daemon does what it says."""
import json
import urllib.parse

import openapi_spec_validator
import pytest

import harness

CONFIGURATIONS = [harness.ROOT / "config" / "stepd.yaml", *sorted((harness.ROOT / "config" / "examples").glob("*.yaml"))]


@pytest.mark.parametrize("configuration", CONFIGURATIONS, ids=lambda path: path.stem)
def test_it_is_valid_and_names_what_answers(serve, configuration):
    stepd = serve(configuration)
    document = stepd.get("/openapi.json").json()
    openapi_spec_validator.validate(document)
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    # What the daemon itself lists where nothing answers, in the words of its configuration.
    listed = stepd.get("/nothing/is/here").json()["routes"]
    assert told == {tuple(route.replace("...}", "}").split(" ", 1)) for route in listed}


def examples(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_route_of_the_default_configuration_answers_as_described(serve):
    stepd = serve(CONFIGURATIONS[0])
    # The workflow takes what is uploaded away; so the object that is asked for by path is in another bucket.
    for bucket in ("uploads", "resized"):
        assert stepd.put_object(bucket, "a.txt", b"abc").status == 200
    values = {"bucket": "resized", "key": "a.txt", "name": "headObject"}
    bodies = {"/": "{}", "/buckets/{bucket}/{key}": "abc",
              "/2015-03-31/functions/{name}/invocations": json.dumps({"bucket": "uploads", "key": "a.txt"})}
    seen = 0
    # DELETE last, as the others ask for the object.
    for method, path, operation in sorted(examples(stepd.get("/openapi.json").json()), key=lambda each: each[0] == "DELETE"):
        target = path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                target = target.replace("{" + parameter["name"] + "}", urllib.parse.quote(values.get(parameter["name"], "a.txt")))
        headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines", "Content-Type": "application/x-amz-json-1.0"} if path == "/" else {}
        body = None if method in ("GET", "HEAD", "DELETE") else bodies.get(path, json.dumps({"bucket": "uploads", "key": "a.txt"}))
        answer = stepd.request(method, target, body, headers)
        assert str(answer.status) in operation["responses"], (method, path, answer.status, answer.body)
        seen += answer.status < 400
    assert seen >= 9
