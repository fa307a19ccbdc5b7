// The operations on versions, aliases and tags: what reaches the engine, what is answered, what is refused.
#include "api/api_fixture.h"

#include "base/limits.h"

namespace stepd::api::test {
namespace {

using storage::Route;
using storage::Tag;

const std::string kFirst = kMachineArn + ":1";
const std::string kSecond = kMachineArn + ":2";
const std::string kAlias = kMachineArn + ":PROD";

Json route_to(const std::string& version, int weight) {
  return {{"stateMachineVersionArn", version}, {"weight", weight}};
}

/// Takes the request and answers with `answer`.
template <class Request, class T>
FakeGateway::Script<Request, T> answer_with(T answer, Request& seen) {
  return [answer, &seen](Request request, const run::Reply<T>& reply) {
    seen = std::move(request);
    reply(answer);
  };
}

class VersionOperations : public Api {
 protected:
  void SetUp() override {
    reader.machines = {machine()};
    reader.version_list = {{kMachineArn, 2, "r1", "", kNow}, {kMachineArn, 1, "r1", "the first", kNow}};
    reader.alias_list = {{kMachineArn, "BETA", "", {{2, 100}}, kNow, kNow},
                         {kMachineArn, "PROD", "for all", {{1, 30}, {2, 70}}, kNow, kNow}};
  }
  /// CreateStateMachineAlias is refused with these words, whatever else it says.
  void expect_bad_routing(const Json& routing, const std::string& words) {
    const auto answer = call("CreateStateMachineAlias", Json{{"name", "PROD"}, {"routingConfiguration", routing}});
    expect_error(answer, "ValidationException", words);
    EXPECT_EQ(answer.json()["reason"].get<std::string>(), "INVALID_ROUTING_CONFIGURATION");
  }
  /// The one constraint that a call breaks.
  void expect_violation(const std::string& operation, const Json& arguments, const std::string& words) {
    expect_error(call(operation, arguments), "ValidationException", "1 validation error detected: " + words);
  }
};

TEST_F(VersionOperations, PublishPassesEverythingOn) {
  run::PublishVersion seen;
  gateway.on_publish = answer_with<run::PublishVersion>(run::PublishedVersion{3, kNow}, seen);
  const auto answer = call("PublishStateMachineVersion",
                           Json{{"stateMachineArn", kMachineArn}, {"revisionId", "r9"}, {"description", "third"}});
  EXPECT_EQ(answer.body, R"({"creationDate":1763712345.678,"stateMachineVersionArn":")" + kMachineArn + R"(:3"})");
  EXPECT_EQ(seen.arn, kMachineArn);
  EXPECT_EQ(seen.revision_id, "r9");
  EXPECT_EQ(seen.description, "third");
  for (const auto& arn : {kFirst, kAlias}) {
    expect_error(call("PublishStateMachineVersion", Json{{"stateMachineArn", arn}}), "InvalidArn",
                 "Invalid Arn: 'Invalid ARN: " + arn + "'");
  }
}

TEST_F(VersionOperations, CreateAndUpdateTellTheVersionThatTheyPublished) {
  run::CreateStateMachine created;
  gateway.on_create = answer_with<run::CreateStateMachine>(run::CreatedStateMachine{kMachineArn, kNow, 1}, created);
  const auto made = call("CreateStateMachine", Json{{"name", "greet"},
                                                    {"definition", "{}"},
                                                    {"roleArn", "arn:aws:iam::123456789012:role/any"},
                                                    {"publish", true},
                                                    {"versionDescription", "the first"},
                                                    {"tags", Json::array({{{"key", "a"}, {"value", "b"}}})}});
  EXPECT_EQ(made.json()["stateMachineVersionArn"].get<std::string>(), kFirst);
  EXPECT_TRUE(created.publish);
  EXPECT_EQ(created.version_description, "the first");
  EXPECT_EQ(created.tags, (std::vector<Tag>{{"a", "b"}}));

  run::UpdateStateMachine updated;
  gateway.on_update = answer_with<run::UpdateStateMachine>(run::UpdatedStateMachine{"r2", kNow, 2}, updated);
  auto arguments = Json{{"stateMachineArn", kMachineArn}, {"definition", "{}"}, {"publish", true}};
  EXPECT_EQ(call("UpdateStateMachine", arguments).body,
            R"({"updateDate":1763712345.678,"revisionId":"r2","stateMachineVersionArn":")" + kSecond + R"("})");
  EXPECT_TRUE(updated.publish);
  arguments["publish"] = false;
  arguments["versionDescription"] = "none";
  expect_error(call("UpdateStateMachine", arguments), "ValidationException",
               "Version description can only be set when publish is true");
}

TEST_F(VersionOperations, AVersionIsDescribedByItsOwnDateAndWords) {
  auto description = call("DescribeStateMachine", Json{{"stateMachineArn", kFirst}}).json();
  EXPECT_EQ(description["stateMachineArn"].get<std::string>(), kFirst);
  EXPECT_EQ(description["name"].get<std::string>(), "greet");
  EXPECT_EQ(description["description"].get<std::string>(), "the first");
  EXPECT_FALSE(call("DescribeStateMachine", Json{{"stateMachineArn", kSecond}}).json().contains("description"));
  for (const auto& arn : {kMachineArn + ":3", kAlias}) {
    expect_error(call("DescribeStateMachine", Json{{"stateMachineArn", arn}}), "StateMachineDoesNotExist",
                 "State Machine Does Not Exist: '" + arn + "'");
  }
}

TEST_F(VersionOperations, VersionsAreListedNewestFirstInPages) {
  const auto first = call("ListStateMachineVersions", Json{{"stateMachineArn", kMachineArn}, {"maxResults", 1}}).json();
  EXPECT_EQ(first["stateMachineVersions"].dump(),
            R"([{"stateMachineVersionArn":")" + kSecond + R"(","creationDate":1763712345.678}])");
  const auto second = call("ListStateMachineVersions",
                           Json{{"stateMachineArn", kMachineArn}, {"maxResults", 1}, {"nextToken", first["nextToken"]}})
                          .json();
  EXPECT_EQ(second["stateMachineVersions"][0]["stateMachineVersionArn"].get<std::string>(), kFirst);
  EXPECT_FALSE(second.contains("nextToken"));
  expect_error(
      call("ListStateMachineAliases", Json{{"stateMachineArn", kMachineArn}, {"nextToken", first["nextToken"]}}),
      "InvalidToken", "Invalid Token: 'Invalid token'");
}

TEST_F(VersionOperations, AliasesAreListedByNameAndByTheVersionTheyLeadTo) {
  const auto list = [&](Json arguments) {
    std::vector<std::string> arns;
    const auto page = call("ListStateMachineAliases", arguments).json();
    for (const auto& alias : page["stateMachineAliases"]) {
      arns.push_back(alias["stateMachineAliasArn"].get<std::string>());
    }
    return arns;
  };
  EXPECT_EQ(list(Json{{"stateMachineArn", kMachineArn}}), (std::vector{kMachineArn + ":BETA", kAlias}));
  EXPECT_EQ(list(Json{{"stateMachineArn", kFirst}}), std::vector{kAlias});
  const auto page = call("ListStateMachineAliases", Json{{"stateMachineArn", kMachineArn}, {"maxResults", 1}}).json();
  EXPECT_EQ(list(Json{{"stateMachineArn", kMachineArn}, {"nextToken", page["nextToken"]}}), std::vector{kAlias});
}

TEST_F(VersionOperations, AVersionIsDeletedByItsArnOnly) {
  run::VersionName seen;
  gateway.on_delete_version = answer_with<run::VersionName>(std::monostate(), seen);
  EXPECT_EQ(call("DeleteStateMachineVersion", Json{{"stateMachineVersionArn", kSecond}}).body, "{}");
  EXPECT_EQ(seen.arn, kMachineArn);
  EXPECT_EQ(seen.number, 2U);
  for (const auto& arn : {kMachineArn, kAlias, kMachineArn + ":0", kMachineArn + ":4294967296"}) {
    expect_error(call("DeleteStateMachineVersion", Json{{"stateMachineVersionArn", arn}}), "InvalidArn",
                 "Invalid Arn: 'Invalid ARN: " + arn + "'");
  }
}

TEST_F(VersionOperations, AnAliasIsCreatedForVersionsOfOneStateMachine) {
  run::CreateAlias seen;
  gateway.on_create_alias = answer_with<run::CreateAlias>(run::CreatedAlias{kNow}, seen);
  const auto answer = call("CreateStateMachineAlias",
                           Json{{"name", "PROD"},
                                {"description", "for all"},
                                {"routingConfiguration", Json::array({route_to(kFirst, 30), route_to(kSecond, 70)})}});
  EXPECT_EQ(answer.body, R"({"stateMachineAliasArn":")" + kAlias + R"(","creationDate":1763712345.678})");
  EXPECT_EQ(seen.arn, kMachineArn);
  EXPECT_EQ(seen.name, "PROD");
  EXPECT_EQ(seen.description, "for all");
  EXPECT_EQ(seen.routes, (std::vector<Route>{{1, 30}, {2, 70}}));
}

TEST_F(VersionOperations, RoutingThatMakesNoSenseIsRefused) {
  const auto other = "arn:aws:states:us-east-1:123456789012:stateMachine:other:1";
  const auto received = [](const std::string& one, const std::string& two) {
    return " Received: [" + one + ", " + two + "]";
  };
  expect_bad_routing(Json::array({route_to(kMachineArn, 100)}),
                     "Routing configuration must contain state machine version ARNs. Received: [" + kMachineArn + "]");
  expect_bad_routing(
      Json::array({route_to(kFirst, 50), route_to(kFirst, 50)}),
      "Routing configuration must contain distinct state machine version ARNs." + received(kFirst, kFirst));
  expect_bad_routing(Json::array({route_to(kFirst, 50), route_to(other, 50)}),
                     "Routing configuration must contain versions of one state machine." + received(kFirst, other));
  expect_bad_routing(Json::array({route_to(kFirst, 50), route_to(kSecond, 49)}),
                     "Sum of routing configuration weights must equal 100. Received: [50, 49]");
  expect_bad_routing(Json::array({route_to(kFirst, 0)}),
                     "Sum of routing configuration weights must equal 100. Received: [0]");
  // AWS counts before it looks at the versions.
  expect_bad_routing(Json::array({route_to(kMachineArn, 99)}),
                     "Sum of routing configuration weights must equal 100. Received: [99]");
  expect_bad_routing(
      Json::array({route_to(kMachineArn, 1), route_to(kMachineArn, 1)}),
      "Routing configuration must contain distinct state machine version ARNs." + received(kMachineArn, kMachineArn));
  const auto with = [](const Json& routing) { return Json{{"name", "PROD"}, {"routingConfiguration", routing}}; };
  const std::string fails = "' failed to satisfy constraint: Member must ";
  expect_violation("CreateStateMachineAlias", with(nullptr),
                   "Value null at 'routingConfiguration" + fails + "not be null");
  expect_violation("CreateStateMachineAlias", with(Json::array()),
                   "Value at 'routingConfiguration" + fails + "have length greater than or equal to 1");
  expect_violation("CreateStateMachineAlias",
                   with(Json::array({route_to(kFirst, 1), route_to(kSecond, 2), route_to(kFirst, 1)})),
                   "Value '[RoutingConfigurationListItem(stateMachineVersionArn=" + kFirst +
                       ", weight=1), RoutingConfigurationListItem(stateMachineVersionArn=" + kSecond +
                       ", weight=2), RoutingConfigurationListItem(stateMachineVersionArn=" + kFirst +
                       ", weight=1)]' at 'routingConfiguration" + fails + "have length less than or equal to 2");
  expect_violation("CreateStateMachineAlias", with(Json::array({nullptr})),
                   "Value null at 'routingConfiguration.1.member" + fails + "not be null");
  expect_violation("CreateStateMachineAlias", with(Json::array({Json{{"stateMachineVersionArn", kFirst}}})),
                   "Value null at 'routingConfiguration.1.member.weight" + fails + "not be null");
  expect_violation(
      "CreateStateMachineAlias", with(Json::array({route_to(kFirst, 101)})),
      "Value '101' at 'routingConfiguration.1.member.weight" + fails + "have value less than or equal to 100");
  expect_error(call("CreateStateMachineAlias", with(Json::array({1}))), "SerializationException",
               "NUMBER_VALUE can not be converted to Structure (routingConfiguration.1.member)");
}

TEST_F(VersionOperations, NamesOfAliasesAreNotThoseOfVersions) {
  const auto named = [](const std::string& name) {
    return Json{{"name", name}, {"routingConfiguration", Json::array({route_to(kFirst, 100)})}};
  };
  for (const char* name : {"12", "a b", "a!", "ä"}) {
    expect_violation("CreateStateMachineAlias", named(name),
                     std::string("Value '") + name +
                         "' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                         "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$");
  }
  run::CreateAlias seen;
  gateway.on_create_alias = answer_with<run::CreateAlias>(run::CreatedAlias{kNow}, seen);
  for (const char* name : {"1.0", "_", "v-2"}) {
    EXPECT_EQ(call("CreateStateMachineAlias", named(name)).status, 200) << name;
    EXPECT_EQ(seen.name, name);
  }
}

TEST_F(VersionOperations, AnAliasIsUpdatedInWhatIsGiven) {
  run::UpdateAlias seen;
  gateway.on_update_alias = answer_with<run::UpdateAlias>(run::UpdatedAlias{kNow}, seen);
  EXPECT_EQ(call("UpdateStateMachineAlias", Json{{"stateMachineAliasArn", kAlias}, {"description", ""}}).body,
            R"({"updateDate":1763712345.678})");
  EXPECT_EQ(seen.name, "PROD");
  EXPECT_EQ(seen.description, "");
  EXPECT_EQ(seen.routes, std::nullopt);
  const auto routed = [](const std::string& version) {
    return Json{{"stateMachineAliasArn", kAlias}, {"routingConfiguration", Json::array({route_to(version, 100)})}};
  };
  call("UpdateStateMachineAlias", routed(kSecond));
  EXPECT_EQ(seen.description, std::nullopt);
  EXPECT_EQ(seen.routes, (std::vector<Route>{{2, 100}}));
  const auto nothing = call("UpdateStateMachineAlias", Json{{"stateMachineAliasArn", kAlias}});
  EXPECT_EQ(nothing.json()["reason"].get<std::string>(), "MISSING_REQUIRED_PARAMETER");
  const auto foreign =
      call("UpdateStateMachineAlias", routed("arn:aws:states:us-east-1:123456789012:stateMachine:other:1"));
  EXPECT_EQ(foreign.json()["reason"].get<std::string>(), "INVALID_ROUTING_CONFIGURATION");
}

TEST_F(VersionOperations, AnAliasIsDescribedAndDeletedByItsArnOnly) {
  EXPECT_EQ(call("DescribeStateMachineAlias", Json{{"stateMachineAliasArn", kAlias}}).body,
            R"({"stateMachineAliasArn":")" + kAlias +
                R"(","name":"PROD","description":"for all","routingConfiguration":[{"stateMachineVersionArn":")" +
                kFirst + R"(","weight":30},{"stateMachineVersionArn":")" + kSecond +
                R"(","weight":70}],"creationDate":1763712345.678,"updateDate":1763712345.678})");
  const auto none = call("DescribeStateMachineAlias", Json{{"stateMachineAliasArn", kMachineArn + ":NONE"}});
  expect_error(none, "ResourceNotFound", "Request references a resource that does not exist.");
  EXPECT_EQ(none.json()["resourceName"].get<std::string>(), kMachineArn + ":NONE");

  run::AliasName seen;
  gateway.on_delete_alias = answer_with<run::AliasName>(std::monostate(), seen);
  EXPECT_EQ(call("DeleteStateMachineAlias", Json{{"stateMachineAliasArn", kAlias}}).body, "{}");
  EXPECT_EQ(seen.name, "PROD");
  for (const char* operation : {"DescribeStateMachineAlias", "DeleteStateMachineAlias", "UpdateStateMachineAlias"}) {
    for (const auto& arn : {kMachineArn, kFirst}) {
      expect_error(call(operation, Json{{"stateMachineAliasArn", arn}, {"description", ""}}), "InvalidArn",
                   "Invalid Arn: 'Invalid ARN: " + arn + "'");
    }
  }
}

TEST_F(VersionOperations, ExecutionsTellTheVersionAndAliasTheyWereStartedBy) {
  auto record = execution(1, storage::ExecutionStatus::Running);
  record.machine_version = 1;
  record.machine_alias = "PROD";
  reader.execution_list = {record};
  for (const auto& shown : {call("DescribeExecution", Json{{"executionArn", record.arn}}).json(),
                            call("ListExecutions", Json{{"stateMachineArn", kAlias}}).json()["executions"][0]}) {
    EXPECT_EQ(shown["stateMachineArn"].get<std::string>(), kMachineArn);
    EXPECT_EQ(shown["stateMachineVersionArn"].get<std::string>(), kFirst);
    EXPECT_EQ(shown["stateMachineAliasArn"].get<std::string>(), kAlias);
  }
}

TEST_F(VersionOperations, TagsArePutListedAndRemoved) {
  run::TagChange seen;
  gateway.on_tags = answer_with<run::TagChange>(std::monostate(), seen);
  const auto tags = Json::parse(R"([{"key":"a","value":"1"},{"key":"b"},{"key":"a","value":"2"},{"key":"é:/=+-@_ "}])");
  EXPECT_EQ(call("TagResource", Json{{"resourceArn", kMachineArn}, {"tags", tags}}).body, "{}");
  EXPECT_EQ(seen.put, (std::vector<Tag>{{"b", ""}, {"a", "2"}, {"é:/=+-@_ ", ""}}));
  EXPECT_EQ(call("UntagResource", Json{{"resourceArn", kMachineArn}, {"tagKeys", {"a", "b"}}}).body, "{}");
  EXPECT_EQ(seen.removed, (std::vector<std::string>{"a", "b"}));
  reader.tag_list = {{"a", "1"}};
  EXPECT_EQ(call("ListTagsForResource", Json{{"resourceArn", kMachineArn}}).body,
            R"({"tags":[{"key":"a","value":"1"}]})");
  const auto none = call("ListTagsForResource", Json{{"resourceArn", kMachineArn + "s"}});
  expect_error(none, "ResourceNotFound", "Resource not found: '" + kMachineArn + "s'");
  EXPECT_EQ(none.json()["resourceName"].get<std::string>(), kMachineArn + "s");
}

TEST_F(VersionOperations, VersionsAndAliasesHaveNoTags) {
  for (const auto& arn : {kFirst, kAlias, kMachineArn + ":77"}) {
    const std::string words = "Resource not found: '" + arn + "'";
    const auto tags = Json::parse(R"([{"key":"a","value":"1"}])");
    expect_error(call("TagResource", Json{{"resourceArn", arn}, {"tags", tags}}), "ResourceNotFound", words);
    expect_error(call("UntagResource", Json{{"resourceArn", arn}, {"tagKeys", {"a"}}}), "ResourceNotFound", words);
    expect_error(call("ListTagsForResource", Json{{"resourceArn", arn}}), "ResourceNotFound", words);
  }
}

TEST_F(VersionOperations, AVersionThatIsNotThereIsNoStateMachine) {
  for (const auto& arn : {kMachineArn + ":77", kMachineArn + ":NONE"}) {
    const std::string words = "State Machine Does Not Exist: '" + arn + "'";
    expect_error(call("DescribeStateMachine", Json{{"stateMachineArn", arn}}), "StateMachineDoesNotExist", words);
    expect_error(call("UpdateStateMachine", Json{{"stateMachineArn", arn}, {"definition", "{}"}}),
                 "StateMachineDoesNotExist", words);
  }
  // What is published never changes.
  expect_error(call("UpdateStateMachine", Json{{"stateMachineArn", kFirst}, {"definition", "{}"}}),
               "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + kFirst + "'");
}

TEST_F(VersionOperations, TagsThatAwsWouldNotTakeAreRefused) {
  const auto tagged = [](Json tags) { return Json{{"resourceArn", kMachineArn}, {"tags", std::move(tags)}}; };
  const auto tag = [](const std::string& key, const std::string& value) {
    return Json{{"key", key}, {"value", value}};
  };
  const std::string fails = " failed to satisfy constraint: Member must ";
  expect_violation("TagResource", Json{{"resourceArn", kMachineArn}}, "Value null at 'tags'" + fails + "not be null");
  expect_violation("TagResource", tagged(Json::array({Json::object()})),
                   "Value null at 'tags.1.member.key'" + fails + "not be null");
  expect_violation("TagResource", tagged(Json::array({tag("", "")})),
                   "Value '' at 'tags.1.member.key'" + fails + "have length greater than or equal to 1");
  const std::string key(129, 'k');
  expect_violation("TagResource", tagged(Json::array({tag("a", ""), tag(key, "")})),
                   "Value '" + key + "' at 'tags.2.member.key'" + fails + "have length less than or equal to 128");
  const std::string value(257, 'v');
  expect_violation("TagResource", tagged(Json::array({tag("a", value)})),
                   "Value '" + value + "' at 'tags.1.member.value'" + fails + "have length less than or equal to 256");
  expect_violation("TagResource", tagged(Json::array({tag("a#", "")})),
                   "Value 'a#' at 'tags.1.member.key'" + fails +
                       "satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$");
  expect_error(call("TagResource", tagged(Json::array({tag("Aws:mine", "")}))), "ValidationException",
               "aws: prefixed tag key names are not allowed for external use.");
  auto many = Json::array();
  for (std::size_t i = 0; i <= limits::kTags; ++i) many.push_back(tag("k" + std::to_string(i), ""));
  expect_error(call("TagResource", tagged(many)), "TooManyTags", "Too many tags: at most 50 are accepted");
  expect_error(call("TagResource", tagged(Json::array({"a"}))), "SerializationException",
               "STRING_VALUE can not be converted to Structure (tags.1.member)");

  const auto untagged = [](Json keys) { return Json{{"resourceArn", kMachineArn}, {"tagKeys", std::move(keys)}}; };
  const std::string within =
      "satisfy constraint: [Member must have length less than or equal to 128, Member must have "
      "length greater than or equal to 1]";
  expect_violation("UntagResource", untagged(nullptr), "Value null at 'tagKeys'" + fails + "not be null");
  expect_violation("UntagResource", untagged(Json::array({"a", ""})), "Value at 'tagKeys'" + fails + within);
  expect_violation("UntagResource", untagged(Json::array({key})), "Value at 'tagKeys'" + fails + within);
  expect_error(call("UntagResource", untagged(Json::array({"a", 1}))), "SerializationException",
               "NUMBER_VALUE can not be converted to String (tagKeys.2.member)");
}

}  // namespace
}  // namespace stepd::api::test
