#include "triggers/rules.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"
#include "base/value/json_border.h"

#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

constexpr std::size_t kDigestChars = 40;  // 160 bits
constexpr std::size_t kReadableChars = limits::kNameChars - kDigestChars - 1;

/// `$` is the record; there is no execution yet, hence no context object and no variables.
class RecordScope final : public asl::Scope {
 public:
  RecordScope(Value record, const std::string& digest)
      : record_(std::move(record)), draw_(std::stoull(digest.substr(0, 16), nullptr, 16)) {}
  Value input() const override { return record_; }
  Value context() const override { return Value::empty_object(); }
  std::optional<Value> variable(std::string_view) const override { return std::nullopt; }
  std::uint64_t draw() const override { return draw_++; }
  Budget& budget() const override { return budget_; }

 private:
  Value record_;
  mutable std::uint64_t draw_;
  mutable Budget budget_;
};

Result<Json> input_of(const Notification& notification, const Json& record, const std::string& digest) {
  if (notification.input) {
    STEPD_TRY(const Value made, notification.input->evaluate(RecordScope(from_json(record), digest)));
    return to_json(made);
  }
  return Json{{"Records", Json::array({record})}};
}

bool wants(const Notification& notification, const ObjectCreated& object) {
  return notification.bucket == object.bucket && object.key.starts_with(notification.prefix) &&
         object.key.ends_with(notification.suffix);
}

}  // namespace

Result<Json> input_of(const EventRule& rule, const Json& event) {
  if (const auto* path = std::get_if<asl::Path>(&rule.input)) {
    Budget budget;
    STEPD_TRY(const Value selected, path->select(from_json(event), budget));
    return to_json(selected);
  }
  if (const auto* transformer = std::get_if<Transformer>(&rule.input)) return transformer->apply(event, rule.name);
  return event;
}

std::string execution_name(const std::string& trigger, const ObjectCreated& object) {
  const auto slash = object.key.rfind('/');
  std::string name;
  for (const char c : object.key.substr(slash == std::string::npos ? 0 : slash + 1)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (name.size() == kReadableChars) break;
    if (plain) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  if (!name.empty() && name.back() != '-') name += '-';
  const auto digest = sha256_of_parts({"execution", trigger, object.bucket, object.key, object.identity});
  return name + to_hex(digest).substr(0, kDigestChars);
}

Starts Rules::starts_of(const ObjectCreated& object) const {
  Starts starts;
  const Lineage lineage = object.lineage ? object.lineage->of_echo() : Lineage();
  const auto add = [&](const std::string& trigger, const auto& target, const Result<Json>& input) {
    if (!input) {
      starts.faults.push_back(trigger + ": " + input.error().cause);
    } else if (!target.function.empty()) {
      starts.calls.push_back({target.function, print_json(*input), lineage});
    } else {
      run::StartExecution request;
      request.state_machine_arn = target.state_machine_arn;
      request.name = execution_name(trigger, object);
      request.input = print_json(*input);
      request.lineage = lineage;
      starts.requests.push_back(std::move(request));
    }
  };
  const Json event = eventbridge_event(object, origin_);
  for (const auto& rule : rules_) {
    if (rule.topic.empty() && rule.pattern.matches(event)) add("rule " + rule.name, rule, input_of(rule, event));
  }
  for (const auto& notification : notifications_) {
    if (!wants(notification, object)) continue;
    const auto encoding = notification.encode_key ? KeyEncoding::Url : KeyEncoding::None;
    const Json record = notification_record(object, origin_, notification.id, encoding);
    const std::string trigger = "notification " + notification.id;
    add(trigger, notification,
        input_of(notification, record, to_hex(sha256_of_parts({trigger, object.bucket, object.key, object.identity}))));
  }
  return starts;
}

}  // namespace stepd::triggers
