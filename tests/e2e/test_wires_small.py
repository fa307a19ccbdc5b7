"""STS, SSM, Secrets Manager and Rekognition as code of one's own calls them, and the services that are not served."""
import json

import botocore.exceptions
import pytest

import harness
import wires

SECRET = "s3cret-word-that-nobody-logs"


@pytest.fixture
def stepd(serve, tmp_path):
    (tmp_path / "token").write_text(SECRET + "\n")
    (tmp_path / "key.bin").write_bytes(b"\xff\x00\x01")
    return serve(json.dumps({
        "buckets": {"photos": {}},
        "labels": {"function": "tellLabels"},
        "functions": {"tellLabels": {"handler": "key.parts", "arguments": {"key": "x.png"},
                                     "result": {"Labels": [{"Name": "Cat", "Confidence": 90}, {"Name": "Sofa", "Confidence": 50}]}}},
        "parameters": {"/app/size": {"value": 128}, "/app/list": {"value": ["a", "b"], "type": "StringList"},
                       "/app/token": {"file": str(tmp_path / "token"), "type": "SecureString"}},
        "secrets": {"db": {"file": str(tmp_path / "token")}, "key": {"file": str(tmp_path / "key.bin")}},
    }))


def test_boto3_knows_the_account(stepd):
    identity = wires.client(stepd, "sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (harness.ACCOUNT, f"arn:aws:iam::{harness.ACCOUNT}:user/stepd")


def test_boto3_reads_parameters(stepd):
    ssm = wires.client(stepd, "ssm")
    assert ssm.get_parameter(Name="/app/size")["Parameter"]["Value"] == "128"
    assert ssm.get_parameter(Name="/app/token", WithDecryption=True)["Parameter"]["Value"] == SECRET
    assert SECRET not in str(ssm.get_parameter(Name="/app/token"))
    several = ssm.get_parameters(Names=["/app/list", "/none"])
    assert (several["Parameters"][0]["Value"], several["InvalidParameters"]) == ("a,b", ["/none"])
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path="/app", PaginationConfig={"PageSize": 2})
    assert [p["Name"] for page in pages for p in page["Parameters"]] == ["/app/list", "/app/size", "/app/token"]
    with wires.refused("ParameterNotFound"):
        ssm.get_parameter(Name="/none")


def test_boto3_reads_secrets_anew_each_time(stepd, tmp_path):
    secrets = wires.client(stepd, "secretsmanager")
    found = secrets.get_secret_value(SecretId="db")
    assert (found["SecretString"], found["VersionStages"]) == (SECRET, ["AWSCURRENT"])
    assert secrets.get_secret_value(SecretId=found["ARN"])["Name"] == "db"
    assert secrets.get_secret_value(SecretId="key")["SecretBinary"] == b"\xff\x00\x01"
    (tmp_path / "token").write_text("another")
    assert secrets.get_secret_value(SecretId="db")["SecretString"] == "another"
    with wires.refused("ResourceNotFoundException"):
        secrets.get_secret_value(SecretId="none")
    (tmp_path / "token").unlink()
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        secrets.get_secret_value(SecretId="db")
    assert wires.error_of(raised)["Code"] == "InternalServiceError"


def test_no_secret_is_logged_or_shown(stepd):
    wires.client(stepd, "secretsmanager").get_secret_value(SecretId="db")
    for path in ("/console/api/inventory", "/console/api/state", "/openapi.json", "/health", "/"):
        assert SECRET not in stepd.get(path).body.decode(errors="replace"), path
    assert SECRET not in stepd.printed()


def test_boto3_detects_labels_of_bytes_and_of_an_object(stepd):
    rekognition = wires.client(stepd, "rekognition")
    stepd.put_object("photos", "a.png", b"any", "image/png")
    for image in ({"Bytes": b"any picture"}, {"S3Object": {"Bucket": "photos", "Name": "a.png"}}):
        labels = rekognition.detect_labels(Image=image)["Labels"]
        assert [(label["Name"], label["Confidence"], label["Parents"]) for label in labels] == [("Cat", 90.0, [])]
    assert len(rekognition.detect_labels(Image={"Bytes": b"x"}, MinConfidence=0)["Labels"]) == 2
    with wires.refused("ImageTooLargeException"):
        rekognition.detect_labels(Image={"Bytes": b"x" * 5_242_881})


def test_without_labels_it_says_what_to_configure(serve):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        wires.client(serve("{}"), "rekognition").detect_labels(Image={"Bytes": b"x"})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "labels:" in wires.error_of(raised)["Message"]


def test_the_aws_cli_reads_them_all(stepd):
    assert stepd.aws("sts", "get-caller-identity")["Account"] == harness.ACCOUNT
    assert stepd.aws("ssm", "get-parameter", "--name", "/app/size")["Parameter"]["Value"] == "128"
    assert stepd.aws("secretsmanager", "get-secret-value", "--secret-id", "db")["SecretString"] == SECRET
    stepd.put_object("photos", "a.png", b"any", "image/png")
    labels = stepd.aws("rekognition", "detect-labels", "--image", '{"S3Object":{"Bucket":"photos","Name":"a.png"}}')["Labels"]
    assert labels[0]["Name"] == "Cat"


@pytest.mark.parametrize("package, name, script, expected", [
    ("client-sts", "STSClient", "return (await client.send(new aws.GetCallerIdentityCommand({}))).Account;", harness.ACCOUNT),
    ("client-ssm", "SSMClient", "return (await client.send(new aws.GetParameterCommand({ Name: '/app/size' }))).Parameter.Value;", "128"),
    ("client-ssm", "SSMClient", "return await client.send(new aws.GetParameterCommand({ Name: '/none' })).catch((e) => e.name);",
     "ParameterNotFound"),
    ("client-secrets-manager", "SecretsManagerClient",
     "return (await client.send(new aws.GetSecretValueCommand({ SecretId: 'db' }))).SecretString;", SECRET),
    ("client-rekognition", "RekognitionClient",
     "return (await client.send(new aws.DetectLabelsCommand({ Image: { Bytes: Buffer.from('x') } }))).Labels[0].Name;", "Cat"),
])
def test_the_javascript_clients_read_them(stepd, package, name, script, expected):
    assert wires.javascript(stepd, package, name, script) == expected


@pytest.mark.parametrize("service, call, arguments, says", [
    ("sqs", "list_queues", {}, "AWS_ENDPOINT_URL_SQS"),
    ("events", "list_rules", {}, "rules:"),
    ("cloudwatch", "list_metrics", {}, "AWS_ENDPOINT_URL_CLOUDWATCH"),
    ("kms", "list_keys", {}, "the service kms"),
    ("iam", "list_users", {}, "the service iam"),
    ("apigateway", "get_rest_apis", {}, "the service apigateway"),
    ("route53", "list_hosted_zones", {}, "the service route53"),
])
def test_a_service_that_is_not_served_says_so_once_and_in_its_own_form(stepd, service, call, arguments, says):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        getattr(wires.client(stepd, service), call)(**arguments)
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert response["ResponseMetadata"]["RetryAttempts"] == 0
    assert says in response["Error"]["Message"], response
