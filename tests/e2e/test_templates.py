"""Templates through the real binary: `stepd up` serves them, `stepd convert` prints what they stand for."""
import json
import zipfile

import pytest

import harness
from serving import Up

DEFINITION = """{"StartAt": "Say", "States": {"Say": {"Type": "Pass", "Result": {"from": "${Stage}"}, "ResultPath": "$.said", "End": true}}}"""
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, AllowedValues: [dev, prod] }
  Key: { Type: String, NoEcho: true, Default: hunter-two }
Resources:
  Inbox:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "${AWS::StackName}-inbox"
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } }
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: flow
      DefinitionUri: flow.asl.json
      DefinitionSubstitutions: { Stage: !Sub "${Stage}-${Key}" }
      Events:
        Upload: { Type: EventBridgeRule, Properties: { InputPath: $.detail.object, Pattern: { source: [aws.s3], detail: { bucket: { name: [!Ref Inbox] } } } } }
        Start: { Type: Api, Properties: { Path: /start, Method: post } }
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  Written:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: written
      StateMachineType: EXPRESS
      DefinitionString: !Sub |
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": "${Inbox.Arn}", "End": true}}}
Outputs:
  Address: { Value: !Sub "https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/start" }
"""


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "flow.asl.json").write_text(DEFINITION)
    return folder


def test_a_template_is_served_as_it_is(project, tmp_path):
    arguments = ("--parameter", "Stage=dev")
    with Up(project / "template.yaml", tmp_path / "data", tmp_path / "log", arguments=arguments) as stepd:
        answer = stepd.post("/Prod/start", b'{"a": 1}', headers={"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        ended = stepd.finished(answer.json()["executionArn"])
        assert json.loads(ended["output"]) == {"a": 1, "said": {"from": "dev-hunter-two"}}
        (stepd.bucket("photos-inbox") / "a b.jpg").write_bytes(b"x")
        harness.wait_until(lambda: len(stepd.executions("flow")) == 2, "the execution that the object starts")
        said = stepd.printed()
    assert "route    POST http://127.0.0.1" in said and "/Prod/start -> flow" in said
    assert "output   Address = http://127.0.0.1" in said
    assert "not served: Flow.Events.Nightly: schedules" in said
    assert "hunter-two" not in said


# ---- what functions need ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """A template whose function needs the package `greeting` from a folder of wheels, which stands for PyPI."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "greeting-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("greeting.py", "WORD = 'hello'\n")
        wheel.writestr("greeting-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
        wheel.writestr("greeting-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("greeting-1.0.dist-info/RECORD", "greeting.py,,\ngreeting-1.0.dist-info/METADATA,,\n"
                       "greeting-1.0.dist-info/WHEEL,,\ngreeting-1.0.dist-info/RECORD,,\n")
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (folder / "template.yaml").write_text("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Greet:
    Type: AWS::Serverless::Function
    Properties: { FunctionName: greet, CodeUri: src/, Handler: app.handler, Runtime: python3.12, Timeout: 60 }
""")
    (folder / "src" / "app.py").write_text("def handler(event, context):\n    import greeting\n    return greeting.WORD\n")
    (folder / "src" / "requirements.txt").write_text("greeting==1.0\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return folder


def called(stepd):
    return json.loads(stepd.post("/2015-03-31/functions/greet/invocations", b"{}").body)


def test_up_brings_what_functions_need_once(packed, tmp_path):
    with Up(packed / "template.yaml", tmp_path / "data", tmp_path / "log") as stepd:
        assert called(stepd) == "hello"
        assert stepd.printed().count("pip install") == 1
        stepd.stop()
        stepd.start()
        assert called(stepd) == "hello"
        assert stepd.printed().count("pip install") == 1
        (packed / "src" / "requirements.txt").write_text("greeting\n")
        stepd.stop()
        stepd.start()
        assert stepd.printed().count("pip install") == 2


def test_up_without_network_says_what_to_do(packed, tmp_path, monkeypatch):
    monkeypatch.delenv("PIP_FIND_LINKS")
    done = harness.run_stepd("up", packed / "template.yaml", "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "stepd: greet: " in done.stderr and "--no-install" in done.stderr and "nothing was started" in done.stderr
    with Up(packed / "template.yaml", tmp_path / "data", tmp_path / "log", arguments=("--no-install",)) as stepd:
        assert called(stepd)["errorType"] == "ModuleNotFoundError"


def test_what_convert_writes_is_a_valid_configuration_without_secrets(project, tmp_path):
    (project / "samconfig.toml").write_text('[default.deploy.parameters]\nparameter_overrides = "Stage=prod"\n')
    output = tmp_path / "kept" / "stepd.yaml"
    done = harness.run_stepd("convert", project, "-o", output)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    text = output.read_text()
    assert "definition: ../photos/flow.asl.json" in text
    assert "prod-********" in text and "hunter-two" not in text
    assert "#   Flow.Events.Nightly: schedules" in text
    checked = harness.run_stepd("validate", output)
    assert checked.returncode == 0, checked.stdout
    assert harness.run_stepd("convert", project / "template.yaml", cwd=project).stdout.startswith("# Converted from template.yaml")


def test_a_template_that_is_wrong_starts_nothing(project, tmp_path):
    (project / "template.yaml").write_text(TEMPLATE.replace("!Ref Inbox", "!Ref Inbax"))
    done = harness.run_stepd("up", project / "template.yaml", "--data", tmp_path / "data", "--listen", "127.0.0.1:0")
    assert done.returncode == 2
    assert "template.yaml:4:3: these parameters need a value, --parameter NAME=VALUE: Stage" in done.stderr
    assert "there is no parameter or resource 'Inbax', did you mean 'Inbox'?" in done.stderr
    assert "nothing was started" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_definition_that_is_wrong_starts_nothing(project, tmp_path):
    (project / "flow.asl.json").write_text(DEFINITION.replace('"StartAt": "Say"', '"StartAt": "Sai"'))
    done = harness.run_stepd("up", project / "template.yaml", "--parameter", "Stage=dev", "--data", tmp_path / "data")
    assert done.returncode == 2
    assert "flow.asl.json:1:" in done.stderr


def test_the_output_of_cdk_is_found_by_its_manifest(tmp_path):
    out = tmp_path / "cdk.out"
    out.mkdir()
    stack = {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {
        "StateMachineName": "m", "DefinitionS3Location": {"Bucket": "b", "Key": "abc.json"}, "DefinitionSubstitutions": {"Stage": "cdk"}}}},
        "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk/version"}}}
    assets = {"files": {"abc": {"source": {"path": "asset.abc.json"}, "destinations": {"here": {"objectKey": "abc.json"}}}}}
    (out / "App.template.json").write_text(json.dumps(stack))
    (out / "App.assets.json").write_text(json.dumps(assets))
    (out / "asset.abc.json").write_text(DEFINITION)
    (out / "manifest.json").write_text(json.dumps({"artifacts": {
        "App.assets": {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}},
        "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}))
    for given in (tmp_path, out, out / "App.template.json"):
        done = harness.run_stepd("convert", given, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "definition: cdk.out/asset.abc.json" in done.stdout and "substitutions: { Stage: cdk }" in done.stdout
