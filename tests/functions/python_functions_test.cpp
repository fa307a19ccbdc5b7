// Python handlers in real processes: what they see, what they answer, and how they fail.
#include "python_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using functions::Outcome;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST_F(PythonFunctionsTest, EchoesItsEvent) {
  handler(
      "import sys\n"
      "def handler(event, context):\n    return sys.version_info >= (3, 12) if event == 'modern' else event\n");
  // The runtimes from python3.12 on do not escape characters, as on Lambda.
  const bool modern = result("\"modern\"").get<bool>();
  EXPECT_EQ(invoke(R"({"a": [1, 2.5, null, "é"]})").payload,
            modern ? R"({"a": [1, 2.5, null, "é"]})" : R"({"a": [1, 2.5, null, "\u00e9"]})");
  EXPECT_EQ(result("\"text\""), Json("text"));
}

TEST_F(PythonFunctionsTest, AFunctionWithoutAResultAnswersNull) {
  handler("def handler(event, context):\n    pass\n");
  EXPECT_EQ(invoke().payload, "null");
}

TEST_F(PythonFunctionsTest, AnExceptionIsNamedWithItsFramesAndTheProcessGoesOn) {
  handler(
      "import os\n"
      "class CustomError(Exception):\n    pass\n"
      "def handler(event, context):\n"
      "    if event.get('pid'): return os.getpid()\n"
      "    raise CustomError('sorry')\n");
  const auto pid = result(R"({"pid": true})");
  const auto outcome = invoke();
  EXPECT_TRUE(outcome.failed);
  EXPECT_EQ(outcome.error_type, "CustomError");
  EXPECT_EQ(
      outcome.payload,
      R"({"errorMessage": "sorry", "errorType": "CustomError", "requestId": "00000000-0000-4000-8000-000000000002", )"
      R"("stackTrace": ["  File \"/var/task/app.py\", line 6, in handler\n    raise CustomError('sorry')\n"]})");
  EXPECT_TRUE(logs_.has("[ERROR] CustomError: sorry\nTraceback (most recent call last):\n\u00a0\u00a0File"));
  EXPECT_EQ(result(R"({"pid": true})"), pid);
}

TEST_F(PythonFunctionsTest, SeesTheContextOfLambda) {
  handler(
      "def handler(event, c):\n"
      "    return [c.aws_request_id, c.function_name, c.function_version, c.invoked_function_arn, "
      "c.memory_limit_in_mb,\n"
      "            c.log_group_name, c.get_remaining_time_in_millis(), c.client_context.custom, "
      "str(c.identity.cognito_identity_id)]\n");
  const auto seen = parse_json(end(begin("{}", R"({"custom":{"a":"b"}})")).payload).value();
  EXPECT_EQ(seen[0], "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(seen[1], "f");
  EXPECT_EQ(seen[2], "$LATEST");
  EXPECT_EQ(seen[3], "arn:aws:lambda:us-east-1:123456789012:function:f");
  EXPECT_EQ(seen[4], "128");
  EXPECT_EQ(seen[5], "/aws/lambda/f");
  EXPECT_GT(seen[6].get<int>(), 20'000);
  EXPECT_LE(seen[6].get<int>(), 30'000);
  EXPECT_EQ(seen[7], (Json{{"a", "b"}}));
}

TEST_F(PythonFunctionsTest, FindsTheEnvironmentOfLambdaAndNothingOfTheDaemons) {
  ::setenv("STEPD_TEST_SECRET", "secret", 1);
  function().environment.emplace_back("TABLE", "images");
  handler("import os\ndef handler(event, context):\n    return dict(os.environ)\n");
  const auto seen = result();
  ::unsetenv("STEPD_TEST_SECRET");
  EXPECT_EQ(seen["TABLE"], "images");
  EXPECT_EQ(seen["AWS_REGION"], "us-east-1");
  EXPECT_EQ(seen["AWS_LAMBDA_FUNCTION_NAME"], "f");
  EXPECT_EQ(seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
  EXPECT_EQ(seen["AWS_ENDPOINT_URL"], "http://127.0.0.1:9");
  EXPECT_EQ(seen["LAMBDA_TASK_ROOT"], have_view() ? "/var/task" : (folder_ / "code").string());
  EXPECT_EQ(seen["_HANDLER"], "app.handler");
  EXPECT_EQ(seen["AWS_LAMBDA_LOG_GROUP_NAME"], "/aws/lambda/f");
  EXPECT_THAT(seen["_X_AMZN_TRACE_ID"].get<std::string>(), StartsWith("Root=1-"));
  for (const char* name :
       {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
        "AWS_DEFAULT_REGION", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_EXECUTION_ENV", "TZ", "LANG", "PATH"}) {
    EXPECT_TRUE(seen.contains(name)) << name;
  }
  EXPECT_FALSE(seen.contains("STEPD_TEST_SECRET"));
  EXPECT_FALSE(seen.contains("HOME"));
}

TEST_F(PythonFunctionsTest, HasNoDescriptorsOfTheDaemon) {
  handler(
      "import os\n"
      "def handler(event, context):\n"
      "    return sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in os.listdir('/proc/self/fd') if "
      "os.path.islink(f'/proc/self/fd/{n}'))\n");
  // Standard input, output, error, frames, its connection, and what lists the folder while it does.
  const auto seen = result();
  EXPECT_LE(seen.size(), 6u) << seen;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "socket"), 1) << seen;
}

TEST_F(PythonFunctionsTest, AHandlerThatDoesNotExist) {
  handler("x = 1\n");
  EXPECT_EQ(error(), (Json{{"errorMessage", "Handler 'handler' missing on module 'app'"},
                           {"errorType", "Runtime.HandlerNotFound"},
                           {"requestId", ""},
                           {"stackTrace", Json::array()}}));
  const auto messages = logs_.messages();
  EXPECT_EQ(std::count_if(messages.begin(), messages.end(), [](const auto& m) { return m.starts_with("INIT_REPORT"); }),
            2);
}

TEST_F(PythonFunctionsTest, AModuleThatIsMissing) {
  handler("import nowhere\n");
  const auto seen = error();
  EXPECT_EQ(seen["errorType"], "Runtime.ImportModuleError");
  EXPECT_EQ(seen["errorMessage"], "Unable to import module 'app': No module named 'nowhere'");
  EXPECT_EQ(seen["stackTrace"], Json::array());
}

TEST_F(PythonFunctionsTest, ASyntaxError) {
  handler("def handler(event, context)\n    pass\n");
  const auto seen = error();
  EXPECT_EQ(seen["errorType"], "Runtime.UserCodeSyntaxError");
  EXPECT_EQ(seen["errorMessage"], "Syntax error in module 'app': expected ':' (app.py, line 1)");
  EXPECT_THAT(seen["stackTrace"][0].get<std::string>(),
              StartsWith("  File \"/var/task/app.py\" Line 1\n    def handler"));
}

TEST_F(PythonFunctionsTest, AnExceptionAtImport) {
  handler("raise KeyError('OUTPUT_BUCKET')\n");
  const auto seen = error();
  EXPECT_EQ(seen["errorType"], "KeyError");
  EXPECT_EQ(seen["errorMessage"], "'OUTPUT_BUCKET'");
  EXPECT_THAT(seen["stackTrace"].back().get<std::string>(), HasSubstr("/var/task/app.py\", line 1, in <module>"));
}

TEST_F(PythonFunctionsTest, OddHandlerNames) {
  handler("def handler(event, context):\n    return 1\n");
  function().handler = "app";
  EXPECT_EQ(error()["errorMessage"], "Bad handler 'app': not enough values to unpack (expected 2, got 1)");
}

TEST_F(PythonFunctionsTest, ABuiltInModuleIsNoHandler) {
  function().handler = "time.time";
  EXPECT_EQ(error()["errorMessage"], "Cannot use built-in module time as a handler module");
}

TEST_F(PythonFunctionsTest, AHandlerInAFolder) {
  write("pkg/inner.py", "def go(event, context):\n    return __name__\n");
  function().handler = "pkg/inner.go";
  EXPECT_EQ(result(), "pkg.inner");
}

TEST_F(PythonFunctionsTest, AResultThatIsNoJson) {
  handler("def handler(event, context):\n    return {1, 2}\n");
  EXPECT_EQ(error(), (Json{{"errorMessage", "Unable to marshal response: Object of type set is not JSON serializable"},
                           {"errorType", "Runtime.MarshalError"},
                           {"requestId", "00000000-0000-4000-8000-000000000001"},
                           {"stackTrace", Json::array()}}));
}

TEST_F(PythonFunctionsTest, AnExitInTheHandler) {
  handler("import sys\ndef handler(event, context):\n    sys.exit(event['code'])\n");
  EXPECT_EQ(
      error(R"({"code": 0})"),
      (Json{{"errorType", "Runtime.ExitError"},
            {"errorMessage",
             "RequestId: 00000000-0000-4000-8000-000000000001 Error: Runtime exited without providing a reason"}}));
  EXPECT_THAT(error(R"({"code": 3})")["errorMessage"].get<std::string>(),
              HasSubstr("Runtime exited with error: exit status 3"));
}

TEST_F(PythonFunctionsTest, AnExitAtImport) {
  handler("import sys\nsys.exit(0)\n");
  EXPECT_THAT(error()["errorMessage"].get<std::string>(), HasSubstr("Runtime exited without providing a reason"));
}

TEST_F(PythonFunctionsTest, AProcessThatKillsItselfAndTheNextCallWorks) {
  handler("import os\ndef handler(event, context):\n    if event: os.kill(os.getpid(), 9)\n    return 'well'\n");
  EXPECT_THAT(error(R"({"die": 1})")["errorMessage"].get<std::string>(), HasSubstr("signal: killed"));
  EXPECT_EQ(result(), "well");
}

TEST_F(PythonFunctionsTest, ACallPastItsTimeoutKeepsTheFilesUnderTmpAndLosesItsGlobals) {
  function().timeout = 700ms;
  handler(
      "import os, threading\n"
      "calls = 0\n"
      "def handler(event, context):\n"
      "    global calls\n    calls += 1\n"
      "    if event.get('sleep'):\n"
      "        open('/tmp/kept', 'w').write('x')\n"
      "        threading.Event().wait(60)\n"
      "    return [calls, os.path.exists('/tmp/kept')]\n");
  EXPECT_EQ(result(), (Json{1, false}));
  const auto before = std::chrono::steady_clock::now();
  const auto seen = error(R"({"sleep": true})");
  EXPECT_LT(std::chrono::steady_clock::now() - before, 20s);
  EXPECT_EQ(seen["errorType"], "Sandbox.Timedout");
  EXPECT_THAT(seen["errorMessage"].get<std::string>(), HasSubstr("Task timed out after 0.70 seconds"));
  EXPECT_EQ(result(), (Json{1, true}));
}

TEST_F(PythonFunctionsTest, WhatACallHasStartedEndsWithIt) {
  if (!have_view()) GTEST_SKIP() << kNoView;
  function().timeout = 2s;
  handler(
      "import subprocess, threading\n"
      "def handler(event, context):\n"
      "    subprocess.Popen(['/bin/sh', '-c', 'echo > /tmp/started; while :; do sleep 0.02; date +%s%N > /tmp/beat; "
      "done'], start_new_session=True)\n"
      "    while True: threading.Event().wait(1)\n");
  const auto beat = options_.folder / "run" / "tmp" / "f" / "0" / "beat";
  EXPECT_EQ(error()["errorType"], "Sandbox.Timedout");
  ASSERT_TRUE(std::filesystem::exists(beat));
  const auto last = std::filesystem::last_write_time(beat);
  handler("def handler(event, context):\n    return sum(i for i in range(3000000))\n");
  runtime();
  const auto until = std::chrono::steady_clock::now() + 200ms;
  comes([&] { return std::chrono::steady_clock::now() > until; });
  EXPECT_EQ(std::filesystem::last_write_time(beat), last);
}

TEST_F(PythonFunctionsTest, TooMuchMemoryIsTaken) {
  handler(
      "def handler(event, context):\n    held = [bytearray(10 << 20) for _ in range(40)]\n    while True: held[0][0] "
      "+= 0\n");
  EXPECT_EQ(error(), (Json{{"errorType", "Runtime.OutOfMemory"},
                           {"errorMessage",
                            "RequestId: 00000000-0000-4000-8000-000000000001 Error: Runtime exited with "
                            "error: signal: killed"}}));
}

TEST_F(PythonFunctionsTest, ProcessesThatMultiplyAreEnded) {
  function().timeout = 20s;
  // Bounded: at most 1,024 processes, were nobody to stop them.
  handler(
      "import os, threading\n"
      "def handler(event, context):\n"
      "    for _ in range(10):\n"
      "        try: os.fork()\n"
      "        except OSError: pass\n"
      "    threading.Event().wait(60)\n");
  EXPECT_EQ(error()["errorType"], "Runtime.OutOfMemory");
  handler("def handler(event, context):\n    return 'well'\n");
  EXPECT_TRUE(comes([&] { return invoke().payload == "\"well\""; }));
}

TEST_F(PythonFunctionsTest, ASessionTokenTellsTheLineageOfTheCall) {
  handler("import os\ndef handler(event, context):\n    return os.environ['AWS_SESSION_TOKEN']\n");
  const Lineage lineage{7, 3};
  const auto token = result_of(lineage).get<std::string>();
  EXPECT_EQ(runtime().lineage_of(token), lineage);
  EXPECT_EQ(runtime().lineage_of(token + "x"), std::nullopt);
  EXPECT_EQ(result_of(Lineage{}), token);
  EXPECT_EQ(runtime().lineage_of(token), Lineage());
}

TEST_F(PythonFunctionsTest, ALargeResultPassesUpToTheLimit) {
  handler("def handler(event, context):\n    return 'x' * event\n");
  const auto outcome = invoke(std::to_string(6'291'556 - 2));
  EXPECT_FALSE(outcome.failed) << outcome.payload.substr(0, 200);
  EXPECT_EQ(outcome.payload.size(), 6'291'556u);
  EXPECT_EQ(error(std::to_string(6'291'556 - 1)),
            (Json{{"errorMessage", "Response payload size exceeded maximum allowed payload size (6291556 bytes)."},
                  {"errorType", "Function.ResponseSizeTooLarge"}}));
  EXPECT_EQ(invoke("1").payload, "\"x\"");
}

TEST_F(PythonFunctionsTest, OutputWithoutEndEndsWithTheCall) {
  function().timeout = 1s;
  handler("def handler(event, context):\n    while True: print('x' * 1000)\n");
  EXPECT_EQ(error()["errorType"], "Sandbox.Timedout");
  EXPECT_LT(logs_.messages().size(), 40'000u);
}

TEST_F(PythonFunctionsTest, PrintedLinesAreEventsAndLoggedTextsOne) {
  handler(
      "import logging, sys\n"
      "def handler(event, context):\n"
      "    print('a\\nb')\n"
      "    print('to stderr', file=sys.stderr)\n"
      "    logging.getLogger().warning('two\\nlines')\n"
      "    logging.getLogger().info('not logged')\n");
  invoke();
  auto messages = logs_.messages();
  ASSERT_GE(messages.size(), 7u);
  EXPECT_THAT(messages, AllOf(Contains("a"), Contains("b"), Contains("to stderr")));
  EXPECT_THAT(
      messages,
      Contains(MatchesRegex("\\[WARNING\\]\t[-0-9]+T[0-9:.]+Z\t00000000-0000-4000-8000-000000000001\ttwo\nlines")));
  EXPECT_FALSE(logs_.has("not logged"));
  EXPECT_THAT(messages.front(), StartsWith("INIT_START"));
  EXPECT_THAT(messages[1], StartsWith("START RequestId"));
  EXPECT_THAT(messages.back(), StartsWith("REPORT RequestId"));
  EXPECT_THAT(logs_.groups(), testing::Each("/aws/lambda/f"));
}

TEST_F(PythonFunctionsTest, TheTailOfTheLogIsThatOfTheCall) {
  handler("def handler(event, context):\n    print('hello')\n");
  const auto tail = invoke().log_tail;
  EXPECT_THAT(tail, AllOf(StartsWith("START RequestId"), HasSubstr("\nhello\nEND RequestId"), HasSubstr("REPORT")));
}

TEST_F(PythonFunctionsTest, TheFolderOfTheCodeCannotBeWrittenTo) {
  if (!have_view()) GTEST_SKIP() << kNoView;
  handler(
      "import os\n"
      "def handler(event, context):\n"
      "    try:\n        open(os.environ['LAMBDA_TASK_ROOT'] + '/new', 'w')\n"
      "    except OSError as error:\n        return type(error).__name__\n"
      "    return 'written'\n");
  EXPECT_THAT(result().get<std::string>(), AnyOf("OSError", "PermissionError"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "code" / "new"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "code" / "__pycache__"));
}

TEST_F(PythonFunctionsTest, TheDaemonsFilesAndProcessAreOutOfReach) {
  if (!have_view()) GTEST_SKIP() << kNoView;
  std::ofstream(options_.folder / "journal") << "secret";
  handler(
      "import os, signal\n"
      "def attempt(work):\n"
      "    try: return str(work())\n"
      "    except OSError as error: return type(error).__name__\n"
      "def handler(event, context):\n"
      "    parent = event['daemon']\n"
      "    return [attempt(lambda: open(event['file']).read()), attempt(lambda: "
      "open(f'/proc/{parent}/environ').read()),\n"
      "            attempt(lambda: os.kill(parent, 0)), attempt(lambda: open('/etc/shadow').read()), attempt(lambda: "
      "os.setuid(1))]\n");
  const auto seen = result(print_json(Json{{"daemon", ::getpid()}, {"file", (options_.folder / "journal").string()}}));
  for (const auto& each : seen) {
    EXPECT_THAT(each.get<std::string>(), AnyOf("FileNotFoundError", "PermissionError", "ProcessLookupError", "OSError"))
        << seen;
  }
}

TEST_F(PythonFunctionsTest, CallsAtOnceHaveProcessesOfTheirOwn) {
  function().concurrency = 3;
  handler(
      "import os, threading\ndef handler(event, context):\n    threading.Event().wait(0.3)\n    return "
      "os.environ['AWS_LAMBDA_RUNTIME_API']\n");
  std::vector<std::future<Result<Outcome>>> calls;
  for (int i = 0; i < 5; ++i) calls.push_back(begin());
  std::set<std::string> processes;
  int refused = 0;
  for (auto& each : calls) {
    const auto outcome = each.get();
    if (outcome) {
      processes.insert(outcome->payload);
    } else {
      EXPECT_EQ(outcome.error().name, "TooManyRequestsException");
      ++refused;
    }
  }
  EXPECT_EQ(processes.size(), 3u);
  EXPECT_EQ(refused, 2);
}

TEST_F(PythonFunctionsTest, AnIdleProcessThatIsKilledCostsNoCall) {
  handler("import os\ndef handler(event, context):\n    return os.getpid()\n");
  invoke();
  // From outside, the way an operator or the kernel would: whichever process has this folder as its own.
  EXPECT_EQ(std::system(("for p in /proc/[0-9]*; do if [ \"$(tr '\\0' '\\n' < $p/environ 2>/dev/null | grep -c "
                         "AWS_LAMBDA_FUNCTION_NAME=f$)\" = 1 ] && readlink $p/exe | grep -q python; then kill -9 "
                         "${p#/proc/}; fi; done")),
            0);
  EXPECT_EQ(invoke().failed, false);
}

TEST_F(PythonFunctionsTest, NewCodeIsRunByTheNextCall) {
  handler("def handler(event, context):\n    return 'old'\n");
  EXPECT_EQ(result(), "old");
  handler("def handler(event, context):\n    return 'new!'\n");
  EXPECT_TRUE(comes([&] { return result() == "new!"; }));
}

TEST_F(PythonFunctionsTest, AnIdleProcessDoesNotRun) {
  handler(
      "import threading\n"
      "ticks = 0\n"
      "def tick():\n"
      "    global ticks\n"
      "    while True:\n        ticks += 1\n        threading.Event().wait(0.01)\n"
      "threading.Thread(target=tick, daemon=True).start()\n"
      "def handler(event, context):\n    return ticks\n");
  const int first = result().get<int>();
  const auto until = std::chrono::steady_clock::now() + 600ms;
  comes([&] { return std::chrono::steady_clock::now() > until; });
  EXPECT_LT(result().get<int>() - first, 20);
}

TEST_F(PythonFunctionsTest, AMissingProgramIsAnInvalidEntrypoint) {
  function().runtime = "provided.al2023";
  EXPECT_EQ(error()["errorType"], "Runtime.InvalidEntrypoint");
  EXPECT_THAT(error()["errorMessage"].get<std::string>(),
              HasSubstr("fork/exec /var/task/bootstrap: no such file or directory"));
}

TEST_F(PythonFunctionsTest, AFileThatIsNoProgramIsAnInvalidEntrypoint) {
  function().runtime = "provided.al2023";
  write("bootstrap", "#!/bin/sh\n");
  EXPECT_THAT(error()["errorMessage"].get<std::string>(), HasSubstr("permission denied"));
}

TEST_F(PythonFunctionsTest, ACommandAsksTheRuntimeApiItself) {
  function().runtime = "";
  function().handler = "";
  function().command = {"python3", "own.py", "more"};
  write("own.py",
        "import http.client, os, sys\n"
        "api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
        "while True:\n"
        "    api.request('GET', '/2018-06-01/runtime/invocation/next')\n"
        "    told = api.getresponse(); body = told.read()\n"
        "    id = told.getheader('Lambda-Runtime-Aws-Request-Id')\n"
        "    def pieces():\n        yield b'[\"' + sys.argv[1].encode() + b'\", '\n        yield body\n        yield "
        "b']'\n"
        "    api.request('POST', '/2018-06-01/runtime/invocation/wrong/response', b'1')\n"
        "    refused = api.getresponse(); refused.read()\n"
        "    assert refused.status == 400\n"
        "    api.request('POST', f'/2018-06-01/runtime/invocation/{id}/response', pieces(), encode_chunked=True, "
        "headers={'Transfer-Encoding': 'chunked'})\n"
        "    assert api.getresponse().read() == b'{\"status\":\"OK\"}\\n'\n");
  EXPECT_EQ(result("[1]"), (Json{"more", Json{1}}));
  EXPECT_EQ(result("2"), (Json{"more", 2}));
}

TEST_F(PythonFunctionsTest, APostedErrorOfAnotherClientIsTakenAsItIs) {
  function().runtime = "provided";
  write("bootstrap",
        "#!/usr/bin/python3\n"
        "import http.client, os\n"
        "api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])\n"
        "api.request('GET', '/2018-06-01/runtime/invocation/next')\n"
        "told = api.getresponse(); told.read()\n"
        "id = told.getheader('Lambda-Runtime-Aws-Request-Id')\n"
        "api.request('POST', f'/2018-06-01/runtime/invocation/{id}/error', "
        "b'{\"errorMessage\":\"no\",\"errorType\":\"errorString\"}')\n"
        "api.getresponse().read()\n"
        "api.request('GET', '/2018-06-01/runtime/invocation/next')\n"
        "api.getresponse()\n");
  std::filesystem::permissions(folder_ / "code" / "bootstrap", std::filesystem::perms::owner_all);
  EXPECT_EQ(invoke().payload, R"({"errorMessage":"no","errorType":"errorString"})");
}

TEST_F(PythonFunctionsTest, LayersAreBeneathOpt) {
  std::filesystem::create_directories(folder_ / "layer" / "python");
  std::ofstream(folder_ / "layer" / "python" / "shared.py") << "value = 'of the layer'\n";
  function().layers = {(folder_ / "layer").string()};
  handler("import shared\ndef handler(event, context):\n    return [shared.value, shared.__file__]\n");
  EXPECT_EQ(result()[0], "of the layer");
}

TEST_F(PythonFunctionsTest, AStoppedRuntimeAnswersWhatRuns) {
  handler("import threading\ndef handler(event, context):\n    threading.Event().wait(60)\n");
  auto call = begin();
  ASSERT_TRUE(comes([&] { return logs_.has("START RequestId"); }));
  EXPECT_FALSE(runtime().drain(1ms));
  runtime().stop();
  EXPECT_EQ(call.get().error().name, "ServiceException");
}

// ---- without namespaces, as in most containers
// -----------------------------------------------------------------------

class BarePythonFunctionsTest : public PythonFunctionsTest {
 protected:
  BarePythonFunctionsTest() { options_.launcher.back() = "function-launcher-without-namespaces"; }
};

TEST_F(BarePythonFunctionsTest, StackTracesNameVarTaskAllTheSame) {
  handler("def handler(event, context):\n    raise ValueError('no')\n");
  EXPECT_EQ(error()["stackTrace"][0], "  File \"/var/task/app.py\", line 2, in handler\n    raise ValueError('no')\n");
}

TEST_F(BarePythonFunctionsTest, WhatACallHasStartedEndsWithIt) {
  function().timeout = 2s;
  handler(
      "import subprocess, threading\n"
      "def handler(event, context):\n"
      "    subprocess.Popen(['/bin/sh', '-c', 'while :; do sleep 0.02; date +%s%N > ' + event + '; done'], "
      "start_new_session=True)\n"
      "    while True: threading.Event().wait(1)\n");
  const auto beat = std::filesystem::path("/tmp") / (folder_.filename().string() + ".beat");
  EXPECT_EQ(error("\"" + beat.string() + "\"")["errorType"], "Sandbox.Timedout");
  ASSERT_TRUE(std::filesystem::exists(beat));
  const auto last = std::filesystem::last_write_time(beat);
  const auto until = std::chrono::steady_clock::now() + 200ms;
  comes([&] { return std::chrono::steady_clock::now() > until; });
  EXPECT_EQ(std::filesystem::last_write_time(beat), last);
  std::filesystem::remove(beat);
}

TEST_F(BarePythonFunctionsTest, AProcessThatKillsItself) {
  handler("import os\ndef handler(event, context):\n    os.kill(os.getpid(), 9)\n");
  EXPECT_THAT(error()["errorMessage"].get<std::string>(), HasSubstr("signal: killed"));
}

TEST_F(BarePythonFunctionsTest, TheFolderOfTheCodeCannotBeWrittenTo) {
  // Elsewhere than in /tmp, which functions without a view of their own share with all others.
  std::string pattern = "/var/tmp/stepd-code-XXXXXX";
  const std::filesystem::path code = ::mkdtemp(pattern.data());
  std::ofstream(code / "app.py")
      << "import os\ndef handler(event, context):\n    open(os.environ['LAMBDA_TASK_ROOT'] + '/new', 'w')\n";
  function().code = code;
  EXPECT_EQ(error()["errorType"], "PermissionError");
  EXPECT_FALSE(std::filesystem::exists(code / "new"));
  std::filesystem::remove_all(code);
}

}  // namespace
}  // namespace stepd::test
