// Node handlers in real processes. They are skipped where there is no node.
#include "functions/blueprint.h"
#include "runtime_fixture.h"

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class NodeFunctionsTest : public RuntimeTest {
 protected:
  void SetUp() override {
    if (!functions::find_program("node", "/usr/local/bin:/usr/bin:/bin")) GTEST_SKIP() << "there is no node";
    function().runtime = "nodejs22.x";
    function().handler = "app.handler";
  }
  void handler(const std::string& body) { write("app.js", "exports.handler = " + body + ";\n"); }
};

TEST_F(NodeFunctionsTest, APromisesResult) {
  handler("async (event, context) => ({ event, name: context.functionName, memory: context.memoryLimitInMB })");
  EXPECT_EQ(result(R"({"a":1})"), (Json{{"event", {{"a", 1}}}, {"name", "f"}, {"memory", "128"}}));
}

TEST_F(NodeFunctionsTest, AFunctionWithoutAResultAnswersNull) {
  handler("async () => {}");
  EXPECT_EQ(invoke().payload, "null");
}

TEST_F(NodeFunctionsTest, AnErrorIsNamedByItsNameAndTheProcessGoesOn) {
  handler(
      "async event => { class MyError extends Error {} if (event.pid) return process.pid; const e = new "
      "MyError('sorry'); "
      "if (event.named) e.name = 'Named'; throw e; }");
  const auto pid = result(R"({"pid":true})");
  const auto seen = error();
  EXPECT_EQ(seen["errorType"], "Error");
  EXPECT_EQ(seen["errorMessage"], "sorry");
  EXPECT_EQ(seen["trace"][0], "Error: sorry");
  EXPECT_THAT(seen["trace"][1].get<std::string>(), HasSubstr("/var/task/app.js:1:"));
  EXPECT_EQ(error(R"({"named":true})")["errorType"], "Named");
  EXPECT_EQ(result(R"({"pid":true})"), pid);
}

TEST_F(NodeFunctionsTest, WhatIsThrownNeedBeNoError) {
  handler("async () => { throw 'x'; }");
  EXPECT_EQ(invoke().payload, R"({"errorType":"string","errorMessage":"x","trace":[]})");
}

TEST_F(NodeFunctionsTest, ACallbackWaitsForTheLoopUnlessToldOtherwise) {
  handler(
      "(event, context, callback) => { const at = Date.now(); setTimeout(() => {}, 300); "
      "context.callbackWaitsForEmptyEventLoop = event; callback(null, 'called'); }");
  auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(result("false"), "called");
  before = std::chrono::steady_clock::now();
  EXPECT_EQ(result("true"), "called");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 290ms);
}

TEST_F(NodeFunctionsTest, APromiseThatNeverSettlesIsNull) {
  handler("() => new Promise(() => {})");
  EXPECT_EQ(invoke().payload, "null");
}

TEST_F(NodeFunctionsTest, AMissingModule) {
  write("app.js", "require('nowhere');\n");
  const auto seen = error();
  EXPECT_EQ(seen["errorType"], "Runtime.ImportModuleError");
  EXPECT_EQ(seen["errorMessage"],
            "Error: Cannot find module 'nowhere'\nRequire stack:\n- /var/task/app.js\n- /var/runtime/index.mjs");
}

TEST_F(NodeFunctionsTest, SyntaxErrors) {
  write("app.js", "exports.handler = (;\n");
  EXPECT_EQ(error()["errorType"], "Runtime.UserCodeSyntaxError");
}

TEST_F(NodeFunctionsTest, AnExportInAScriptIsASyntaxError) {
  write("app.js", "export const handler = async () => 1;\n");
  EXPECT_EQ(error()["errorType"], "Runtime.UserCodeSyntaxError");
}

TEST_F(NodeFunctionsTest, HandlersThatAreNone) {
  write("app.js", "exports.other = 1;\nexports.handler = undefined;\n");
  EXPECT_EQ(error()["errorMessage"], "app.handler is undefined or not exported");
}

TEST_F(NodeFunctionsTest, AHandlerNameMustNotLeadOut) {
  function().handler = "../app.handler";
  EXPECT_EQ(error()["errorType"], "Runtime.MalformedHandlerName");
}

TEST_F(NodeFunctionsTest, AnEsModuleFindsPackagesOfALayer) {
  const auto package = folder_ / "layer" / "nodejs" / "node_modules" / "layered";
  std::filesystem::create_directories(package);
  std::ofstream(package / "package.json") << R"({"name":"layered","type":"module","exports":"./index.js"})";
  std::ofstream(package / "index.js") << "export const value = 42;\n";
  function().layers = {(folder_ / "layer").string()};
  function().handler = "pkg/app.nested.handler";
  write("pkg/app.mjs", "import { value } from 'layered';\nexport const nested = { handler: async () => value };\n");
  EXPECT_EQ(result(), 42);
}

TEST_F(NodeFunctionsTest, AScriptOfAPackageOfModulesIsAModule) {
  write("package.json", R"({"type":"module"})");
  write("app.js", "export const handler = async event => event;\n");
  EXPECT_EQ(result("7"), 7);
}

TEST_F(NodeFunctionsTest, ResultsThatAreNoJson) {
  handler("async event => event === 1 ? 5n : () => 1");
  EXPECT_EQ(error("1")["errorMessage"], "Unable to stringify response body");
  EXPECT_EQ(error("2")["errorMessage"], "Wrong arguments");
}

TEST_F(NodeFunctionsTest, FaultsThatComeLate) {
  handler(
      "(event, context, callback) => event === 1 ? void setTimeout(() => { throw new TypeError('late'); }, 5) "
      ": event === 2 ? new Promise(() => { Promise.reject(new Error('nobody')); setTimeout(() => {}, 5000); }) : "
      "Promise.resolve('well')");
  EXPECT_EQ(error("1")["errorType"], "TypeError");
  const auto rejected = error("2");
  EXPECT_EQ(rejected["errorType"], "Runtime.UnhandledPromiseRejection");
  EXPECT_EQ(rejected["errorMessage"], "Error: nobody");
  EXPECT_EQ(result("3"), "well");
}

TEST_F(NodeFunctionsTest, LogsAreEventsOfAnyNumberOfLinesAndNoneIsLost) {
  handler(
      "async event => { if (event === 1) { for (let i = 0; i < 20000; ++i) console.log('line', i); process.exit(0); } "
      "console.log('a\\nb'); }");
  error("1");
  EXPECT_TRUE(logs_.has("line 19999"));
  const auto messages = logs_.messages();
  EXPECT_EQ(std::count_if(messages.begin(), messages.end(),
                          [](const auto& m) { return m.find("\tINFO\tline ") != std::string::npos; }),
            20'000);
  logs_.clear();
  invoke("2");
  EXPECT_THAT(logs_.messages(),
              Contains(MatchesRegex("[-0-9]+T[0-9:.]+Z\t00000000-0000-4000-8000-000000000002\tINFO\ta\nb")));
}

TEST_F(NodeFunctionsTest, TooMuchMemory) {
  handler(
      "async () => { const held = []; for (;;) { held.push(Buffer.alloc(8 << 20, 1)); await new Promise(r => "
      "setTimeout(r, 1)); } }");
  EXPECT_EQ(error()["errorType"], "Runtime.OutOfMemory");
}

TEST_F(NodeFunctionsTest, ALargeResult) {
  handler("async event => 'x'.repeat(event)");
  EXPECT_EQ(invoke(std::to_string(6'291'556 - 2)).payload.size(), 6'291'556u);
  EXPECT_EQ(error(std::to_string(6'291'556 - 1))["errorType"], "Function.ResponseSizeTooLarge");
}

TEST_F(NodeFunctionsTest, TimersDoNotRunBetweenCalls) {
  write("app.js", "let ticks = 0;\nsetInterval(() => ++ticks, 10);\nexports.handler = async () => ticks;\n");
  const int first = result().get<int>();
  const auto until = std::chrono::steady_clock::now() + 600ms;
  comes([&] { return std::chrono::steady_clock::now() > until; });
  EXPECT_LT(result().get<int>() - first, 20);
}

}  // namespace
}  // namespace stepd::test
