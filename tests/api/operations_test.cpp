// One golden request and answer per operation, and one per way in which it is refused.
#include "api/api_fixture.h"

#include "base/payload.h"

namespace stepd::api::test {
namespace {

using run::Refusal;
using run::RefusalCode;
using storage::ExecutionStatus;

Json expected(const char* text) { return Json::parse(text); }

const Json kCreate{{"name", "greet"}, {"definition", "{}"}, {"roleArn", "arn:aws:iam::123456789012:role/any"}};

class Operations : public Api {
 protected:
  void SetUp() override { reader.machines = {machine()}; }

  /// The request as the gateway saw it.
  run::CreateStateMachine created_with(Json arguments) {
    run::CreateStateMachine seen;
    gateway.on_create = [&](run::CreateStateMachine request, const run::Reply<run::CreatedStateMachine>& reply) {
      seen = std::move(request);
      reply(run::CreatedStateMachine{kMachineArn, kNow});
    };
    const auto answer = call("CreateStateMachine", arguments);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return seen;
  }
};

TEST_F(Operations, EveryAnswerCarriesARequestIdOfItsOwn) {
  const auto first = call("ListStateMachines", Json::object());
  const auto second = call("ListStateMachines", Json::object());
  EXPECT_EQ(first.field("x-amzn-RequestId").size(), 36U);
  EXPECT_NE(first.field("x-amzn-RequestId"), second.field("x-amzn-RequestId"));
}

TEST_F(Operations, CreateStateMachinePassesEverythingOnAndAnswersInEpochSeconds) {
  auto arguments = kCreate;
  arguments["type"] = "EXPRESS";
  arguments["somethingNew"] = Json::array({1});
  arguments["tags"] = Json::array({Json{{"key", "a"}, {"value", "b"}}});
  const auto seen = created_with(arguments);
  EXPECT_EQ(seen.name, "greet");
  EXPECT_EQ(seen.definition, "{}");
  EXPECT_EQ(seen.type, storage::StateMachineType::Express);
  const auto answer = call("CreateStateMachine", arguments);
  EXPECT_EQ(answer.body, R"({"stateMachineArn":")" + kMachineArn + R"(","creationDate":1763712345.678})");
}

TEST_F(Operations, ConfigurationsThatMeanTheSameReachTheEngineAsOneText) {
  auto verbose = kCreate;
  verbose["tracingConfiguration"] = Json{{"enabled", false}};
  verbose["loggingConfiguration"] = Json{{"includeExecutionData", false}, {"level", "OFF"}};
  EXPECT_EQ(created_with(kCreate).configuration, created_with(verbose).configuration);
  verbose["tracingConfiguration"]["enabled"] = true;
  EXPECT_NE(created_with(kCreate).configuration, created_with(verbose).configuration);
}

TEST_F(Operations, ConfigurationsAreKeptWithTheirDefaultsFilledIn) {
  auto arguments = kCreate;
  arguments["loggingConfiguration"] = Json::parse(
      R"({"level":"ERROR","destinations":[{"cloudWatchLogsLogGroup":{"logGroupArn":"arn:aws:logs:r:1:log-group:g:*"}}]})");
  arguments["encryptionConfiguration"] = Json{{"type", "CUSTOMER_MANAGED_KMS_KEY"}, {"kmsKeyId", "alias/k"}};
  EXPECT_EQ(Json::parse(created_with(arguments).configuration), expected(R"({
    "loggingConfiguration": {"level": "ERROR", "includeExecutionData": false,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:r:1:log-group:g:*"}}]},
    "tracingConfiguration": {"enabled": false},
    "encryptionConfiguration": {"kmsKeyId": "alias/k", "type": "CUSTOMER_MANAGED_KMS_KEY",
        "kmsDataKeyReusePeriodSeconds": 300}})"));
}

TEST_F(Operations, EncryptionSettingsHaveToFitTheirType) {
  for (const auto& [encryption, words] : std::vector<std::pair<Json, std::string>>{
           {Json{{"type", "CUSTOMER_MANAGED_KMS_KEY"}}, "CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId."},
           {Json{{"type", "AWS_OWNED_KEY"}, {"kmsKeyId", "k"}},
            "kmsKeyId and kmsDataKeyReusePeriodSeconds are for the type CUSTOMER_MANAGED_KMS_KEY only."}}) {
    auto arguments = kCreate;
    arguments["encryptionConfiguration"] = encryption;
    expect_error(call("CreateStateMachine", arguments), "InvalidEncryptionConfiguration",
                 "Invalid Encryption Configuration: " + words);
  }
}

TEST_F(Operations, CreateStateMachineIsRefusedInAwsWords) {
  auto with = [](const char* member, Json value) {
    auto arguments = kCreate;
    arguments[member] = std::move(value);
    return arguments;
  };
  expect_error(call("CreateStateMachine", with("roleArn", "me")), "InvalidArn", "Invalid Role Arn: 'me'");
  expect_error(call("CreateStateMachine", with("versionDescription", "v")), "ValidationException",
               "Version description can only be set when publish is true");
  expect_error(call("CreateStateMachine", with("loggingConfiguration", Json{{"level", "ALL"}})),
               "InvalidLoggingConfiguration",
               "Invalid Logging Configuration: Must specify exactly one Log Destination.");
  const auto logging_to = [&](const char* group) {
    const Json destination{{"cloudWatchLogsLogGroup", {{"logGroupArn", group}}}};
    return with("loggingConfiguration", Json{{"level", "ALL"}, {"destinations", Json::array({destination})}});
  };
  expect_error(call("CreateStateMachine", logging_to("arn:aws:logs:us-east-1:1:log-group:g")),
               "InvalidLoggingConfiguration",
               "Invalid Logging Configuration: Log Group ARN must be provided with '*' qualifier.");
  expect_error(call("CreateStateMachine", logging_to("arn:aws:s3:::log-group:g:*")), "InvalidLoggingConfiguration",
               "Invalid Logging Configuration: Log Destination must be the ARN of a CloudWatch Logs log group.");
  expect_error(
      call("CreateStateMachine", with("type", "FAST")), "ValidationException",
      "1 validation error detected: Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum "
      "value set: [STANDARD, EXPRESS]");
  expect_error(
      call("CreateStateMachine", with("definition", "")), "ValidationException",
      "1 validation error detected: Value at 'definition' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1");
  expect_error(
      call("CreateStateMachine", Json{{"name", std::string(81, 'x')}, {"definition", "{}"}}), "ValidationException",
      "2 validation errors detected: Value '" + std::string(81, 'x') +
          "' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80; Value null "
          "at 'roleArn' failed to satisfy constraint: Member must not be null");
}

TEST_F(Operations, EachRefusalOfTheEngineHasItsAwsNameAndStatus) {
  const std::vector<std::tuple<RefusalCode, std::string, int>> table = {
      {RefusalCode::ConflictException, "ConflictException", 400},
      {RefusalCode::ExecutionAlreadyExists, "ExecutionAlreadyExists", 400},
      {RefusalCode::ExecutionDoesNotExist, "ExecutionDoesNotExist", 400},
      {RefusalCode::ExecutionLimitExceeded, "ExecutionLimitExceeded", 400},
      {RefusalCode::InvalidArn, "InvalidArn", 400},
      {RefusalCode::InvalidDefinition, "InvalidDefinition", 400},
      {RefusalCode::InvalidExecutionInput, "InvalidExecutionInput", 400},
      {RefusalCode::InvalidName, "InvalidName", 400},
      {RefusalCode::ResourceNotFound, "ResourceNotFound", 400},
      {RefusalCode::ServiceQuotaExceededException, "ServiceQuotaExceededException", 400},
      {RefusalCode::StateMachineAlreadyExists, "StateMachineAlreadyExists", 400},
      {RefusalCode::StateMachineDeleting, "StateMachineDeleting", 400},
      {RefusalCode::StateMachineDoesNotExist, "StateMachineDoesNotExist", 400},
      {RefusalCode::StateMachineTypeNotSupported, "StateMachineTypeNotSupported", 400},
      {RefusalCode::TooManyTags, "TooManyTags", 400},
      {RefusalCode::ValidationException, "ValidationException", 400},
      {RefusalCode::ServiceUnavailable, "ServiceUnavailable", 503},
  };
  for (const auto& [code, name, status] : table) {
    gateway.on_start = [refused = code](const run::StartExecution&, const run::Reply<run::StartedExecution>& reply) {
      reply(Refusal{refused, "because"});
    };
    expect_error(call("StartExecution", Json{{"stateMachineArn", kMachineArn}}), name, "because", status);
  }
}

TEST_F(Operations, DescribeStateMachineShowsDefaultsThatNobodyGave) {
  const auto answer = call("DescribeStateMachine", Json{{"stateMachineArn", kMachineArn}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json(), expected(R"({
    "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:greet", "name": "greet", "status": "ACTIVE",
    "definition": "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}}",
    "roleArn": "arn:aws:iam::123456789012:role/any", "type": "STANDARD", "creationDate": 1763712345.678,
    "loggingConfiguration": {"level": "OFF", "includeExecutionData": false}, "tracingConfiguration": {"enabled": false},
    "encryptionConfiguration": {"type": "AWS_OWNED_KEY"}})"));
  const auto metadata =
      call("DescribeStateMachine", Json{{"stateMachineArn", kMachineArn}, {"includedData", "METADATA_ONLY"}});
  EXPECT_EQ(metadata.json()["definition"].get<std::string>(), "{}");
}

TEST_F(Operations, DescribeStateMachineNamesTheRevisionOnceThereIsASecond) {
  reader.machines[0].updated_at += std::chrono::seconds(1);
  reader.machines[0].configuration = R"({"loggingConfiguration":{"level":"FATAL"}})";
  const auto body = call("DescribeStateMachine", Json{{"stateMachineArn", kMachineArn}}).json();
  EXPECT_EQ(body["revisionId"].get<std::string>(), "r1");
  EXPECT_EQ(body["loggingConfiguration"].dump(), R"({"level":"FATAL","includeExecutionData":false})");
}

TEST_F(Operations, ArnsAreRefusedInAwsWords) {
  const std::string foreign = "arn:aws:states:us-east-1:123456789012:stateMachine:nobody";
  expect_error(call("DescribeStateMachine", Json{{"stateMachineArn", foreign}}), "StateMachineDoesNotExist",
               "State Machine Does Not Exist: '" + foreign + "'");
  expect_error(call("DescribeStateMachine", Json{{"stateMachineArn", "nonsense"}}), "InvalidArn",
               "Invalid Arn: 'Invalid ARN prefix: nonsense'");
  expect_error(call("StartExecution", Json{{"stateMachineArn", kExecutionArn}}), "InvalidArn",
               "Invalid Arn: 'Resource type not valid in this context: execution'");
  expect_error(call("StopExecution", Json{{"executionArn", kMachineArn}}), "InvalidArn",
               "Invalid Arn: 'Resource type not valid in this context: stateMachine'");
  for (const char* more : {":", ":1:2", "::1"}) {
    expect_error(call("StartExecution", Json{{"stateMachineArn", kMachineArn + more}}), "InvalidArn",
                 "Invalid Arn: 'Invalid ARN: " + kMachineArn + more + "'");
  }
  const std::string express = "arn:aws:states:us-east-1:123456789012:express:greet:one:two";
  for (const char* operation : {"DescribeExecution", "StopExecution", "GetExecutionHistory"}) {
    expect_error(call(operation, Json{{"executionArn", express}}), "InvalidArn",
                 "Invalid Arn: 'Resource type not valid in this context: express'");
  }
}

TEST_F(Operations, UpdateStateMachineKeepsWhatIsNotGiven) {
  run::UpdateStateMachine seen;
  gateway.on_update = [&](run::UpdateStateMachine request, const run::Reply<run::UpdatedStateMachine>& reply) {
    seen = std::move(request);
    reply(run::UpdatedStateMachine{"r2", kNow});
  };
  const auto answer = call("UpdateStateMachine", Json{{"stateMachineArn", kMachineArn}, {"definition", "{}"}});
  EXPECT_EQ(answer.body, R"({"updateDate":1763712345.678,"revisionId":"r2"})");
  EXPECT_EQ(seen.definition, "{}");
  EXPECT_EQ(seen.role_arn, std::nullopt);
  EXPECT_EQ(seen.configuration, std::nullopt);
  reader.machines[0].configuration = R"({"loggingConfiguration":{"level":"OFF","includeExecutionData":true}})";
  call("UpdateStateMachine", Json{{"stateMachineArn", kMachineArn}, {"tracingConfiguration", Json{{"enabled", true}}}});
  EXPECT_EQ(seen.configuration, R"({"loggingConfiguration":{"level":"OFF","includeExecutionData":true},)"
                                R"("tracingConfiguration":{"enabled":true},)"
                                R"("encryptionConfiguration":{"type":"AWS_OWNED_KEY"}})");
  expect_error(
      call("UpdateStateMachine", Json{{"stateMachineArn", kMachineArn}}), "MissingRequiredParameter",
      "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified");
}

TEST_F(Operations, DeleteStateMachineAnswersAnEmptyObject) {
  std::string deleted;
  gateway.on_delete = [&](std::string arn, const run::Reply<std::monostate>& reply) {
    deleted = std::move(arn);
    reply(std::monostate{});
  };
  EXPECT_EQ(call("DeleteStateMachine", Json{{"stateMachineArn", kMachineArn}}).body, "{}");
  EXPECT_EQ(deleted, kMachineArn);
}

TEST_F(Operations, AMapStatesLabelIsNoStateMachine) {
  for (const char* operation :
       {"DeleteStateMachine", "DescribeStateMachine", "ListExecutions", "ListStateMachineAliases",
        "ListStateMachineVersions", "PublishStateMachineVersion", "StartExecution", "UpdateStateMachine"}) {
    const auto labelled =
        call(operation, Json{{"stateMachineArn", kMachineArn + "/map"}, {"roleArn", "arn:aws:iam::1:role/r"}});
    expect_error(labelled, "ValidationException", "This API does not support labeled ARNs");
    EXPECT_EQ(labelled.json()["reason"].get<std::string>(), "API_DOES_NOT_SUPPORT_LABELED_ARNS") << operation;
  }
}

TEST_F(Operations, ListStateMachinesGoesOnWhereItsTokenSays) {
  reader.machines.clear();
  for (const char* name : {"a", "b", "c"})
    reader.machines.push_back(machine("arn:aws:states:us-east-1:1:stateMachine:" + std::string(name)));
  const auto first = call("ListStateMachines", Json{{"maxResults", 2}}).json();
  EXPECT_EQ(
      first["stateMachines"][0].dump(),
      R"({"stateMachineArn":"arn:aws:states:us-east-1:1:stateMachine:a","name":"a","type":"STANDARD","creationDate":1763712345.678})");
  ASSERT_EQ(first["stateMachines"].size(), 2U);
  const auto second = call("ListStateMachines", Json{{"maxResults", 2}, {"nextToken", first["nextToken"]}}).json();
  ASSERT_EQ(second["stateMachines"].size(), 1U);
  EXPECT_EQ(second["stateMachines"][0]["name"].get<std::string>(), "c");
  EXPECT_FALSE(second.contains("nextToken"));
  EXPECT_EQ(call("ListStateMachines", Json{{"maxResults", 0}}).json()["stateMachines"].size(), 3U);
}

TEST_F(Operations, PageSizesAndTokensAreCheckedInAwsWords) {
  expect_error(
      call("ListStateMachines", Json{{"maxResults", 1001}}), "ValidationException",
      "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have "
      "value less than or equal to 1000");
  expect_error(
      call("ListStateMachines", Json{{"nextToken", ""}}), "ValidationException",
      "1 validation error detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1");
  for (const char* token : {"InvalidToken", "AAAA", "====", "\xC3\xA4"}) {
    expect_error(call("ListStateMachines", Json{{"nextToken", token}}), "InvalidToken",
                 "Invalid Token: 'Invalid token'");
  }
}

TEST_F(Operations, StartExecutionPassesNameInputAndTraceOn) {
  run::StartExecution seen;
  gateway.on_start = [&](run::StartExecution request, const run::Reply<run::StartedExecution>& reply) {
    seen = std::move(request);
    reply(run::StartedExecution{kExecutionArn, kNow});
  };
  const auto answer = call(
      "StartExecution",
      Json{{"stateMachineArn", kMachineArn}, {"name", "one"}, {"input", "{ \"a\" : 1.0 }"}, {"traceHeader", "Root=1"}});
  EXPECT_EQ(answer.body, R"({"executionArn":")" + kExecutionArn + R"(","startDate":1763712345.678})");
  EXPECT_EQ(seen.name, "one");
  EXPECT_EQ(seen.input, "{ \"a\" : 1.0 }");
  EXPECT_EQ(seen.trace_header, "Root=1");
  call("StartExecution", Json{{"stateMachineArn", kMachineArn}, {"name", nullptr}});
  EXPECT_EQ(seen.name, std::nullopt);
  EXPECT_EQ(seen.input, "{}");
  expect_error(
      call("StartExecution", Json{{"stateMachineArn", kMachineArn}, {"input", std::string(262'145, ' ')}}),
      "ValidationException",
      "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than "
      "or equal to 262144");
}

TEST_F(Operations, AnAnswerMayComeLongAfterTheCall) {
  std::mutex mutex;
  std::vector<run::Reply<run::StartedExecution>> waiting;
  gateway.on_start = [&](const run::StartExecution&, run::Reply<run::StartedExecution> reply) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(reply));
    if (waiting.size() < 20) return;
    for (const auto& each : waiting) each(run::StartedExecution{kExecutionArn, kNow});
    waiting.clear();
  };
  // More calls wait than there are threads: none of them holds one.
  std::vector<std::unique_ptr<Socket>> clients;
  const std::string body = Json{{"stateMachineArn", kMachineArn}}.dump();
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Socket>(server().port()));
    clients.back()->send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        "X-Amz-Target: AWSStepFunctions.StartExecution\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  for (const auto& client : clients) EXPECT_EQ(client->read_answer().status, 200);
}

TEST_F(Operations, DescribeExecutionOfARunningOne) {
  gateway.not_redrivable = "Execution is RUNNING and cannot be redriven";
  reader.execution_list = {execution(1, ExecutionStatus::Running)};
  const auto answer = call("DescribeExecution", Json{{"executionArn", reader.execution_list[0].arn}});
  EXPECT_EQ(answer.json(), expected(R"({
    "executionArn": "arn:aws:states:us-east-1:123456789012:execution:greet:n1",
    "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:greet", "name": "n1", "status": "RUNNING",
    "startDate": 1763712345.678, "input": "{\"a\":1}", "inputDetails": {"included": true}, "redriveCount": 0,
    "redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": "Execution is RUNNING and cannot be redriven"})"));
}

TEST_F(Operations, DescribeExecutionOfASucceededAndOfAFailedOne) {
  auto done = execution(1, ExecutionStatus::Succeeded);
  done.stopped_at = kNow + std::chrono::seconds(1);
  done.output = "7";
  auto failed = execution(2, ExecutionStatus::Failed);
  failed.error = "E";
  failed.cause = "C";
  reader.execution_list = {failed, done};
  const auto good = call("DescribeExecution", Json{{"executionArn", done.arn}}).json();
  EXPECT_EQ(good["stopDate"].get<double>(), 1763712346.678);
  EXPECT_EQ(good["output"].get<std::string>(), "7");
  EXPECT_EQ(good["outputDetails"].dump(), R"({"included":true})");
  const auto bad = call("DescribeExecution", Json{{"executionArn", failed.arn}}).json();
  EXPECT_EQ(bad["error"].get<std::string>() + bad["cause"].get<std::string>(), "EC");
  EXPECT_EQ(bad["redriveStatus"].get<std::string>(), "REDRIVABLE");
  EXPECT_FALSE(bad.contains("output"));
  const auto metadata =
      call("DescribeExecution", Json{{"executionArn", done.arn}, {"includedData", "METADATA_ONLY"}}).json();
  EXPECT_FALSE(metadata.contains("input") || metadata.contains("output"));
  EXPECT_EQ(metadata["inputDetails"].dump(), R"({"included":false})");
  expect_error(call("DescribeExecution", Json{{"executionArn", kExecutionArn}}), "ExecutionDoesNotExist",
               "Execution Does Not Exist: '" + kExecutionArn + "'");
}

TEST_F(Operations, ListExecutionsPagesAndFilters) {
  for (int id = 5; id >= 1; --id) {
    reader.execution_list.push_back(execution(id, id == 3 ? ExecutionStatus::Failed : ExecutionStatus::Succeeded));
  }
  Json arguments{{"stateMachineArn", kMachineArn}, {"maxResults", 2}};
  std::string names;
  for (int page = 0; page < 3; ++page) {
    const auto answer = call("ListExecutions", arguments).json();
    for (const auto& item : answer["executions"]) names += item["name"].get<std::string>();
    if (answer.contains("nextToken")) arguments["nextToken"] = answer["nextToken"];
  }
  EXPECT_EQ(names, "n5n4n3n2n1");
  const auto failed = call("ListExecutions", Json{{"stateMachineArn", kMachineArn}, {"statusFilter", "FAILED"}}).json();
  EXPECT_EQ(failed.dump(),
            R"({"executions":[{"executionArn":"arn:aws:states:us-east-1:123456789012:execution:greet:n3",)"
            R"("stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:greet","name":"n3",)"
            R"("status":"FAILED","startDate":1763712345.678,"redriveCount":0}]})");
}

TEST_F(Operations, ATokenServesOnlyTheListItCameFromAndOnlyForADay) {
  for (int id = 5; id >= 1; --id) reader.execution_list.push_back(execution(id, ExecutionStatus::Succeeded));
  const Json arguments{{"stateMachineArn", kMachineArn}, {"maxResults", 1}};
  const auto token = call("ListExecutions", arguments).json()["nextToken"];
  auto again = arguments;
  again["nextToken"] = token;
  EXPECT_EQ(call("ListExecutions", again).status, 200);
  auto other = again;
  other["statusFilter"] = "SUCCEEDED";
  expect_error(call("ListExecutions", other), "InvalidToken", "Invalid Token: 'Invalid token'");
  expect_error(call("ListStateMachines", Json{{"nextToken", token}}), "InvalidToken", "Invalid Token: 'Invalid token'");
  clock.milliseconds += 24 * 3600 * 1000 + 1;
  expect_error(call("ListExecutions", again), "InvalidToken", "Invalid Token: 'Invalid token'");
}

TEST_F(Operations, ListExecutionsIsRefusedWhereItMakesNoSense) {
  expect_error(call("ListExecutions", Json::object()), "ValidationException",
               "Exactly one of stateMachineArn and mapRunArn must be given");
  const std::string map_run = "arn:aws:states:us-east-1:123456789012:mapRun:greet/m:one";
  expect_error(call("ListExecutions", Json{{"mapRunArn", map_run}}), "ResourceNotFound",
               "Map Run Does Not Exist: '" + map_run + "'");
  expect_error(call("ListExecutions", Json{{"stateMachineArn", kMachineArn}, {"statusFilter", "DONE"}}),
               "ValidationException",
               "1 validation error detected: Value 'DONE' at 'statusFilter' failed to satisfy constraint: Member must "
               "satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]");
  expect_error(call("ListExecutions", Json{{"stateMachineArn", kMachineArn}, {"statusFilter", "PENDING_REDRIVE"}}),
               "ValidationException", "statusFilter PENDING_REDRIVE can only be used with mapRunArn");
  reader.machines[0].type = storage::StateMachineType::Express;
  expect_error(call("ListExecutions", Json{{"stateMachineArn", kMachineArn}}), "StateMachineTypeNotSupported",
               "This operation is not supported by this type of state machine");
}

TEST_F(Operations, GetExecutionHistoryHandsEventsOnAndPages) {
  std::vector<run::HistoryQuery> asked;
  std::mutex mutex;
  gateway.on_history = [&](const run::HistoryQuery& query) -> run::Answer<run::HistoryPage> {
    const std::lock_guard lock(mutex);
    asked.push_back(query);
    run::HistoryPage page;
    page.events = {Json{{"timestamp", kNowSeconds}, {"type", "ExecutionStarted"}, {"id", 1}, {"previousEventId", 0}}};
    page.next_from = query.from == 0 ? 42 : 0;
    return page;
  };
  Json arguments{
      {"executionArn", kExecutionArn}, {"maxResults", 1}, {"reverseOrder", true}, {"includeExecutionData", false}};
  const auto first = call("GetExecutionHistory", arguments).json();
  EXPECT_EQ(first["events"].dump(),
            R"([{"timestamp":1763712345.678,"type":"ExecutionStarted","id":1,"previousEventId":0}])");
  arguments["nextToken"] = first["nextToken"];
  EXPECT_FALSE(call("GetExecutionHistory", arguments).json().contains("nextToken"));
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[1].from, 42U);
  EXPECT_TRUE(asked[1].reverse);
  EXPECT_FALSE(asked[1].include_data);
  EXPECT_EQ(asked[1].limit, 1U);
  arguments["reverseOrder"] = false;
  expect_error(call("GetExecutionHistory", arguments), "InvalidToken", "Invalid Token: 'Invalid token'");
}

TEST_F(Operations, StopExecutionPassesTheWordsOn) {
  run::StopExecution seen;
  gateway.on_stop = [&](run::StopExecution request, const run::Reply<run::StoppedExecution>& reply) {
    seen = std::move(request);
    reply(run::StoppedExecution{kNow});
  };
  const auto answer = call("StopExecution", Json{{"executionArn", kExecutionArn}, {"error", "Enough"}});
  EXPECT_EQ(answer.body, R"({"stopDate":1763712345.678})");
  EXPECT_EQ(seen.error, "Enough");
  EXPECT_EQ(seen.cause, std::nullopt);
}

TEST_F(Operations, WhatIsNoOperationIsRefusedInTheProtocolsForm) {
  const std::vector<std::string> json = {"Content-Type: application/x-amz-json-1.0"};
  auto with_target = [&](const std::string& target) {
    auto fields = json;
    fields.push_back("X-Amz-Target: " + target);
    return ask("POST", "/", "{}", fields);
  };
  expect_error(ask("POST", "/", "{}", json), "UnknownOperationException", "No X-Amz-Target");
  expect_error(with_target("AWSStepFunctions.MakeCoffee"), "UnknownOperationException", "Unknown operation");
  expect_error(with_target("AWSStepFunctions."), "UnknownOperationException", "No X-Amz-Target");
  expect_error(with_target("Nowhere_20120810.ListTables"), "UnknownOperationException", "Unknown operation");
  expect_error(with_target("ListStateMachines"), "UnknownOperationException", "Unknown operation");
  const auto form =
      ask("POST", "/", "{}", {"Content-Type: text/plain", "X-Amz-Target: AWSStepFunctions.ListStateMachines"});
  EXPECT_EQ(form.status, 415);
}

TEST_F(Operations, WhatIsNoStructureIsASerializationException) {
  auto with_body = [&](const std::string& body) {
    return ask("POST", "/", body, {"Content-Type: application/json", "X-Amz-Target: AWSStepFunctions.ListExecutions"});
  };
  for (const std::string body : {"{", "nonsense", "{\"a\":\xff}", "[1]", "7", "{\"a\":1}x"}) {
    const auto answer = with_body(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.json()["__type"].get<std::string>(), "SerializationException") << body;
  }
  EXPECT_EQ(with_body(std::string(200'000, '[')).json()["__type"].get<std::string>(), "SerializationException");
  expect_error(with_body(R"({"stateMachineArn":7})"), "SerializationException",
               "NUMBER_VALUE can not be converted to String (stateMachineArn)");
  expect_error(with_body(R"({"maxResults":"7"})"), "SerializationException",
               "STRING_VALUE can not be converted to Integer (maxResults)");
}

TEST_F(Operations, MembersAreReadAsAwsReadsThem) {
  const std::string arn = "arn:aws:states:us-east-1:123456789012:mapRun:greet/label:one";
  const auto with = [&](const std::string& members) {
    return ask("POST", "/", R"({"mapRunArn":")" + arn + "\"," + members + "}",
               {"Content-Type: application/json", "X-Amz-Target: AWSStepFunctions.UpdateMapRun"});
  };
  const std::string none = "Map Run Does Not Exist: '" + arn + "'";
  // Null is absent, and nobody asks what the unknown member is.
  expect_error(with(R"("maxConcurrency":null,"toleratedFailurePercentage":null,"maxConcurency":"x")"),
               "ResourceNotFound", none);
  expect_error(with(R"("maxConcurrency":500.0)"), "SerializationException",
               "DECIMAL_VALUE can not be converted to Integer (maxConcurrency)");
  expect_error(with(R"("maxConcurrency":-1,"toleratedFailurePercentage":100.5,"toleratedFailureCount":-2)"),
               "ValidationException",
               "3 validation errors detected: Value '-1' at 'maxConcurrency' failed to satisfy constraint: Member must "
               "have value greater than or equal to 0; Value '100.5' at 'toleratedFailurePercentage' failed to satisfy "
               "constraint: Member must have value less than or equal to 100.0; Value '-2' at 'toleratedFailureCount' "
               "failed to satisfy constraint: Member must have value greater than or equal to 0");
  expect_error(with(R"("maxConcurrency":18446744073709551615)"), "ValidationException",
               "1 validation error detected: Value '18446744073709551615' at 'maxConcurrency' failed to satisfy "
               "constraint: Member must have value less than or equal to 2147483647");
  // A member of the wrong type is told alone, the first of them.
  expect_error(with(R"("maxConcurrency":-1,"toleratedFailurePercentage":"x","toleratedFailureCount":true)"),
               "SerializationException", "STRING_VALUE can not be converted to Float (toleratedFailurePercentage)");
}

TEST_F(Operations, ABodyThatIsTooLargeIsRefusedUnreadInTheProtocolsForm) {
  const auto answer = raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
  expect_error(answer, "RequestEntityTooLargeException", "the body is larger than 1048576 bytes", 413);
}

TEST_F(Operations, AStoreThatFailsIsAnInternalErrorThatTellsNothing) {
  reader.broken = true;
  const auto answer = call("DescribeExecution", Json{{"executionArn", kExecutionArn}});
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.json()["__type"].get<std::string>(), "InternalError");
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace stepd::api::test
