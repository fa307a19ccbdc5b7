"""docs/aws-operations.md does what it says: its code runs here as it stands there, with each of AWS's three clients, against one daemon each."""
import ast
import json
import os
import re
import subprocess
import sys

import botocore.exceptions
import pytest

import harness

sys.path.insert(0, str(harness.ROOT / "docs"))
import aws_operations  # noqa: E402

EXAMPLES = aws_operations.examples()
PUBLISHED_URL = "http://127.0.0.1:8083"
# Tells the answers of a script apart.
MARK = "---- answered ----"


@pytest.fixture
def stepd(serve):
    return serve(harness.ROOT / "config" / "stepd.yaml")


def code(language, url):
    """The page's blocks: the preparation, then one for each example."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", aws_operations.PAGE.read_text(), re.M | re.S)
    assert len(blocks) == len(EXAMPLES) + 1
    return [block.replace(PUBLISHED_URL, url) for block in blocks]


def fits(told, answer):
    """Whether the answer has what the page tells of it; `...` stands for anything that is there."""
    if told == "...":
        return answer is not None
    if isinstance(told, aws_operations.Text):
        return json.loads(answer) == told.value
    if isinstance(told, dict):
        return isinstance(answer, dict) and all(name in answer and fits(value, answer[name]) for name, value in told.items())
    if isinstance(told, list):
        return isinstance(answer, list) and len(told) == len(answer) and all(map(fits, told, answer))
    return told == answer


def check(answers):
    """`answers`: of each example its answer, an error's name, or none where the client shows nothing."""
    assert len(answers) == len(EXAMPLES)
    for (operation, example), answer in zip(EXAMPLES, answers):
        if "refused" in example:
            assert answer == example["refused"], operation
        elif "answer" in example:
            assert fits(example["answer"], answer), (operation, example["answer"], answer)
        else:
            assert not isinstance(answer, str), (operation, answer)


def test_the_comparison_sees_what_differs():
    assert fits({"a": "...", "b": [{"c": 1}]}, {"a": 1, "b": [{"c": 1, "d": 2}], "e": 3})
    for answer in ({"b": [{"c": 1}]}, {"a": 1, "b": [{"c": 2}]}, {"a": 1, "b": []}, {"a": 1, "b": "c"}, "SomeException"):
        assert not fits({"a": "...", "b": [{"c": 1}]}, answer)


def test_every_operation_of_awss_model_has_an_example(stepd):
    modelled = stepd.client().meta.service_model.operation_names
    assert sorted({operation for operation, _ in EXAMPLES}) == sorted(modelled)


def test_the_examples_run_in_boto3(stepd):
    preparation, *blocks = code("python", stepd.url)
    names = {}
    exec(preparation, names)
    told = []
    names["sfn"].meta.events.register("after-call.sfn.*", lambda parsed, **_: told.append(parsed))
    answers = []
    for block in blocks:
        try:
            exec(compile(ast.parse(block), "aws-operations.md", "exec"), names)
            answers.append({name: value for name, value in told[-1].items() if name != "ResponseMetadata"})
        except botocore.exceptions.ClientError as error:
            answers.append(error.response["Error"]["Code"])
    check(answers)


def test_the_examples_run_in_javascript(stepd, tmp_path):
    preparation, *blocks = code("js", stepd.url)
    report = (f'const send = sfn.send.bind(sfn), tell = (answer) => console.log({json.dumps(MARK)} + JSON.stringify(answer));\n'
              'sfn.send = async (command) => { const answer = await send(command); delete answer.$metadata; tell(answer); return answer; };\n')
    steps = [block if "keeps" in example else "try {\n" + block + "} catch (error) { tell(error.name); }\n"
             for block, (_, example) in zip(blocks, EXAMPLES)]
    script = tmp_path / "examples.mjs"
    script.write_text(preparation + report + "".join(steps))
    (tmp_path / "node_modules").symlink_to(harness.CLIENTS / "node_modules")
    done = run([harness.CLIENTS / "bin" / "node", script], stepd)
    check([json.loads(line.removeprefix(MARK)) for line in done.splitlines()])


def test_the_examples_run_in_the_aws_cli(stepd, tmp_path):
    preparation, *blocks = code("sh", stepd.url)
    script = tmp_path / "examples.sh"
    script.write_text(preparation + "".join(block + f"echo '{MARK}'\n" for block in blocks))
    answers = []
    told = run(["bash", script], stepd, {"PATH": f"{harness.CLIENTS / 'bin'}:{os.environ['PATH']}"})
    for text in told.split(MARK + "\n")[:-1]:
        refused = re.search(r"An error occurred \((\w+)\)", text)
        answers.append(refused.group(1) if refused else json.loads(text) if text.startswith("{") else text or {})
    check(answers)


def run(command, stepd, more=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                          env={**stepd.aws_environment(), "AWS_DEFAULT_OUTPUT": "json", **(more or {})})
    assert done.returncode == 0, done.stdout
    return done.stdout
