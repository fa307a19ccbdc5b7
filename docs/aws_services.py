#!/usr/bin/env python3
"""Writes aws-services.md and differences.md from aws-services.yaml, differences-*.yaml, the registries in src/api/operations and the tests.

Which operations there are is read from the code, and which client proves one from the end-to-end tests that call it. Run it as `./dev docs`;
tests/tidy fails while the pages are not what this would write.
"""
import pathlib
import re

import yaml

import differences

DOCS = pathlib.Path(__file__).resolve().parent
ROOT = DOCS.parent
STORY = DOCS / "aws-services.yaml"
SERVICES, DIFFERENCES = DOCS / "aws-services.md", DOCS / "differences.md"

SERVICES_HEAD = """# The AWS services

<!-- Written by aws_services.py from aws-services.yaml, the registries of operations and the tests: change those, then ./dev docs. -->

stepd serves more than [Step Functions](aws-operations.md) at its one address, for the code of functions and for scripts. Give clients
`AWS_ENDPOINT_URL=http://127.0.0.1:8083` and any credentials: signatures are not verified, and whoever reaches the address may use it. A request
belongs to the service that its `X-Amz-Target` names, else the one that it is signed for, else the one of its host.

What is not served answers 501 in the service's own form, with a message that says what is served and what to configure; clients show it and do not
try again. SQS, EventBridge and CloudWatch's metrics are not served. A form without Authorization is refused with 403, because any web page can send
one. [differences.md](differences.md) lists what differs from AWS.

The last column names the clients that a test drives against the real daemon: boto3, the AWS CLI, AWS's client for JavaScript.

| service | operation | configured by | proved with |
|---|---|---|---|
"""

DIFFERENCES_HEAD = """# What differs from AWS

<!-- Written by aws_services.py from aws-services.yaml and differences-*.yaml: change those, then ./dev docs. -->

For each operation of [the services](aws-services.md) beside Step Functions, what is known to differ. [aws-api.md](aws-api.md) tells it of Step
Functions itself. Of all services: credentials, roles, policies, tags and encryption are accepted and mean nothing; there is one region and one
account, those of the configuration; charges, quotas and consistency are those of one process on one machine.
"""


def code_operations(folder):
    """Operation names as the code has them: `const Operation NAME{"Publish", ...}`."""
    names = []
    for path in sorted((ROOT / "src" / "api" / "operations" / folder).glob("*.cpp")):
        names += re.findall(r'^const Operation \w+\{(?:\.name = )?"(\w+)"', path.read_text(), re.M)
    return names


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def proofs(service, operation):
    """The clients whose call of that operation stands in one of the service's end-to-end tests."""
    text = "\n".join((ROOT / path).read_text() for path in service["tests"] if path.endswith(".py"))
    method = snake(operation)
    found = {
        "boto3": re.search(rf'\.{method}\(|get_paginator\("{method}"\)', text),
        "AWS CLI": re.search(rf'"{service["client"]}", "{method.replace("_", "-")}"', text),
        "JavaScript": re.search(rf"aws\.{operation}Command\(", text),
    }
    return [client for client, match in found.items() if match]


def load():
    services = yaml.safe_load(STORY.read_text())
    for service in services:
        listed, written = sorted(service["operations"]), sorted(code_operations(service["folder"])) if "folder" in service else None
        assert written is None or listed == written, f"{service['title']}: the code serves {written}, aws-services.yaml lists {listed}"
        for operation in listed:
            assert proofs(service, operation), f"{service['title']}: no end-to-end test calls {operation}"
    return services


def pages():
    """{path: text} of both pages."""
    rows, sections = "", ""
    for service in load():
        title = service["title"]
        sections += f"\n## {title}\n\n"
        sections += "".join(f"* {sentence.strip()}\n" for sentence in service["differs"])
        for operation, differs in service["operations"].items():
            rows += f"| {title} | `{operation}` | {service['configure']} | {', '.join(proofs(service, operation))} |\n"
            sections += f"* `{operation}`: {' '.join(s.strip() for s in differs) if differs else 'nothing known.'}\n"
        tests = ", ".join(f"`{path}`" for path in service["tests"])
        sections += f"\nTested in {tests}.\n"
    for story in differences.sections():
        sections += "\n" + differences.section(story)
    return {SERVICES: SERVICES_HEAD + rows, DIFFERENCES: DIFFERENCES_HEAD + sections}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
