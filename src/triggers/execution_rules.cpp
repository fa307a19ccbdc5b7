#include "triggers/execution_rules.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/guarded.h"
#include "base/limits.h"
#include "base/lineage_member.h"
#include "base/mutex.h"
#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <charconv>
#include <deque>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::triggers {
namespace {

constexpr std::size_t kNameDigestChars = 40;  // 160 bits

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

std::string destination_of(const EventRule& rule) { return "rule/" + rule.name; }

Verdict refused(std::string why) { return {Verdict::Kind::Refused, std::move(why)}; }

/// Whether a later attempt may find what was missing.
bool may_pass(const run::Refusal& refusal) {
  const auto code = refusal.code;
  if (refusal.for_good) return false;
  return code == run::RefusalCode::ServiceUnavailable || code == run::RefusalCode::ExecutionLimitExceeded ||
         code == run::RefusalCode::ThrottlingException;
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

  const std::vector<EventRule>& rules() const { return rules_; }

  void open(run::Gateway& gateway) {
    const MutexLock lock(mutex_);
    gateway_ = &gateway;
  }

  /// At most as many wait as the courier has attempts at once.
  void put(const EventRule& rule, std::string event, std::function<void(Verdict)> done) {
    {
      const MutexLock lock(mutex_);
      if (!closing_) {
        waiting_.push_back({&rule, std::move(event), std::move(done)});
        return wakes_.notify_one();
      }
    }
    done({Verdict::Kind::Stopped, ""});
  }

  void close() {
    {
      const MutexLock lock(mutex_);
      closing_ = true;
    }
    wakes_.notify_one();
    if (thread_.joinable()) thread_.join();
    std::deque<Job> left;
    {
      const MutexLock lock(mutex_);
      left.swap(waiting_);
    }
    for (const auto& job : left) job.done({Verdict::Kind::Stopped, ""});
  }

 private:
  struct Job {
    const EventRule* rule;
    std::string event;
    std::function<void(Verdict)> done;
  };

  void run() {
    MutexLock lock(mutex_);
    for (;;) {
      wakes_.wait(lock, [this]() STEPD_REQUIRES(mutex_) { return closing_ || !waiting_.empty(); });
      if (closing_) return;
      const Job job = std::move(waiting_.front());
      waiting_.pop_front();
      auto* gateway = gateway_;
      lock.unlock();
      const bool followed = run_guarded("execution rules", [&] { follow(job, gateway); });
      if (!followed) job.done({Verdict::Kind::Again, "an internal error"});
      lock.lock();
    }
  }

  void follow(const Job& job, run::Gateway* gateway) const {
    auto event = parse_json(job.event);
    const bool whole = event && event->is_object() && event->contains("detail") && event->contains("id");
    if (!whole || !event->at("id").is_string()) return job.done(refused("it is no event"));
    const auto lineage = take_lineage(*event).of_echo();
    auto input = input_of(*job.rule, *event);
    if (!input) return job.done(refused(input.error().cause));
    // One event is told, and starts an execution, under one name however often it is delivered.
    const auto digest = to_hex(sha256_of_parts({"rule", job.rule->name, event->at("id").get<std::string>()}));
    if (!job.rule->topic.empty()) return job.done(tell(*job.rule, *event, *std::move(input), digest));
    if (gateway == nullptr) return job.done({Verdict::Kind::Again, "nothing can be started yet"});
    if (!job.rule->function.empty())
      return call(job, *event, *gateway, {job.rule->function, print_json(*input), lineage});
    start(job, *event, *gateway, {print_json(*input), digest, lineage});
  }

  Verdict tell(const EventRule& rule, const Json& event, Json input, const std::string& digest) const {
    const auto machine = text_of(event, "stateMachineArn");
    const auto subject = machine.substr(machine.rfind(':') + 1) + " " + text_of(event, "status");
    const auto told = publish_({rule.topic, subject, Payload(std::move(input)), "rule-" + digest});
    if (told) return {};
    const auto& name = told.error().name;
    const auto why = text_of(event, "executionArn") + ": " + name + ": " + told.error().cause;
    const bool passes = name == "Notify.Failed" || name == "ServiceUnavailable";
    return {passes ? Verdict::Kind::Again : Verdict::Kind::Refused, why};
  }

  static void call(const Job& job, const Json& event, run::Gateway& gateway, run::InvokeFunction request) {
    gateway.invoke_function(std::move(request), [source = text_of(event, "executionArn"),
                                                 done = job.done](const run::Answer<run::InvokedFunction>& answer) {
      if (!answer) {
        const auto& refusal = answer.error();
        return done({may_pass(refusal) ? Verdict::Kind::Again : Verdict::Kind::Refused,
                     source + " calls nothing: " + refusal.message});
      }
      if (answer->answer) return done({});
      const auto& [error, cause] = answer->answer.error();
      done({Verdict::Kind::Again, source + ": " + error + ": " + cause});
    });
  }

  struct Wanted {
    std::string input;
    std::string digest;
    Lineage lineage;
  };

  static void start(const Job& job, const Json& event, run::Gateway& gateway, Wanted wanted) {
    const auto& rule = *job.rule;
    const auto source = text_of(event, "executionArn");
    const auto number = number_in(text_of(event, "name"));
    if (number >= kChainMax) {
      return job.done(refused(source + " is the " + std::to_string(number) +
                              "th execution in a row that a rule started; it starts no other"));
    }
    run::StartExecution request;
    request.state_machine_arn = rule.state_machine_arn;
    request.name = started_name(rule.name, number + 1, wanted.digest);
    request.input = std::move(wanted.input);
    request.lineage = wanted.lineage;
    gateway.start_execution(std::move(request), [name = rule.name, source,
                                                 done = job.done](const run::Answer<run::StartedExecution>& answer) {
      if (answer) {
        spdlog::info("rule {}: {} starts {}", name, source, answer->arn);
        return done({});
      }
      const auto& refusal = answer.error();
      if (refusal.code == run::RefusalCode::ExecutionAlreadyExists) return done({});
      done({may_pass(refusal) ? Verdict::Kind::Again : Verdict::Kind::Refused,
            source + " starts nothing: " + refusal.message});
    });
  }

  const std::vector<EventRule> rules_;
  const Publish publish_;

  Mutex mutex_;
  ConditionVariable wakes_;
  std::deque<Job> waiting_ STEPD_GUARDED_BY(mutex_);
  bool closing_ STEPD_GUARDED_BY(mutex_) = false;
  run::Gateway* gateway_ STEPD_GUARDED_BY(mutex_) = nullptr;

  std::thread thread_;
};

class ExecutionRules::FollowingPost final : public Post {
 public:
  FollowingPost(std::shared_ptr<Desk> desk, const EventRule& rule) : desk_(std::move(desk)), rule_(rule) {}
  void send(const std::string&, const std::string& body, std::function<void(Verdict)> done) override {
    desk_->put(rule_, body, std::move(done));
  }

 private:
  const std::shared_ptr<Desk> desk_;
  const EventRule& rule_;  // the desk's
};

ExecutionRules::ExecutionRules(std::vector<EventRule> rules, Publish publish)
    : desk_(std::make_shared<Desk>(std::move(rules), std::move(publish))) {}

ExecutionRules::~ExecutionRules() { close(); }

void ExecutionRules::open(run::Gateway& gateway) { desk_->open(gateway); }

std::vector<OutboxRecord> ExecutionRules::messages_of(const Json& event, const Lineage& cause, Instant now) const {
  std::vector<OutboxRecord> messages;
  Json told = event;
  add_lineage(told, cause);
  for (const auto& rule : desk_->rules()) {
    if (!rule.pattern.matches(event)) continue;
    messages.push_back({event.at("id").get<std::string>(), destination_of(rule), print_json(told), 0, now, now});
  }
  return messages;
}

std::vector<RulePost> ExecutionRules::posts() const {
  std::vector<RulePost> posts;
  for (const auto& rule : desk_->rules()) {
    posts.push_back({destination_of(rule), std::make_unique<FollowingPost>(desk_, rule)});
  }
  return posts;
}

void ExecutionRules::close() { desk_->close(); }

}  // namespace stepd::triggers
