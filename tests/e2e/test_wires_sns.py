"""SNS as code of one's own calls it: what is published reaches the subscribers of the configuration, functions among them."""
import base64
import json

import botocore.exceptions
import pytest

import harness
import receivers
import wires

NEWS = f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:news"
ORDERS = f"arn:aws:sns:{harness.REGION}:{harness.ACCOUNT}:orders.fifo"


@pytest.fixture
def hook():
    with receivers.Receiver() as receiver:
        yield receiver


@pytest.fixture
def stepd(serve, hook):
    return serve(json.dumps({
        "buckets": {"seen": {}},
        "functions": {"note": {"handler": "object.put", "arguments": {
            "bucket": "seen", "key.$": "States.Format('{}.json', $.Records[0].Sns.MessageId)", "json.$": "$.Records[0]"}}},
        "topics": {
            "news": {"subscribers": {"hook": {"webhook": hook.url, "first_pause": "20ms", "longest_pause": "50ms"},
                                     "code": {"function": "note"}}},
            "orders.fifo": {"content_based_deduplication": True},
        }}))


def lines(stepd, topic):
    return harness.json_lines(stepd.data / "topics" / f"{topic}.jsonl")


def told(stepd, message_id):
    """The record that the function was called with."""
    return json.loads(harness.wait_until(lambda: (found := stepd.get_object("seen", f"{message_id}.json")).status == 200 and found,
                                         "the call of the function").body)


def test_boto3_publishes_to_a_webhook_and_to_a_function(stepd, hook):
    sns = wires.client(stepd, "sns")
    sent = sns.publish(TopicArn=NEWS, Message="hello €", Subject="Hi", MessageAttributes={
        "kind": {"DataType": "String", "StringValue": "new"}, "blob": {"DataType": "Binary", "BinaryValue": b"\x01\x02"}})
    assert sent["ResponseMetadata"]["HTTPStatusCode"] == 200
    (headers, body), = hook.wait_for(1)
    envelope = json.loads(body)
    assert {k: envelope[k] for k in ("Type", "MessageId", "TopicArn", "Subject", "Message", "MessageAttributes")} == {
        "Type": "Notification", "MessageId": sent["MessageId"], "TopicArn": NEWS, "Subject": "Hi", "Message": "hello €",
        "MessageAttributes": {"kind": {"Type": "String", "Value": "new"},
                              "blob": {"Type": "Binary", "Value": base64.b64encode(b"\x01\x02").decode()}}}
    assert {"Timestamp", "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL"} < set(envelope)
    record = told(stepd, sent["MessageId"])
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", NEWS + ":code")
    assert record["Sns"]["Message"] == "hello €"
    assert record["Sns"]["MessageAttributes"]["kind"] == {"Type": "String", "Value": "new"}


def test_a_batch_tells_what_became_of_each_entry(stepd, hook):
    sns = wires.client(stepd, "sns")
    answer = sns.publish_batch(TopicArn=NEWS, PublishBatchRequestEntries=[
        {"Id": "a", "Message": "one"}, {"Id": "b", "Message": "two", "Subject": ""},
        {"Id": "c", "MessageStructure": "json", "Message": json.dumps({"default": "all", "http": "mine"})}])
    assert [entry["Id"] for entry in answer["Failed"]] == ["b"]
    assert answer["Failed"][0]["Code"] == "InvalidParameter" and answer["Failed"][0]["SenderFault"] is True
    assert {entry["Id"] for entry in answer["Successful"]} == {"a", "c"}
    assert sorted(json.loads(body)["Message"] for _, body in hook.wait_for(2)) == ["mine", "one"]


def test_a_fifo_topic_takes_one_message_once(stepd):
    sns = wires.client(stepd, "sns")
    first, again, other = (sns.publish(TopicArn=ORDERS, Message=text, MessageGroupId="g") for text in ("m", "m", "n"))
    assert (first["MessageId"], first["SequenceNumber"]) == (again["MessageId"], again["SequenceNumber"])
    assert other["SequenceNumber"] > first["SequenceNumber"]
    assert [line["text"] for line in lines(stepd, "orders.fifo")] == ["m", "n"]


@pytest.mark.parametrize("arguments, code, message", [
    ({"TopicArn": NEWS + "x", "Message": "m"}, "NotFound", "Topic does not exist"),
    ({"TopicArn": "news", "Message": "m"}, "InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"),
    ({"TopicArn": NEWS, "Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
    ({"TopicArn": NEWS, "Message": "m" * 262_145}, "InvalidParameter", "Invalid parameter: Message too long"),
    ({"TopicArn": ORDERS, "Message": "m"}, "InvalidParameter", "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"),
])
def test_boto3_sees_snss_errors(stepd, arguments, code, message):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        wires.client(stepd, "sns").publish(**arguments)
    assert (wires.error_of(raised)["Code"], wires.error_of(raised)["Message"]) == (code, message)


def test_the_largest_message_is_taken_though_a_form_makes_it_three_times_as_large(stepd):
    sent = wires.client(stepd, "sns").publish(TopicArn=ORDERS, Message="€" * 87_381, MessageGroupId="g")
    assert lines(stepd, "orders.fifo")[0]["messageId"] == sent["MessageId"]


def test_topics_are_found(stepd):
    sns = wires.client(stepd, "sns")
    assert [t["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for t in page["Topics"]] == [NEWS, ORDERS]
    assert sns.create_topic(Name="news")["TopicArn"] == NEWS
    assert sns.get_topic_attributes(TopicArn=ORDERS)["Attributes"]["ContentBasedDeduplication"] == "true"
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=NEWS)["Subscriptions"]
    assert {s["Protocol"]: s["Endpoint"] for s in subscriptions}["lambda"] == harness.function_arn("note")


def test_what_is_not_served_says_what_to_configure(stepd):
    with pytest.raises(botocore.exceptions.ClientError) as raised:
        wires.client(stepd, "sns").subscribe(TopicArn=NEWS, Protocol="email", Endpoint="a@example.org")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "topics:" in wires.error_of(raised)["Message"]


def test_the_aws_cli_publishes(stepd, hook):
    sent = stepd.aws("sns", "publish", "--topic-arn", NEWS, "--message", "from the CLI", "--message-attributes",
                     '{"n":{"DataType":"Number","StringValue":"3"}}')
    body = json.loads(hook.wait_for(1)[0][1])
    assert (body["MessageId"], body["Message"]) == (sent["MessageId"], "from the CLI")
    assert body["MessageAttributes"] == {"n": {"Type": "Number", "Value": "3"}}


def test_the_javascript_client_publishes_and_sees_errors(stepd, hook):
    result = wires.javascript(stepd, "client-sns", "SNSClient", f"""
        const one = await client.send(new aws.PublishCommand({{ TopicArn: "{NEWS}", Message: "from JS" }}));
        const batch = await client.send(new aws.PublishBatchCommand({{ TopicArn: "{NEWS}",
          PublishBatchRequestEntries: [{{ Id: "a", Message: "x" }}] }}));
        const error = await client.send(new aws.PublishCommand({{ TopicArn: "{NEWS}x", Message: "m" }})).catch((e) => e);
        return {{ id: one.MessageId, batch: batch.Successful.length, name: error.name, message: error.message }};""")
    assert (result["batch"], result["name"], result["message"]) == (1, "NotFoundException", "Topic does not exist")
    assert result["id"] in [json.loads(body)["MessageId"] for _, body in hook.wait_for(2)]
