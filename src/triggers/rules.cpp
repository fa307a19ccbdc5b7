#include "triggers/rules.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

constexpr std::size_t kDigestChars = 40;  // 160 bits
constexpr std::size_t kReadableChars = limits::kNameChars - kDigestChars - 1;

/// `$` is the record; there is no execution yet, hence no context object and no variables.
class RecordScope final : public asl::Scope {
 public:
  RecordScope(const Json& record, const std::string& digest)
      : record_(record), draw_(std::stoull(digest.substr(0, 16), nullptr, 16)) {}
  const Json& input() const override { return record_; }
  const Json& context() const override { return context_; }
  const Json* variable(std::string_view) const override { return nullptr; }
  std::uint64_t draw() const override { return draw_++; }

 private:
  const Json& record_;
  Json context_ = Json::object();
  mutable std::uint64_t draw_;
};

Result<Json> input_of(const Notification& notification, const Json& record, const std::string& digest) {
  if (notification.input) return notification.input->evaluate(RecordScope(record, digest));
  return Json{{"Records", Json::array({record})}};
}

bool wants(const Notification& notification, const ObjectCreated& object) {
  return notification.bucket == object.bucket && object.key.starts_with(notification.prefix) &&
         object.key.ends_with(notification.suffix);
}

}  // namespace

Result<Json> input_of(const EventRule& rule, const Json& event) {
  if (const auto* path = std::get_if<asl::Path>(&rule.input)) {
    STEPD_TRY(auto selected, path->select(event));
    return std::move(selected).take();
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
  const auto add = [&](const std::string& trigger, const std::string& arn, const Result<Json>& input) {
    if (input) {
      starts.requests.push_back({arn, execution_name(trigger, object), print_json(*input), ""});
    } else {
      starts.faults.push_back(trigger + ": " + input.error().cause);
    }
  };
  const Json event = eventbridge_event(object, origin_);
  for (const auto& rule : rules_) {
    if (rule.topic.empty() && rule.pattern.matches(event))
      add("rule " + rule.name, rule.state_machine_arn, input_of(rule, event));
  }
  for (const auto& notification : notifications_) {
    if (!wants(notification, object)) continue;
    const auto encoding = notification.encode_key ? KeyEncoding::Url : KeyEncoding::None;
    const Json record = notification_record(object, origin_, notification.id, encoding);
    const std::string trigger = "notification " + notification.id;
    add(trigger, notification.state_machine_arn,
        input_of(notification, record, to_hex(sha256_of_parts({trigger, object.bucket, object.key, object.identity}))));
  }
  return starts;
}

}  // namespace stepd::triggers
