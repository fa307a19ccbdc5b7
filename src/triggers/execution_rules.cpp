#include "triggers/execution_rules.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::triggers {
namespace {

constexpr std::size_t kNameDigestChars = 40;  // 160 bits
constexpr std::size_t kWaitingBytesMax = 32u << 20;

/// What a rule's name may contribute to an execution's: RULE.NUMBER.DIGEST
std::string started_name(const std::string& rule, unsigned number, const std::string& digest) {
  constexpr std::size_t kRuleChars = limits::kNameChars - kNameDigestChars - 5;
  std::string name;
  for (const char c : rule.substr(0, kRuleChars)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    name += plain ? c : '-';
  }
  return name + "." + std::to_string(number) + "." + digest.substr(0, kNameDigestChars);
}

/// How many rules in a row led to the execution of that name; 0 if none started it.
unsigned number_in(std::string_view name) {
  const auto last = name.rfind('.');
  if (last == std::string_view::npos || last == 0 || name.size() - last - 1 != kNameDigestChars) return 0;
  const auto before = name.rfind('.', last - 1);
  if (before == std::string_view::npos) return 0;
  unsigned number = 0;
  const auto end = name.data() + last;
  const auto [stop, error] = std::from_chars(name.data() + before + 1, end, number);
  return error == std::errc() && stop == end ? number : 0;
}

/// A member of the event's detail; empty if it is none, or null.
std::string text_of(const Json& event, const char* member) {
  const auto& detail = event.at("detail");
  const auto found = detail.find(member);
  return found != detail.end() && found->is_string() ? found->get<std::string>() : "";
}

std::size_t bytes_of(const Json& event) {
  constexpr std::size_t kOfTheRest = 2'048;
  return kOfTheRest + text_of(event, "input").size() + text_of(event, "output").size() + text_of(event, "cause").size();
}

}  // namespace

bool hears_executions(const Json& pattern) {
  if (!pattern.is_object()) return false;
  Json narrowed = Json::object();
  for (const char* member : {"source", "detail-type"}) {
    if (pattern.contains(member)) narrowed[member] = pattern[member];
  }
  if (narrowed.empty()) return true;
  asl::Diagnostics faults;
  const auto compiled = Pattern::compile(narrowed, "", faults);
  return faults.empty() &&
         compiled.matches(Json{{"source", "aws.states"}, {"detail-type", "Step Functions Execution Status Change"}});
}

class ExecutionRules::Desk {
 public:
  Desk(std::vector<EventRule> rules, Publish publish) : rules_(std::move(rules)), publish_(std::move(publish)) {
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "execution-rules");
  }
  ~Desk() { close(); }

  void open(run::Gateway& gateway) {
    const std::lock_guard lock(mutex_);
    gateway_ = &gateway;
  }

  void raise(Json event) {
    const auto bytes = bytes_of(event);
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
      if (bytes_ + bytes > kWaitingBytesMax) {
        if (dropped_++ == 0) spdlog::warn("rules: events of executions come faster than they are dealt with");
        return;
      }
      bytes_ += bytes;
      waiting_.push_back(std::move(event));
    }
    wakes_.notify_one();
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wakes_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wakes_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const Json event = std::move(waiting_.front());
      waiting_.pop_front();
      bytes_ -= bytes_of(event);
      const auto dropped = bytes_ == 0 ? std::exchange(dropped_, 0) : 0;
      auto* gateway = gateway_;
      lock.unlock();
      if (dropped > 0) spdlog::warn("rules: {} events of executions were dropped", dropped);
      for (const auto& rule : rules_) {
        if (rule.pattern.matches(event)) follow(rule, event, gateway);
      }
      lock.lock();
    }
  }

  void follow(const EventRule& rule, const Json& event, run::Gateway* gateway) {
    const auto arn = text_of(event, "executionArn");
    const auto status = text_of(event, "status");
    auto input = input_of(rule, event);
    if (!input) return spdlog::error("rule {}: {} {}: {}", rule.name, arn, status, input.error().cause);
    const auto digest = to_hex(sha256_of_parts({"rule", rule.name, arn, status}));
    if (!rule.topic.empty()) {
      const auto machine = text_of(event, "stateMachineArn");
      const auto told = publish_({rule.topic, machine.substr(machine.rfind(':') + 1) + " " + status,
                                  Payload(*std::move(input)), "rule-" + digest});
      if (!told) spdlog::error("rule {}: {} {}: {}: {}", rule.name, arn, status, told.error().name, told.error().cause);
    } else if (gateway != nullptr) {
      start(rule, event, *gateway, {print_json(*input), digest});
    }
  }

  struct Wanted {
    std::string input;
    std::string digest;
  };

  static void start(const EventRule& rule, const Json& event, run::Gateway& gateway, Wanted wanted) {
    const auto source = text_of(event, "executionArn");
    const auto number = number_in(text_of(event, "name"));
    if (number >= kChainMax) {
      return spdlog::error("rule {}: {} is the {}th execution in a row that a rule started; it starts no other",
                           rule.name, source, number);
    }
    run::StartExecution request;
    request.state_machine_arn = rule.state_machine_arn;
    request.name = started_name(rule.name, number + 1, wanted.digest);
    request.input = std::move(wanted.input);
    gateway.start_execution(std::move(request),
                            [name = rule.name, source](const run::Answer<run::StartedExecution>& answer) {
                              if (answer) return spdlog::info("rule {}: {} starts {}", name, source, answer->arn);
                              if (answer.error().code == run::RefusalCode::ExecutionAlreadyExists) return;
                              spdlog::error("rule {}: {} starts nothing: {}", name, source, answer.error().message);
                            });
  }

  const std::vector<EventRule> rules_;
  const Publish publish_;

  std::mutex mutex_;
  std::condition_variable wakes_;
  std::deque<Json> waiting_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  bool closing_ = false;
  run::Gateway* gateway_ = nullptr;

  std::thread thread_;
};

ExecutionRules::ExecutionRules(std::vector<EventRule> rules, Publish publish)
    : desk_(std::make_unique<Desk>(std::move(rules), std::move(publish))) {}

ExecutionRules::~ExecutionRules() = default;

void ExecutionRules::open(run::Gateway& gateway) { desk_->open(gateway); }
void ExecutionRules::raise(Json event) { desk_->raise(std::move(event)); }
void ExecutionRules::close() { desk_->close(); }

}  // namespace stepd::triggers
