#!/usr/bin/env python3
"""Writes aws-operations.md from aws-operations.yaml: each operation with its members, and its examples for the AWS CLI, boto3 and JavaScript.

The names of members come from AWS's service model as boto3 brings it, so that none can be forgotten. Run it as `./dev docs`;
tests/tidy fails while the page is not what this would write, and tests/e2e runs the page's code.
"""
import dataclasses
import json
import pathlib
import re
import shlex

import botocore.session
import yaml
from botocore import xform_name

DOCS = pathlib.Path(__file__).resolve().parent
PAGE = DOCS / "aws-operations.md"
STORY = DOCS / "aws-operations.yaml"

HEAD = """# The AWS operations

<!-- Written by aws_operations.py from aws-operations.yaml: change those, then ./dev docs. -->

stepd answers the AWS Step Functions API (protocol `AWS JSON 1.0`, `POST /`), so AWS's own clients work once they are told where it is. Any
credentials will do. Two operations, StartSyncExecution and TestState, are sent to a host of their own by AWS's clients, `sync-` before
the name: that is switched off below, as `sync-127.0.0.1` is no address.

[docs/aws-api.md](aws-api.md) tells what stepd does behind them. The examples on this page are one story, and stepd's tests run them as they
stand here, with each of the three clients. In the lists of members a `*` marks what must be there.

```sh
export AWS_ENDPOINT_URL_SFN=http://127.0.0.1:8083 AWS_DISABLE_HOST_PREFIX_INJECTION=true
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
```

```python
import json

import boto3
from botocore.config import Config

sfn = boto3.client("stepfunctions", endpoint_url="http://127.0.0.1:8083", region_name="us-east-1", aws_access_key_id="any",
                   aws_secret_access_key="any", config=Config(inject_host_prefix=False))
```

```js
import * as aws from "@aws-sdk/client-sfn";

const sfn = new aws.SFNClient({
  endpoint: "http://127.0.0.1:8083", region: "us-east-1", disableHostPrefix: true,
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
});
```
"""


@dataclasses.dataclass
class Text:
    """A JSON text."""
    value: object


@dataclasses.dataclass
class Kept:
    """What an earlier example kept."""
    name: str


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!json", lambda loader, node: Text(loader.construct_mapping(node, deep=True)))
Loader.add_constructor("!kept", lambda loader, node: Kept(node.value))


def story():
    return yaml.load(STORY.read_text(), Loader)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def kept_member(example):
    """The variable's name and the answer's member that it is, or none."""
    keeps = example.get("keeps")
    if not keeps:
        return None
    return next(iter(keeps.items())) if isinstance(keeps, dict) else (keeps, keeps)


# ---- one call, as each client writes it ------------------------------------------------------------------------------

WIDTH = 100


def laid_out(value, scalar, key, indent=0):
    """A structure on one line if it fits there, else each of its members on its own."""
    def flat(each):
        if isinstance(each, dict):
            return "{ " + ", ".join(f"{key(name)}: {flat(member)}" for name, member in each.items()) + " }" if each else "{}"
        return "[" + ", ".join(map(flat, each)) + "]" if isinstance(each, list) else scalar(each)

    line = flat(value)
    if len(line) + indent <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner, outer = " " * (indent + 2), " " * indent
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + laid_out(each, scalar, key, indent + 2) for each in value) + f"\n{outer}]"
    lines = [f"{inner}{key(name)}: {laid_out(member, scalar, key, indent + 2)}" for name, member in value.items()]
    return "{\n" + ",\n".join(lines) + f"\n{outer}}}"


def json_text(value, indent=0):
    return laid_out(value, lambda each: json.dumps(compact(each.value) if isinstance(each, Text) else each, ensure_ascii=False), json.dumps,
                    indent)


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def shell_word(value):
    if isinstance(value, Kept):
        return f'"${value.name}"'
    if isinstance(value, Text):
        return quoted(json_text(value.value, 2))
    return shlex.quote(value) if isinstance(value, str) else quoted(compact(value)) if isinstance(value, (dict, list)) else compact(value)


# A member whose name is an option of every command has another one there.
SHELL_NAMES = {"output": "task-output"}


def shell(operation, example):
    words = [f"--{SHELL_NAMES.get(name) or xform_name(name, '-')} {shell_word(value)}" for name, value in example["arguments"].items()]
    kept = kept_member(example)
    if kept:
        words.append(f"--query {kept[1]} --output text")
    lines = [f"aws stepfunctions {xform_name(operation, '-')}"]
    for word in words:
        if len(lines[-1]) + len(word) < WIDTH:
            lines[-1] += " " + word
        else:
            lines.append("  " + word)
    text = " \\\n".join(lines)
    return f"{kept[0]}=$({text})" if kept else text


def python_value(value):
    if isinstance(value, Kept):
        return xform_name(value.name)
    if isinstance(value, Text):
        return f"json.dumps({python_value(value.value)})"
    constants = {True: "True", False: "False", None: "None"}
    return laid_out(value, lambda each: constants[each] if each is None or isinstance(each, bool) else json.dumps(each, ensure_ascii=False),
                    json.dumps, 4)


def python(operation, example):
    arguments = [f"{name}={python_value(value)}" for name, value in example["arguments"].items()]
    kept = kept_member(example)
    call = (f"{xform_name(kept[0])} = " if kept else "") + f"sfn.{xform_name(operation)}("
    joined = ", ".join(arguments)
    if len(call) + len(joined) > WIDTH:
        joined = "\n    " + ",\n    ".join(arguments) + ",\n"
    return f"{call}{joined})" + (f'["{kept[1]}"]' if kept else "")


def js_key(name):
    return name if re.fullmatch(r"[A-Za-z_]+", name) else json.dumps(name)


def js_value(value):
    if isinstance(value, Kept):
        return value.name
    if isinstance(value, Text):
        return f"JSON.stringify({js_value(value.value)})"
    return laid_out(value, lambda each: json.dumps(each, ensure_ascii=False), js_key, 2)


def javascript(operation, example):
    values = {name: js_value(value) for name, value in example["arguments"].items()}
    members = [name if name == value else f"{name}: {value}" for name, value in values.items()]
    joined = "{ " + ", ".join(members) + " }" if members else "{}"
    if len(joined) > WIDTH - 20:
        joined = "{\n  " + ",\n  ".join(members) + ",\n}"
    kept = kept_member(example)
    start = ""
    if kept:
        start = "const { " + (kept[1] if kept[0] == kept[1] else f"{kept[1]}: {kept[0]}") + " } = "
    return f"{start}await sfn.send(new aws.{operation}Command({joined}));"


# ---- the page --------------------------------------------------------------------------------------------------------

def members(shape):
    if shape is None or not shape.members:
        return "nothing"
    return ", ".join(f"`{name}`" + ("\\*" if name in shape.required_members else "") for name in shape.members)


def block(language, text):
    return [f"```{language}", text, "```", ""]


def operation_section(operation, model):
    shapes = model.operation_model(operation["name"])
    errors = ", ".join(f"`{shape.error_code}`" for shape in sorted(shapes.error_shapes, key=lambda shape: shape.error_code))
    lines = [f"### {operation['name']}", "", operation["says"]]
    if "here" in operation:
        lines += ["", f"Here: {operation['here']}"]
    lines += ["", f"- takes {members(shapes.input_shape)}", f"- answers {members(shapes.output_shape)}"]
    lines += [f"- its errors in AWS's model: {errors or 'none'}", ""]
    for example in operation["examples"]:
        name = example.get("operation", operation["name"])
        for language, render in (("sh", shell), ("python", python), ("js", javascript)):
            lines += block(language, render(name, example))
        if "refused" in example:
            lines += [f"It is refused with `{example['refused']}`.", ""]
        elif "answer" in example:
            lines += block("text", json_text(example["answer"]).replace('"..."', "..."))
    return lines


def page():
    model = botocore.session.get_session().get_service_model("stepfunctions")
    sections = story()
    lines = [HEAD]
    for section in sections:
        lines += [f"## {section['title']}", ""]
        for operation in section["operations"]:
            lines += operation_section(operation, model)
    return "\n".join(lines).rstrip() + "\n"


def examples():
    """(operation, example) in the order of the page."""
    return [(example.get("operation", operation["name"]), example)
            for section in story() for operation in section["operations"] for example in operation["examples"]]


if __name__ == "__main__":
    PAGE.write_text(page())
