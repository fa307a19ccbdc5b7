// StartSyncExecution over HTTP, and what a request says of its trace.
#include "api/api_fixture.h"

#include <future>

namespace stepd::api::test {
namespace {

using storage::ExecutionStatus;

const std::string kExpressArn = "arn:aws:states:us-east-1:123456789012:express:greet:one:6f9a";

run::EndedExecution ended(ExecutionStatus status, std::int64_t milliseconds = 1234) {
  run::EndedExecution end;
  end.arn = kExpressArn;
  end.name = "one";
  end.state_machine_arn = kMachineArn;
  end.status = status;
  end.started_at = kNow;
  end.stopped_at = kNow + std::chrono::milliseconds(milliseconds);
  end.input = *Payload::parse("{ \"a\" : 1.0 }");
  return end;
}

class StartSync : public Api {
 protected:
  void answer(run::EndedExecution end) {
    gateway.on_start_sync = [this, end = std::move(end)](run::StartExecution request,
                                                         const run::Reply<run::EndedExecution>& reply) {
      seen = std::move(request);
      reply(end);
    };
  }
  Answer call_with(const std::string& operation, const Json& arguments, std::vector<std::string> fields) {
    fields.push_back("Content-Type: application/x-amz-json-1.0");
    fields.push_back("X-Amz-Target: AWSStepFunctions." + operation);
    return ask("POST", "/", arguments.dump(), fields);
  }
  run::StartExecution seen;
};

TEST_F(StartSync, ASuccessIsShownWhole) {
  auto end = ended(ExecutionStatus::Succeeded);
  end.output = *Payload::parse(R"({"b":2})");
  end.trace_header = "Root=1";
  answer(end);
  const auto given = call(
      "StartSyncExecution",
      Json{{"stateMachineArn", kMachineArn}, {"name", "one"}, {"input", "{ \"a\" : 1.0 }"}, {"traceHeader", "Root=1"}});
  EXPECT_EQ(given.status, 200);
  EXPECT_EQ(given.body, R"({"executionArn":")" + kExpressArn + R"(","stateMachineArn":")" + kMachineArn +
                            R"(","name":"one","startDate":1763712345.678,"stopDate":1763712346.912,)"
                            R"("status":"SUCCEEDED","input":"{ \"a\" : 1.0 }","inputDetails":{"included":true},)"
                            R"("output":"{\"b\":2}","outputDetails":{"included":true},"traceHeader":"Root=1",)"
                            R"("billingDetails":{"billedMemoryUsedInMB":64,"billedDurationInMilliseconds":1300}})");
  EXPECT_EQ(seen.name, "one");
  EXPECT_EQ(seen.input, "{ \"a\" : 1.0 }");
  EXPECT_EQ(seen.trace_header, "Root=1");
}

TEST_F(StartSync, AFailureIsAnAnswerOfStatus200) {
  auto end = ended(ExecutionStatus::Failed);
  end.error = "Image.Corrupt";
  end.cause = "cut short";
  answer(end);
  const auto given = call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}});
  EXPECT_EQ(given.status, 200);
  EXPECT_EQ(given.json()["status"], "FAILED");
  EXPECT_EQ(given.json()["error"], "Image.Corrupt");
  EXPECT_EQ(given.json()["cause"], "cut short");
  EXPECT_FALSE(given.json().contains("output"));
  EXPECT_EQ(given.json()["outputDetails"], (Json{{"included", true}})) << "as recorded from AWS";
  answer(ended(ExecutionStatus::TimedOut));
  const auto late = call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}});
  EXPECT_EQ(late.status, 200);
  EXPECT_EQ(late.json()["status"], "TIMED_OUT");
}

TEST_F(StartSync, MetadataAloneLeavesInputAndOutputOut) {
  auto end = ended(ExecutionStatus::Succeeded);
  end.output = Payload();
  answer(end);
  const auto given =
      call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}, {"includedData", "METADATA_ONLY"}}).json();
  EXPECT_FALSE(given.contains("input"));
  EXPECT_FALSE(given.contains("output"));
  EXPECT_EQ(given["inputDetails"], (Json{{"included", false}}));
  EXPECT_EQ(given["outputDetails"], (Json{{"included", false}}));
}

TEST_F(StartSync, TimeAndMemoryAreBilledInSteps) {
  const auto bill = [&](std::int64_t milliseconds, std::size_t bytes) {
    auto end = ended(ExecutionStatus::Succeeded, milliseconds);
    end.memory_bytes = bytes;
    answer(end);
    return call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}}).json()["billingDetails"].dump();
  };
  const auto told = [](int memory, int time) {
    return R"({"billedMemoryUsedInMB":)" + std::to_string(memory) + R"(,"billedDurationInMilliseconds":)" +
           std::to_string(time) + "}";
  };
  EXPECT_EQ(bill(0, 0), told(64, 100));
  EXPECT_EQ(bill(100, 14 << 20), told(64, 100));
  EXPECT_EQ(bill(101, (14 << 20) + 1), told(128, 200));
  EXPECT_EQ(bill(300'000, 100 << 20), told(192, 300'000));
}

TEST_F(StartSync, RefusalsAreAwss) {
  gateway.on_start_sync = [](const run::StartExecution&, const run::Reply<run::EndedExecution>& reply) {
    reply(run::Refusal{run::RefusalCode::StateMachineTypeNotSupported, "not of this type"});
  };
  const auto refused = call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"__type":"StateMachineTypeNotSupported","message":"not of this type"})");
  EXPECT_EQ(call("StartSyncExecution", Json{{"stateMachineArn", kExecutionArn}}).json()["__type"], "InvalidArn");
  EXPECT_EQ(
      call("StartSyncExecution", Json::object()).json()["message"],
      "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not "
      "be null");
}

TEST_F(StartSync, AClientThatGoesAwayEndsNothing) {
  std::promise<run::Reply<run::EndedExecution>> asked;
  gateway.on_start_sync = [&](const run::StartExecution&, run::Reply<run::EndedExecution> reply) {
    asked.set_value(std::move(reply));
  };
  const std::string body = Json{{"stateMachineArn", kMachineArn}}.dump();
  auto reply = asked.get_future();
  {
    Socket client(server().port());
    client.send(
        "POST / HTTP/1.1\r\nHost: sync-localhost\r\nX-Amz-Target: AWSStepFunctions.StartSyncExecution\r\n"
        "Content-Type: application/x-amz-json-1.0\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_EQ(reply.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  }
  reply.get()(ended(ExecutionStatus::Succeeded));
  expect_alive();
}

TEST_F(StartSync, TheHeaderFieldOfATraceWinsOverTheMember) {
  answer(ended(ExecutionStatus::Succeeded));
  std::string asynchronous;
  gateway.on_start = [&](const run::StartExecution& request, const run::Reply<run::StartedExecution>& reply) {
    asynchronous = request.trace_header;
    reply(run::StartedExecution{kExecutionArn, kNow});
  };
  const Json arguments{{"stateMachineArn", kMachineArn}, {"traceHeader", "Root=body"}};
  call_with("StartSyncExecution", arguments, {"X-Amzn-Trace-Id: Root=field"});
  EXPECT_EQ(seen.trace_header, "Root=field");
  call_with("StartExecution", arguments, {"x-amzn-trace-id: Root=field"});
  EXPECT_EQ(asynchronous, "Root=field");
  call_with("StartExecution", arguments, {});
  EXPECT_EQ(asynchronous, "Root=body");
}

TEST_F(StartSync, ATraceIsAscii) {
  answer(ended(ExecutionStatus::Succeeded));
  const auto trace = [&](const std::string& header) {
    return call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}, {"traceHeader", header}});
  };
  EXPECT_EQ(trace(std::string(256, 'a')).status, 200);
  EXPECT_EQ(trace(std::string(257, 'a')).status, 400);
  EXPECT_EQ(trace("Größe").json()["message"],
            "1 validation error detected: Value 'Größe' at 'traceHeader' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: \\p{ASCII}*");
}

}  // namespace
}  // namespace stepd::api::test
