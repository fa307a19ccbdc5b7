"""DynamoDB's protocol over the tables: boto3's client and resource, the AWS CLI and the document client for JavaScript."""
import binascii
import json
import time
from decimal import Decimal

import boto3
import botocore.exceptions
import pytest
from boto3.dynamodb.conditions import Attr, Key

import harness
import wires

TABLES = """
tables:
  images: { key: ImageKey }
  orders:
    key: id
    key_type: S
    sort: at
    sort_type: N
    indexes:
      byUser: { key: user, key_type: S, sort: at, sort_type: N, projection: [total] }
    ttl: expires
"""


@pytest.fixture
def stepd(serve):
    return serve(TABLES)


def tables(stepd):
    return boto3.resource("dynamodb", endpoint_url=stepd.url, region_name=harness.REGION, aws_access_key_id="test",
                          aws_secret_access_key="test")


def fill(table, count=5):
    with table.batch_writer() as batch:
        for i in range(count):
            batch.put_item(Item={"id": "a", "at": i, "user": f"u{i % 2}", "total": Decimal(10 * i), "note": f"n{i}"})


def test_every_type_comes_back_as_it_went(stepd):
    table = tables(stepd).Table("orders")
    item = {"id": "k", "at": Decimal("-1.5"), "n": Decimal("12345678901234567890123456789012345678"), "b": b"\x00\xff", "t": True, "z": None,
            "l": [1, "x", [{"y": Decimal("1E-100")}]], "m": {"deep": {"er": []}}, "ss": {"a", "b"}, "ns": {Decimal(1), Decimal("2.5")},
            "bs": {b"\x00", b"\x01"}}
    table.put_item(Item=item)
    found = table.get_item(Key={"id": "k", "at": Decimal("-1.50")})["Item"]
    assert found.pop("b").value == b"\x00\xff"
    assert {each.value for each in found.pop("bs")} == {b"\x00", b"\x01"}
    assert found == {name: value for name, value in item.items() if name not in ("b", "bs")}


def test_conditions_updates_and_returned_values(stepd):
    table = tables(stepd).Table("orders")
    table.put_item(Item={"id": "k", "at": 1, "n": 1}, ConditionExpression=Attr("id").not_exists())
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        table.put_item(Item={"id": "k", "at": 1}, ConditionExpression=Attr("id").not_exists(), ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert raised.value.response["Error"] == {"Code": "ConditionalCheckFailedException", "Message": "The conditional request failed"}
    assert raised.value.response["Item"] == {"id": {"S": "k"}, "at": {"N": "1"}, "n": {"N": "1"}}
    answer = table.update_item(Key={"id": "k", "at": 1}, UpdateExpression="SET #n = #n + :one, tags = list_append(if_not_exists(tags, :none), :tag)",
                               ExpressionAttributeNames={"#n": "n"},
                               ExpressionAttributeValues={":one": Decimal("0.1"), ":none": [], ":tag": ["x"]}, ReturnValues="ALL_NEW")
    assert answer["Attributes"] == {"id": "k", "at": 1, "n": Decimal("1.1"), "tags": ["x"]}
    assert table.delete_item(Key={"id": "k", "at": 1}, ReturnValues="ALL_OLD")["Attributes"]["n"] == Decimal("1.1")
    assert "Item" not in table.get_item(Key={"id": "k", "at": 1})


def test_query_scan_and_pages(stepd):
    table = tables(stepd).Table("orders")
    fill(table)
    found = table.query(KeyConditionExpression=Key("id").eq("a") & Key("at").between(1, 3), ScanIndexForward=False)
    assert [item["at"] for item in found["Items"]] == [3, 2, 1]
    by_user = table.query(IndexName="byUser", KeyConditionExpression=Key("user").eq("u1"), FilterExpression=Attr("total").gt(10))
    assert by_user["Items"] == [{"id": "a", "at": 3, "user": "u1", "total": 30}]
    client = wires.client(stepd, "dynamodb")
    pages = list(client.get_paginator("scan").paginate(TableName="orders", PaginationConfig={"PageSize": 2}))
    assert [item["at"]["N"] for page in pages for item in page["Items"]] == ["0", "1", "2", "3", "4"]
    assert len(pages) == 3
    parts = [table.scan(Segment=n, TotalSegments=3)["Items"] for n in range(3)]
    assert sum(len(part) for part in parts) == 5


def test_transactions(stepd):
    client = wires.client(stepd, "dynamodb")
    put = {"Put": {"TableName": "images", "Item": {"ImageKey": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(ImageKey)"}}
    update = {"Update": {"TableName": "orders", "Key": {"id": {"S": "k"}, "at": {"N": "1"}}, "UpdateExpression": "ADD n :one",
                         "ExpressionAttributeValues": {":one": {"N": "1"}}}}
    client.transact_write_items(TransactItems=[put, update])
    with pytest.raises(client.exceptions.TransactionCanceledException) as raised:
        client.transact_write_items(TransactItems=[update, put])
    assert raised.value.response["CancellationReasons"] == [
        {"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}]
    got = client.transact_get_items(TransactItems=[{"Get": {"TableName": "orders", "Key": {"id": {"S": "k"}, "at": {"N": "1"}}}},
                                                   {"Get": {"TableName": "images", "Key": {"ImageKey": {"S": "none"}}}}])
    assert got["Responses"] == [{"Item": {"id": {"S": "k"}, "at": {"N": "1"}, "n": {"N": "1"}}}, {}]


def test_tables_are_made_and_outlive_a_restart(serve):
    stepd = serve(TABLES)
    made = tables(stepd).create_table(
        TableName="made", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}, {"AttributeName": "g", "AttributeType": "N"}],
        GlobalSecondaryIndexes=[{"IndexName": "byG", "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "KEYS_ONLY"}}])
    made.wait_until_exists()
    made.put_item(Item={"k": "a", "g": 7, "x": 1})
    assert sorted(table.name for table in tables(stepd).tables.all()) == ["images", "made", "orders"]
    stepd.stop()
    stepd.start()
    again = tables(stepd).Table("made")
    assert again.query(IndexName="byG", KeyConditionExpression=Key("g").eq(7))["Items"] == [{"k": "a", "g": 7}]
    assert (again.table_status, again.item_count) == ("ACTIVE", 1)
    again.delete()
    again.wait_until_not_exists()
    with wires.refused("ResourceNotFoundException"):
        wires.client(stepd, "dynamodb").describe_table(TableName="made")


def test_batches_and_single_calls_of_the_client(stepd):
    client = wires.client(stepd, "dynamodb")
    client.batch_write_item(RequestItems={"images": [{"PutRequest": {"Item": {"ImageKey": {"S": key}}}} for key in "ab"]})
    answer = client.batch_get_item(RequestItems={"images": {"Keys": [{"ImageKey": {"S": "a"}}, {"ImageKey": {"S": "z"}}]}})
    assert (answer["Responses"], answer["UnprocessedKeys"]) == ({"images": [{"ImageKey": {"S": "a"}}]}, {})
    client.put_item(TableName="images", Item={"ImageKey": {"S": "c"}, "n": {"N": "1"}})
    client.update_item(TableName="images", Key={"ImageKey": {"S": "c"}}, UpdateExpression="ADD n :n", ExpressionAttributeValues={":n": {"N": "1"}})
    assert client.get_item(TableName="images", Key={"ImageKey": {"S": "c"}}, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"] == {
        "TableName": "images", "CapacityUnits": 0.5}
    found = client.query(TableName="images", KeyConditionExpression="ImageKey = :k", ExpressionAttributeValues={":k": {"S": "c"}})
    assert found["Items"] == [{"ImageKey": {"S": "c"}, "n": {"N": "2"}}]
    client.delete_item(TableName="images", Key={"ImageKey": {"S": "c"}})
    assert client.scan(TableName="images")["Count"] == 2
    assert client.describe_limits()["TableMaxReadCapacityUnits"] == 40_000
    assert client.list_tables()["TableNames"] == ["images", "orders"]
    client.create_table(TableName="made", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
    client.update_time_to_live(TableName="made", TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    assert client.describe_table(TableName="made")["Table"]["TableStatus"] == "ACTIVE"
    client.put_item(TableName="made", Item={"k": {"S": "a"}, "s": {"N": "1"}})
    client.update_table(TableName="made", AttributeDefinitions=[{"AttributeName": "s", "AttributeType": "N"}], GlobalSecondaryIndexUpdates=[
        {"Create": {"IndexName": "byS", "KeySchema": [{"AttributeName": "s", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}}])
    found = client.query(TableName="made", IndexName="byS", KeyConditionExpression="s = :s", ExpressionAttributeValues={":s": {"N": "1"}})
    assert found["Items"] == [{"k": {"S": "a"}, "s": {"N": "1"}}]
    client.delete_table(TableName="made")
    assert client.describe_endpoints()["Endpoints"][0]["Address"] == "dynamodb.us-east-1.amazonaws.com"
    with wires.refused("ResourceInUseException"):
        client.delete_table(TableName="images")


def test_items_expire(stepd):
    client = wires.client(stepd, "dynamodb")
    assert client.describe_time_to_live(TableName="orders")["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    table = tables(stepd).Table("orders")
    table.put_item(Item={"id": "old", "at": 1, "expires": int(time.time()) - 10})
    table.put_item(Item={"id": "new", "at": 1, "expires": int(time.time()) + 3600})
    harness.wait_until(lambda: [item["id"] for item in table.scan()["Items"]] == ["new"], "the removal of what has expired")


def test_answers_have_the_form_of_the_wire(stepd):
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.GetItem"}
    answer = stepd.post("/", '{"TableName": "none", "Key": {"k": {"S": "a"}}}', headers=headers)
    assert answer.status == 400
    assert json.loads(answer.body) == {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
                                       "message": "Requested resource not found"}
    assert answer.headers["x-amz-crc32"] == str(binascii.crc32(answer.body))
    assert json.loads(stepd.post("/", "{", headers=headers).body) == {"__type": "com.amazon.coral.service#SerializationException"}


def test_the_cli(stepd):
    stepd.aws("dynamodb", "put-item", "--table-name", "images", "--item", '{"ImageKey": {"S": "a"}, "n": {"N": "1"}}')
    assert stepd.aws("dynamodb", "get-item", "--table-name", "images", "--key", '{"ImageKey": {"S": "a"}}')["Item"]["n"] == {"N": "1"}
    assert stepd.aws("dynamodb", "scan", "--table-name", "images", "--select", "COUNT")["Count"] == 1
    assert stepd.aws("dynamodb", "list-tables") == {"TableNames": ["images", "orders"]}


def test_the_document_client(stepd):
    found = wires.javascript(stepd, "client-dynamodb", "DynamoDBClient", """
        const lib = await import('@aws-sdk/lib-dynamodb');
        const documents = lib.DynamoDBDocumentClient.from(client);
        await documents.send(new lib.PutCommand({ TableName: 'orders', Item: { id: 'js', at: 1, tags: new Set(['a']), nested: { elements: [1, null, true] } } }));
        await documents.send(new lib.UpdateCommand({ TableName: 'orders', Key: { id: 'js', at: 1 }, UpdateExpression: 'SET nested.elements[0] = :two',
                                                     ExpressionAttributeValues: { ':two': 2 } }));
        const page = await documents.send(new lib.QueryCommand({ TableName: 'orders', KeyConditionExpression: 'id = :id',
                                                                 ExpressionAttributeValues: { ':id': 'js' } }));
        let code;
        try {
          await documents.send(new lib.PutCommand({ TableName: 'orders', Item: { id: 'js', at: 1 }, ConditionExpression: 'attribute_not_exists(id)' }));
        } catch (error) { code = error.name; }
        return { nested: page.Items[0].nested, code };""")
    assert found == {"nested": {"elements": [2, None, True]}, "code": "ConditionalCheckFailedException"}


def test_states_and_clients_see_one_item(stepd):
    table = tables(stepd).Table("orders")
    table.put_item(Item={"id": "k", "at": 1, "n": Decimal("12345678901234567890123456789012345678")})
    definition = {"StartAt": "Add", "States": {"Add": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem", "End": True, "Parameters": {
        "TableName": "orders", "Key": {"id": {"S": "k"}, "at": {"N": "1"}}, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": "UPDATED_NEW"}, "ResultSelector": {"n.$": "$.Attributes.n.N"}}}}
    stepd.client().create_state_machine(name="add", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/r")
    assert json.loads(stepd.run("add", {})["output"]) == {"n": "12345678901234567890123456789012345679"}
    assert table.get_item(Key={"id": "k", "at": 1})["Item"]["n"] == Decimal("12345678901234567890123456789012345679")
