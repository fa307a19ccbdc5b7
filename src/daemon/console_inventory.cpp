#include "daemon/console_inventory.h"

#include "base/payload.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

std::string target_of(const std::string& machine_arn, const std::string& function, const std::string& topic) {
  if (!machine_arn.empty()) return "state machine " + run::name_of(machine_arn);
  return function.empty() ? "topic " + topic : "function " + function;
}

std::string started_by(const std::string& machine_arn, const std::string& function) {
  return machine_arn.empty() ? function : run::name_of(machine_arn);
}

/// Whether a pattern names the bucket, where it names buckets at all.
bool hears_bucket(const triggers::EventRule& rule, const std::string& bucket) {
  const Json event{{"source", "aws.s3"},
                   {"detail-type", "Object Created"},
                   {"detail", {{"bucket", {{"name", bucket}}}, {"object", {{"key", "photo.jpg"}, {"size", 1000}}}}}};
  return rule.pattern.matches(event);
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

api::Inventory::Bucket describe(const Bucket& bucket, const Config& config) {
  api::Inventory::Bucket described{bucket.name, bucket.watch, {}};
  if (!bucket.watch) return described;
  for (const auto& rule : config.rules) {
    if (!rule.hears_executions && hears_bucket(rule, bucket.name))
      add_once(described.starts, started_by(rule.state_machine_arn, rule.function));
  }
  for (const auto& notification : config.notifications) {
    if (notification.bucket == bucket.name)
      add_once(described.starts, started_by(notification.state_machine_arn, notification.function));
  }
  return described;
}

api::Inventory::Subscriber describe(const tasks::Topic& topic, const tasks::Subscriber& subscriber) {
  api::Inventory::Subscriber described;
  described.name = subscriber.name;
  described.destination = tasks::destination_of(topic, subscriber);
  described.dead_letters = subscriber.dead_letters;
  if (const auto* lines = std::get_if<tasks::JsonLines>(&subscriber.target)) {
    described.kind = "file";
    described.target = lines->file.filename();
  } else if (const auto* hook = std::get_if<tasks::Webhook>(&subscriber.target)) {
    described.kind = "webhook";
    // A path or a query may hold a secret.
    const auto host = hook->url.find("://");
    described.target = hook->url.substr(0, hook->url.find('/', host == std::string::npos ? 0 : host + 3));
  } else if (const auto* mail = std::get_if<tasks::Mailbox>(&subscriber.target)) {
    described.kind = "email";
    for (const auto& address : mail->to) described.target += (described.target.empty() ? "" : ", ") + address;
  } else if (const auto* function = std::get_if<tasks::FunctionTarget>(&subscriber.target)) {
    described.kind = "function";
    described.target = function->function;
  }
  return described;
}

/// Null if it is of no code of one's own.
const functions::FunctionCode* code_of(const services::Function& function, const Config& config) {
  const auto found = std::find_if(config.own_code.begin(), config.own_code.end(),
                                  [&](const auto& code) { return code.name == function.name; });
  return found == config.own_code.end() ? nullptr : &*found;
}

std::string runs_of(const services::Function& function) {
  if (!function.handler.empty()) return function.handler;
  if (!function.endpoint.empty()) return function.endpoint;
  std::string steps;
  for (const auto& step : function.steps) steps += (steps.empty() ? "" : ", ") + step.name + ": " + step.handler;
  return steps;
}

api::Inventory::Function describe(const services::Function& function, const Config& config) {
  const auto* code = code_of(function, config);
  if (code == nullptr) return {function.name, runs_of(function), ""};
  const auto runs = code->runtime.empty() ? std::string("its own program") : code->runtime + " " + code->handler;
  return {function.name, runs, code->log_group};
}

}  // namespace

api::Inventory console_inventory(const Config& config) {
  api::Inventory inventory;
  inventory.region = config.origin.region;
  inventory.account = config.origin.account;
  inventory.data = config.data;
  for (const auto& bucket : config.buckets) inventory.buckets.push_back(describe(bucket, config));
  for (const auto& each : config.topics) {
    api::Inventory::Topic topic{each.topic.name, each.topic.arn, each.topic.file, {}};
    for (const auto& subscriber : each.topic.subscribers) topic.subscribers.push_back(describe(each.topic, subscriber));
    inventory.topics.push_back(std::move(topic));
  }
  for (const auto& function : config.functions) inventory.functions.push_back(describe(function, config));
  for (const auto& rule : config.rules) {
    inventory.rules.push_back(
        {rule.name, "rule", rule.pattern_text, target_of(rule.state_machine_arn, rule.function, rule.topic)});
  }
  for (const auto& notification : config.notifications) {
    inventory.rules.push_back(
        {notification.id, "notification",
         "bucket " + notification.bucket + ", key " + notification.prefix + "*" + notification.suffix,
         target_of(notification.state_machine_arn, notification.function, "")});
  }
  return inventory;
}

}  // namespace stepd::daemon
