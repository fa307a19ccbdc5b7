// Functions that are written, run in real processes and looked at.
#pragma once

#include "functions/launch/launcher.h"
#include "functions/runtime.h"
#include "kept_logs.h"

#include <gmock/gmock.h>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

namespace stepd::test {

class RuntimeTest : public testing::Test {
 protected:
  RuntimeTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepd-functions-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    options_.folder = folder_ / "data";
    std::filesystem::create_directories(options_.folder);
    options_.launcher = {"/proc/self/exe", "function-launcher"};
  }
  ~RuntimeTest() override {
    runtime_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void write(const std::string& name, const std::string& text) {
    const auto path = folder_ / "code" / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  /// The one function, `f`; its members may be changed before the first call.
  functions::FunctionCode& function() {
    if (options_.functions.empty()) {
      functions::FunctionCode code;
      code.name = "f";
      code.code = folder_ / "code";
      code.handler = "app.handler";
      code.runtime = "python3";
      code.log_group = "/aws/lambda/f";
      code.timeout = std::chrono::seconds{30};
      code.environment = {{"STEPD_OWN_CLIENT", "1"}};
      std::filesystem::create_directories(code.code);
      options_.functions.push_back(code);
    }
    return options_.functions.front();
  }

  functions::Runtime& runtime() {
    if (runtime_ == nullptr) {
      function();
      runtime_ = std::make_unique<functions::Runtime>(options_, logs_, clock_);
      runtime_->serve_at("http://127.0.0.1:9");
    }
    return *runtime_;
  }

  std::future<Result<functions::Outcome>> begin(const std::string& payload = "{}", const std::string& context = "",
                                                const Lineage& lineage = {}) {
    auto promise = std::make_shared<std::promise<Result<functions::Outcome>>>();
    functions::Call call;
    call.attempt = "attempt-" + std::to_string(++calls_);
    call.request_id =
        "00000000-0000-4000-8000-" + std::string(12 - std::to_string(calls_).size(), '0') + std::to_string(calls_);
    call.payload = payload;
    call.function_arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    call.client_context = context;
    call.lineage = lineage;
    call.trace_header = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0";
    call.done = [promise](Result<functions::Outcome> outcome) { promise->set_value(std::move(outcome)); };
    runtime().invoke("f", std::move(call));
    return promise->get_future();
  }

  static functions::Outcome end(std::future<Result<functions::Outcome>> future) {
    if (future.wait_for(std::chrono::seconds{60}) != std::future_status::ready) throw std::runtime_error("no answer");
    auto outcome = future.get();
    if (!outcome) throw std::runtime_error(outcome.error().name + ": " + outcome.error().cause);
    return *std::move(outcome);
  }

  functions::Outcome invoke(const std::string& payload = "{}") { return end(begin(payload)); }
  Json result(const std::string& payload = "{}") {
    const auto outcome = invoke(payload);
    if (outcome.failed) throw std::runtime_error(outcome.payload);
    return parse_json(outcome.payload).value();
  }
  Json result_of(const Lineage& lineage) { return parse_json(end(begin("{}", "", lineage)).payload).value(); }
  /// The error object.
  Json error(const std::string& payload = "{}") {
    const auto outcome = invoke(payload);
    if (!outcome.failed) throw std::runtime_error("no error but " + outcome.payload);
    return parse_json(outcome.payload).value();
  }

  /// Whether functions get namespaces, and with them files of their own: a container or a chroot may grant none.
  bool have_view() const {
    boost::asio::io_context loop;
    return functions::Launcher(loop, options_.launcher, {true, folder_.string()}).fences().view;
  }
  static constexpr const char* kNoView = "No user namespaces are granted here.";

  /// Whether it becomes true in time.
  template <class Question>
  static bool comes(Question question, std::chrono::seconds most = std::chrono::seconds{30}) {
    const auto until = std::chrono::steady_clock::now() + most;
    while (!question()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  KeptLogs logs_;
  functions::RuntimeOptions options_;
  std::unique_ptr<functions::Runtime> runtime_;
  int calls_ = 0;
};

}  // namespace stepd::test
