"""S3's and DynamoDB's integrations in real workflows: AWS's own definitions of such states, their histories, retries and catchers."""
import json

import pytest

import harness

CONFIGURATION = """
buckets: { photos: , archive: }
tables:
  thumbnails: { key: original }
  ImageProcessingDb: { key: ImageKey }
"""


@pytest.fixture
def stepd(serve):
    return serve(CONFIGURATION)


def run(stepd, states, value, name="machine"):
    """Creates a machine whose first state is the first of `states` and runs it once."""
    definition = {"StartAt": next(iter(states)), "States": states}
    stepd.client().create_state_machine(name=name, definition=json.dumps(definition), roleArn=f"arn:aws:iam::{harness.ACCOUNT}:role/r")
    return stepd.run(name, value)


def task(resource, parameters, **more):
    following = {} if "Next" in more else {"End": True}
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": parameters, **following, **more}


def details(stepd, done, kind):
    member = kind[0].lower() + kind[1:] + "EventDetails"
    return [event[member] for event in stepd.history(done["executionArn"]) if event["type"] == kind]


def test_a_thumbnail_is_recorded_as_its_lambda_recorded_it(stepd):
    put = task("dynamodb:putItem", {
        "TableName": "thumbnails",
        "Item": {"original": {"S.$": "States.Format('us-east-1|{}|{}', $.bucket, $.key)"}, "thumbnail": {"S.$": "$.small"},
                 "timestamp": {"N.$": "States.Format('{}', $.at)"}}}, ResultPath="$.writeStatus", Next="Read")
    get = task("dynamodb:getItem", {"TableName": "thumbnails", "Key": {"original": {"S": "us-east-1|photos|a.jpeg"}}})
    done = run(stepd, {"Put": put, "Read": get}, {"bucket": "photos", "key": "a.jpeg", "small": "a-small.jpeg", "at": 1795243440123})
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    assert list(output) == ["Item", "SdkHttpMetadata", "SdkResponseMetadata"]
    assert output["Item"] == {"original": {"S": "us-east-1|photos|a.jpeg"}, "thumbnail": {"S": "a-small.jpeg"},
                              "timestamp": {"N": "1795243440123"}}
    scheduled, = details(stepd, done, "TaskScheduled")[:1]
    assert (scheduled["resourceType"], scheduled["resource"], scheduled["region"]) == ("dynamodb", "putItem", "us-east-1")
    assert json.loads(scheduled["parameters"])["TableName"] == "thumbnails"
    assert [(d["resourceType"], d["resource"]) for d in details(stepd, done, "TaskSucceeded")] == [("dynamodb", "putItem"), ("dynamodb", "getItem")]


def test_a_result_is_stored_and_then_marked(stepd):
    store = task("dynamodb:putItem", {"TableName": "ImageProcessingDb", "Item": {
        "ImageKey": {"S.$": "$.s3_key"}, "thumbnails": {"M": {"100x100": {"S": "s3://t/a"}}}, "created_at": {"N": "1795243440"},
        "labels": {"L": [{"M": {"Name": {"S": "Cat"}, "Confidence": {"N": "97.5"}}}]}, "ok": {"BOOL": True}}},
        ResultPath=None, Next="Mark")
    mark = task("aws-sdk:dynamodb:updateItem", {
        "TableName": "ImageProcessingDb", "Key": {"ImageKey": {"S.$": "$.s3_key"}},
        "UpdateExpression": "SET overall_processing_status = :done, #l[0].Seen = :yes ADD tries :one",
        "ExpressionAttributeNames": {"#l": "labels"},
        "ExpressionAttributeValues": {":done": {"S": "COMPLETED"}, ":yes": {"BOOL": True}, ":one": {"N": "1"}}, "ReturnValues": "ALL_NEW"})
    done = run(stepd, {"Store": store, "Mark": mark}, {"s3_key": "uploads/a.jpg"})
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    assert list(output) == ["Attributes"]
    item = output["Attributes"]
    assert item["overall_processing_status"] == {"S": "COMPLETED"}
    assert item["labels"] == {"L": [{"M": {"Name": {"S": "Cat"}, "Confidence": {"N": "97.5"}, "Seen": {"BOOL": True}}}]}
    assert (item["tries"], item["created_at"]) == ({"N": "1"}, {"N": "1795243440"})


@pytest.mark.parametrize("resource, error", [("dynamodb:putItem", "DynamoDB.ConditionalCheckFailedException"),
                                             ("aws-sdk:dynamodb:putItem", "DynamoDb.ConditionalCheckFailedException")])
def test_a_condition_that_fails_is_retried_and_caught_by_awss_name(stepd, resource, error):
    claim = {"TableName": "ImageProcessingDb", "Item": {"ImageKey": {"S": "k"}},
             "ConditionExpression": "attribute_not_exists(ImageKey)"}
    again = task(resource, claim, Retry=[{"ErrorEquals": [error], "IntervalSeconds": 1, "MaxAttempts": 1}],
                 Catch=[{"ErrorEquals": [error], "ResultPath": "$.error", "Next": "Taken"}])
    done = run(stepd, {"First": task(resource, claim, ResultPath=None, Next="Second"), "Second": again, "Taken": {"Type": "Pass", "End": True}}, {})
    assert done["status"] == "SUCCEEDED", done
    caught = json.loads(done["output"])["error"]
    assert caught["Error"] == error
    assert caught["Cause"].startswith("The conditional request failed (Service: ")
    failed = details(stepd, done, "TaskFailed")
    assert [f["error"] for f in failed] == [error, error]
    assert (failed[0]["resourceType"], failed[0]["resource"]) == tuple(resource.rsplit(":", 1))


def test_an_object_is_written_copied_listed_and_deleted(stepd):
    put = task("aws-sdk:s3:putObject", {"Bucket": "photos", "Key.$": "$.key", "Body": {"width": 7}, "ContentType": "application/json"},
               ResultPath=None, Next="Copy")
    copy = task("aws-sdk:s3:copyObject", {"Bucket": "archive", "Key": "kept/it's a key.json",
                                          "CopySource": "photos/it's%20a%20key.json"}, ResultPath=None, Next="List")
    listing = task("aws-sdk:s3:listObjectsV2", {"Bucket": "archive", "Prefix": "kept/"}, ResultPath="$.listed", Next="Get")
    get = task("aws-sdk:s3:getObject", {"Bucket": "archive", "Key.$": "$.listed.Contents[0].Key"}, ResultPath="$.got", Next="Delete")
    delete = task("aws-sdk:s3:deleteObject", {"Bucket": "photos", "Key.$": "$.key"}, ResultPath="$.deleted")
    done = run(stepd, {"Put": put, "Copy": copy, "List": listing, "Get": get, "Delete": delete}, {"key": "it's a key.json"})
    assert done["status"] == "SUCCEEDED", done
    output = json.loads(done["output"])
    assert json.loads(output["got"]["Body"]) == {"width": 7}
    assert (output["got"]["ContentType"], output["deleted"]) == ("application/json", {})
    assert stepd.get_object("photos", "it's a key.json").status == 404
    assert stepd.get_object("archive", "kept/it's a key.json").body == b'{"width":7}'


def test_a_missing_object_is_caught_by_awss_name(stepd):
    get = task("aws-sdk:s3:getObject", {"Bucket": "photos", "Key": "none"},
               Catch=[{"ErrorEquals": ["S3.NoSuchKeyException"], "Next": "None"}])
    done = run(stepd, {"Get": get, "None": {"Type": "Pass", "End": True}}, {})
    error = json.loads(done["output"])
    assert error["Error"] == "S3.NoSuchKeyException"
    assert error["Cause"].startswith("The specified key does not exist. (Service: S3, Status Code: 404, Request ID: ")


def test_wrong_parameters_fail_the_execution_and_are_named(stepd):
    done = run(stepd, {"Put": task("dynamodb:putItem", {"Tablename": "thumbnails"})}, {})
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert "/TableName: missing" in done["cause"] and "/Tablename: unknown, did you mean TableName?" in done["cause"]


def test_a_counter_survives_the_plug_being_pulled(stepd):
    count = task("dynamodb:updateItem", {
        "TableName": "thumbnails", "Key": {"original": {"S.$": "$.name"}}, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}}}, ResultPath=None)
    each = {"Type": "Map", "ItemsPath": "$.rounds", "MaxConcurrency": 4, "End": True, "ResultPath": None,
            "Parameters": {"name": "counter"}, "Iterator": {"StartAt": "Count", "States": {"Count": count}}}
    client = stepd.client()
    machine = client.create_state_machine(name="counting", definition=json.dumps({"StartAt": "Each", "States": {"Each": each}}),
                                          roleArn=f"arn:aws:iam::{harness.ACCOUNT}:role/r")["stateMachineArn"]
    rounds = 600
    arn = client.start_execution(stateMachineArn=machine, input=json.dumps({"rounds": list(range(rounds))}))["executionArn"]
    for done in (100, 300):
        harness.wait_until(lambda: sum(e["type"] == "TaskSucceeded" for e in stepd.history(arn)) >= done, f"{done} additions")
        stepd.kill()
        stepd.start()
    assert stepd.finished(arn)["status"] == "SUCCEEDED"
    read = task("dynamodb:getItem", {"TableName": "thumbnails", "Key": {"original": {"S": "counter"}}})
    assert json.loads(run(stepd, {"Read": read}, {}, "reading")["output"])["Item"]["n"] == {"N": str(rounds)}
