"""Versions, aliases and tags as AWS's clients see them: a release goes to a share of the traffic, then to all of it, and back."""
import collections
import json

import botocore.exceptions
import pytest

import harness

ROLE = "arn:aws:iam::123456789012:role/any"


def answering(text):
    return json.dumps({"StartAt": "Answer", "States": {"Answer": {"Type": "Pass", "Result": text, "End": True}}})


@pytest.fixture
def stepd(serve):
    return serve("buckets: {}\n")


@pytest.fixture
def client(stepd):
    return stepd.client()


@pytest.fixture
def machine(client):
    return client.create_state_machine(name="release", definition=answering("one"), roleArn=ROLE, publish=True,
                                       versionDescription="the first", tags=[{"key": "team", "value": "pictures"}])


def refused(code):
    return pytest.raises(botocore.exceptions.ClientError, match=code)


def test_a_release_goes_out_by_weight_and_comes_back(stepd, client, machine):
    arn, first = machine["stateMachineArn"], machine["stateMachineVersionArn"]
    assert first == arn + ":1"
    updated = client.update_state_machine(stateMachineArn=arn, definition=answering("two"), publish=True, versionDescription="the second")
    second = updated["stateMachineVersionArn"]
    alias = client.create_state_machine_alias(name="PROD", routingConfiguration=[{"stateMachineVersionArn": first, "weight": 50},
                                                                                 {"stateMachineVersionArn": second, "weight": 50}])
    alias = alias["stateMachineAliasArn"]

    def outcomes():
        started = [client.start_execution(stateMachineArn=alias)["executionArn"] for _ in range(40)]
        ends = [stepd.finished(execution) for execution in started]
        assert {end["stateMachineAliasArn"] for end in ends} == {alias}
        assert {end["stateMachineArn"] for end in ends} == {arn}
        return collections.Counter((end["stateMachineVersionArn"], json.loads(end["output"])) for end in ends)
    # That all forty go one way has odds of one in 2^39.
    assert set(outcomes()) == {(first, "one"), (second, "two")}
    with refused("ConflictException.*referencing this version: \\[PROD\\]"):
        client.delete_state_machine_version(stateMachineVersionArn=second)
    client.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=[{"stateMachineVersionArn": first, "weight": 100}])
    assert outcomes() == {(first, "one"): 40}
    client.delete_state_machine_version(stateMachineVersionArn=second)
    with refused("StateMachineDoesNotExist"):
        client.start_execution(stateMachineArn=second)
    by_alias = client.get_paginator("list_executions").paginate(stateMachineArn=alias, PaginationConfig={"PageSize": 30})
    assert sum(len(page["executions"]) for page in by_alias) == 80
    assert all(e["stateMachineVersionArn"] == first for e in client.list_executions(stateMachineArn=first)["executions"])


def test_an_execution_keeps_the_definition_that_it_began_with(stepd, client, machine):
    arn = machine["stateMachineArn"]
    rest = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    before = client.update_state_machine(stateMachineArn=arn, definition=json.dumps(rest))
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]
    client.update_state_machine(stateMachineArn=arn, definition=answering("later"), loggingConfiguration={"level": "OFF"})
    shown = client.describe_state_machine_for_execution(executionArn=execution)
    assert (json.loads(shown["definition"]), shown["revisionId"]) == (rest, before["revisionId"])
    assert shown["updateDate"] == before["updateDate"]
    assert json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"]) == json.loads(answering("later"))


def test_an_express_machine_answers_by_its_alias(client):
    made = client.create_state_machine(name="quick", definition=answering("one"), roleArn=ROLE, type="EXPRESS", publish=True)
    route = {"stateMachineVersionArn": made["stateMachineVersionArn"], "weight": 100}
    alias = client.create_state_machine_alias(name="PROD", routingConfiguration=[route])["stateMachineAliasArn"]
    client.update_state_machine(stateMachineArn=made["stateMachineArn"], definition=answering("two"))
    for arn, output in ((made["stateMachineArn"], "two"), (made["stateMachineVersionArn"], "one"), (alias, "one")):
        ended = client.start_sync_execution(stateMachineArn=arn)
        assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", output)
    with refused("StateMachineDoesNotExist"):
        client.start_sync_execution(stateMachineArn=made["stateMachineArn"] + ":2")


def test_a_publisher_says_which_revision_it_means(client, machine):
    arn = machine["stateMachineArn"]
    assert client.publish_state_machine_version(stateMachineArn=arn, revisionId="INITIAL")["stateMachineVersionArn"] == arn + ":1"
    revision = client.update_state_machine(stateMachineArn=arn, definition=answering("two"))["revisionId"]
    assert client.describe_state_machine(stateMachineArn=arn)["revisionId"] == revision
    with refused("ConflictException"):
        client.publish_state_machine_version(stateMachineArn=arn, revisionId="INITIAL")
    client.publish_state_machine_version(stateMachineArn=arn, revisionId=revision, description="the second")
    described = client.describe_state_machine(stateMachineArn=arn + ":2")
    assert (described["revisionId"], described["description"]) == (revision, "the second")
    listed = client.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    assert [version["stateMachineVersionArn"] for version in listed] == [arn + ":2", arn + ":1"]


def test_everything_is_there_after_the_plug_was_pulled(stepd, client, machine):
    arn = machine["stateMachineArn"]
    routing = [{"stateMachineVersionArn": arn + ":1", "weight": 100}]
    alias = client.create_state_machine_alias(name="PROD", description="for all", routingConfiguration=routing)["stateMachineAliasArn"]
    before = client.describe_state_machine_alias(stateMachineAliasArn=alias)
    client.update_state_machine(stateMachineArn=arn, definition=answering("two"), publish=True)
    client.delete_state_machine_version(stateMachineVersionArn=arn + ":2")
    stepd.kill()
    stepd.start()
    after = client.describe_state_machine_alias(stateMachineAliasArn=alias)
    for described in (before, after):
        del described["ResponseMetadata"]
    assert after == before
    assert client.describe_state_machine(stateMachineArn=arn + ":1")["description"] == "the first"
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "team", "value": "pictures"}]
    again = client.update_state_machine(stateMachineArn=arn, definition=answering("three"), publish=True)
    assert again["stateMachineVersionArn"] == arn + ":3", "no number is given twice"
    client.delete_state_machine(stateMachineArn=arn)
    with refused("StateMachineDoesNotExist"):
        client.list_state_machine_aliases(stateMachineArn=arn)


def test_tags_are_kept(client, machine):
    arn = machine["stateMachineArn"]
    client.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "test"}, {"key": "team", "value": "releases"}])
    client.untag_resource(resourceArn=arn, tagKeys=["stage", "unknown"])
    assert client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "team", "value": "releases"}]
    with refused("TooManyTags"):
        client.tag_resource(resourceArn=arn, tags=[{"key": f"k{i}", "value": ""} for i in range(50)])
    with refused("ResourceNotFound"):
        client.list_tags_for_resource(resourceArn=arn + "s")


def test_the_aws_cli_knows_versions_aliases_and_tags(stepd):
    def aws(operation, *arguments):
        return stepd.aws("stepfunctions", operation, *arguments)
    made = aws("create-state-machine", "--name", "release", "--definition", answering("one"), "--role-arn", ROLE, "--publish",
               "--tags", "key=team,value=pictures")
    arn, first = made["stateMachineArn"], made["stateMachineVersionArn"]
    second = aws("update-state-machine", "--state-machine-arn", arn, "--definition", answering("two"), "--publish")["stateMachineVersionArn"]
    alias = aws("create-state-machine-alias", "--name", "PROD", "--routing-configuration", f"stateMachineVersionArn={first},weight=0",
                f"stateMachineVersionArn={second},weight=100")["stateMachineAliasArn"]
    started = aws("start-execution", "--state-machine-arn", alias)["executionArn"]
    assert (stepd.finished(started)["stateMachineVersionArn"], json.loads(stepd.finished(started)["output"])) == (second, "two")
    assert aws("list-tags-for-resource", "--resource-arn", arn) == {"tags": [{"key": "team", "value": "pictures"}]}


def test_the_javascript_sdk_knows_versions_aliases_and_tags(stepd):
    seen = stepd.javascript(f"""
        const definition = text => JSON.stringify({{ StartAt: 'A', States: {{ A: {{ Type: 'Pass', Result: text, End: true }} }} }});
        const made = await client.send(new sfn.CreateStateMachineCommand({{
            name: 'release', definition: definition('one'), roleArn: '{ROLE}', publish: true, tags: [{{ key: 'team', value: 'pictures' }}] }}));
        const stateMachineArn = made.stateMachineArn;
        const updated = await client.send(new sfn.UpdateStateMachineCommand({{ stateMachineArn, definition: definition('two'), publish: true }}));
        const aliased = await client.send(new sfn.CreateStateMachineAliasCommand({{ name: 'PROD', routingConfiguration: [
            {{ stateMachineVersionArn: made.stateMachineVersionArn, weight: 100 }}] }}));
        const stateMachineAliasArn = aliased.stateMachineAliasArn;
        const versions = [];
        let page = {{}};
        do {{
            page = await client.send(new sfn.ListStateMachineVersionsCommand({{ stateMachineArn, maxResults: 1, nextToken: page.nextToken }}));
            versions.push(...page.stateMachineVersions.map(version => version.stateMachineVersionArn));
        }} while (page.nextToken);
        let refusal = '';
        try {{
            await client.send(new sfn.DeleteStateMachineVersionCommand({{ stateMachineVersionArn: made.stateMachineVersionArn }}));
        }} catch (error) {{
            refusal = error instanceof sfn.ConflictException ? error.message : `${{error}}`;
        }}
        await client.send(new sfn.UpdateStateMachineAliasCommand({{ stateMachineAliasArn, routingConfiguration: [
            {{ stateMachineVersionArn: updated.stateMachineVersionArn, weight: 100 }}] }}));
        const described = await client.send(new sfn.DescribeStateMachineAliasCommand({{ stateMachineAliasArn }}));
        await client.send(new sfn.TagResourceCommand({{ resourceArn: stateMachineArn, tags: [{{ key: 'stage', value: 'test' }}] }}));
        await client.send(new sfn.UntagResourceCommand({{ resourceArn: stateMachineArn, tagKeys: ['team'] }}));
        const {{ tags }} = await client.send(new sfn.ListTagsForResourceCommand({{ resourceArn: stateMachineArn }}));
        return {{ versions, refusal, tags, routing: described.routingConfiguration, dates: described.updateDate >= described.creationDate }};""")
    arn = harness.machine_arn("release")
    assert seen["versions"] == [arn + ":2", arn + ":1"]
    assert seen["refusal"].endswith("referencing this version: [PROD]")
    assert (seen["routing"], seen["dates"]) == ([{"stateMachineVersionArn": arn + ":2", "weight": 100}], True)
    assert seen["tags"] == [{"key": "stage", "value": "test"}]


def test_configurations_are_kept(stepd, client):
    logging = {"level": "ERROR", "includeExecutionData": True, "destinations": [
        {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/release:*"}}]}
    key = {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/pictures", "kmsDataKeyReusePeriodSeconds": 600}
    arn = client.create_state_machine(name="configured", definition=answering("one"), roleArn=ROLE, loggingConfiguration=logging,
                                      tracingConfiguration={"enabled": True}, encryptionConfiguration=key)["stateMachineArn"]
    client.update_state_machine(stateMachineArn=arn, tracingConfiguration={"enabled": False})
    described = client.describe_state_machine(stateMachineArn=arn)
    assert described["loggingConfiguration"] == logging
    assert described["tracingConfiguration"] == {"enabled": False}
    assert described["encryptionConfiguration"] == key
    assert "encrypts nothing here" in stepd.printed()
    with refused("InvalidLoggingConfiguration.*exactly one Log Destination"):
        client.update_state_machine(stateMachineArn=arn, loggingConfiguration={**logging, "destinations": []})
