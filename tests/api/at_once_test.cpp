// Small starts are run where they were read. Whatever a request says, the answer and what the engine is asked for are
// those of the long way, which every odd request goes.
#include "api/api_fixture.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <thread>

namespace stepd::api::test {
namespace {

/// What a request led to.
struct Outcome {
  int status = 0;
  std::string body;
  std::string asked;  ///< of the engine; empty: nothing

  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << outcome.status << " " << outcome.body << " after " << outcome.asked;
  }
};

std::string shown(const run::StartExecution& request) {
  return request.state_machine_arn + "|" + request.name.value_or("(none)") + "|" + request.input + "|" +
         request.trace_header;
}

class AtOnce : public Api {
 protected:
  AtOnce() {
    gateway.on_start = [this](const run::StartExecution& request, const run::Reply<run::StartedExecution>& reply) {
      note(request);
      if (request.input == "refuse")
        return reply(run::Refusal{run::RefusalCode::InvalidExecutionInput, "said \"no\"\n"});
      if (request.input == "throw") throw std::runtime_error("on purpose");
      reply(run::StartedExecution{kExecutionArn, kNow});
    };
    gateway.on_start_sync = [this](const run::StartExecution& request, const run::Reply<run::EndedExecution>& reply) {
      note(request);
      if (request.input == "refuse") return reply(run::Refusal{run::RefusalCode::StateMachineDeleting, "going"});
      if (request.input == "throw") throw std::runtime_error("on purpose");
      run::EndedExecution end;
      end.arn = kExecutionArn;
      end.name = request.name.value_or("made \xC3\xA9");
      end.state_machine_arn = request.state_machine_arn;
      end.status = storage::ExecutionStatus::Failed;
      end.started_at = kNow;
      end.stopped_at = Instant{std::chrono::milliseconds(1'763'712'346'000)};
      end.input = *Payload::parse(R"({"tab":"\t","quote":"\"","high":"\ud83d\ude00"})");
      end.output = *Payload::parse("[1,2.50]");
      end.error = "Odd\x01";
      end.cause = "line\nline \xff not UTF-8";
      reply(end);
    };
  }
  void note(const run::StartExecution& request) {
    asked = shown(request);
    thread = std::this_thread::get_id();
  }
  Outcome outcome(const std::string& operation, const std::string& body, std::vector<std::string> fields = {},
                  const std::string& type = "application/x-amz-json-1.0") {
    asked.clear();
    if (!type.empty()) fields.push_back("Content-Type: " + type);
    if (!operation.empty()) fields.push_back("X-Amz-Target: AWSStepFunctions." + operation);
    const auto answer = ask("POST", "/", body, fields);
    return {answer.status, answer.body, asked};
  }
  /// Both ways.
  void compare(const std::string& body, const std::vector<std::string>& fields = {},
               const std::string& type = "application/x-amz-json-1.0") {
    for (const auto* operation : {"StartExecution", "StartSyncExecution"}) {
      gateway.at_once = true;
      const auto quick = outcome(operation, body, fields, type);
      gateway.at_once = false;
      EXPECT_EQ(quick, outcome(operation, body, fields, type)) << operation << " of " << body;
    }
  }

  std::string asked;
  std::thread::id thread;
};

TEST_F(AtOnce, OddRequestsAreAnsweredTheSameEitherWay) {
  const std::string machine = "\"stateMachineArn\":\"" + kMachineArn + "\"";
  const std::vector<std::string> members = {
      "",
      R"("input":"{}")",
      R"("input":"{ \"a\" : [1, 2.0e3] }","name":"one")",
      R"("name":"one","input":"")",
      R"("input":"no JSON")",
      R"("input":"refuse")",
      R"("input":"throw")",
      R"("input":"\u0000\u001f\ud83d\ude00\/\b")",
      R"("input":"\ud83d")",
      R"("input":"\x41")",
      R"("input":null)",
      R"("input":1)",
      R"("input":{})",
      R"("input":["x"])",
      R"("input":true)",
      R"("input":"a","input":"b")",
      R"("input":"a","input":null)",
      R"("INPUT":"x")",
      R"("inpu\u0074":"{\"x\":1}")",
      R"("name":"")",
      R"("name":null)",
      R"("name":7)",
      R"("name":"a b")",
      R"("name":")" + std::string(80, 'n') + R"(")",
      R"("name":")" + std::string(81, 'n') + R"(")",
      R"("name":"éééé")",
      R"("name":")" + std::string(160, '\xC3').replace(1, 159, std::string(159, '\xA9')) + R"(")",
      R"("traceHeader":"Root=1")",
      R"("traceHeader":"")",
      R"("traceHeader":null)",
      R"("traceHeader":"é")",
      R"("includedData":"METADATA_ONLY")",
      R"("includedData":"ALL_DATA")",
      R"("includedData":"SOME")",
      R"("includedData":null)",
      R"("unknown":"x")",
      R"("unknown":{"deep":[[[1]]]})",
      R"("unknown":1e400)",
      R"("":"")",
      R"("input":"{}",)",
      R"("input":"{}" "name":"x")",
      "\"input\":\"a\tb\"",
      "\"input\":\"\xff\"",
      "\"input\":\"\xED\xA0\x80\"",
      std::string("\"input\":\"a\0b\"", 13),
  };
  for (const auto& each : members) {
    const auto body = "{" + machine + (each.empty() ? "" : "," + each) + "}";
    compare(body);
  }
  const std::vector<std::string> bodies = {
      "",
      "{}",
      "[]",
      "null",
      "\"text\"",
      "{",
      "{" + machine,
      "{" + machine + "}}",
      "{" + machine + "} x",
      " \r\n\t{ " + machine + " } \n",
      "\xEF\xBB\xBF{" + machine + "}",
      std::string(1, '\0') + "{" + machine + "}",
      "{" + machine + "}" + std::string(1, '\0'),
      "{'stateMachineArn':'x'}",
      R"({"stateMachineArn":null})",
      R"({"stateMachineArn":5})",
      R"({"stateMachineArn":""})",
      R"({"stateMachineArn":"nonsense"})",
      R"({"stateMachineArn":"arn:aws:states:us-east-1:123456789012:execution:greet:one"})",
      R"({"stateMachineArn":")" + kMachineArn + R"(:2"})",
      R"({"stateMachineArn":")" + kMachineArn + R"(:PROD"})",
      R"({"stateMachineArn":")" + kMachineArn + std::string(256, 'x') + R"("})",
      R"({"stateMachineArn":")" + kMachineArn + R"(","stateMachineArn":"other"})",
      R"({"name":"only"})",
      std::string(2000, '['),
      "{" + machine + R"(,"input":")" + std::string(70'000, 'x') + R"("})",
      "{" + machine + R"(,"input":")" + std::string(262'144, 'x') + R"("})",
      "{" + machine + R"(,"input":")" + std::string(262'145, 'x') + R"("})",
  };
  for (const auto& body : bodies) compare(body);
}

TEST_F(AtOnce, OddHeadsAreAnsweredTheSameEitherWay) {
  const auto body = "{\"stateMachineArn\":\"" + kMachineArn + "\"}";
  compare(body, {"X-Amzn-Trace-Id: Root=1-2"});
  compare(body, {"X-Amzn-Trace-Id: "});
  compare(body, {"X-Amzn-Trace-Id: " + std::string(300, 'x')});
  for (const auto* type :
       {"application/json", "application/x-amz-json-1.1", "Application/X-Amz-JSON-1.0; charset=utf-8", "text/plain",
        "application/x-www-form-urlencoded", ""}) {
    compare(body, {}, type);
  }
  for (const auto* target :
       {"AWSStepFunctions.", "AWSStepFunctions.Start", "AmazonSQS.StartExecution", "StartExecution"}) {
    gateway.at_once = true;
    const auto quick = outcome("", body, {"X-Amz-Target: " + std::string(target)});
    gateway.at_once = false;
    EXPECT_EQ(quick, outcome("", body, {"X-Amz-Target: " + std::string(target)})) << target;
    EXPECT_EQ(quick.asked, "");
  }
}

TEST_F(AtOnce, APlainStartRunsWhereItWasReadAndWhatBlocksDoesNot) {
  const auto body = "{\"stateMachineArn\":\"" + kMachineArn + "\"}";
  std::vector<std::thread::id> at_once;
  for (const bool ready : {true, false}) {
    gateway.at_once = ready;
    std::set<std::thread::id> threads;
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(outcome("StartExecution", body).status, 200);
      threads.insert(thread);
    }
    for (const auto& id : threads) {
      if (ready) at_once.push_back(id);
      EXPECT_EQ(std::find(at_once.begin(), at_once.end(), id) != at_once.end(), ready);
    }
  }
}

TEST_F(AtOnce, ConnectionsAreDealtOutToTheThreadsInTurn) {
  const auto body = "{\"stateMachineArn\":\"" + kMachineArn + "\"}";
  std::map<std::thread::id, int> served;
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(outcome("StartExecution", body).status, 200);
    ++served[thread];
  }
  ASSERT_EQ(served.size(), 2U);
  EXPECT_EQ(served.begin()->second, 8) << "each connection asks once";
}

}  // namespace
}  // namespace stepd::api::test
