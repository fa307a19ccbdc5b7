#include "daemon/aws_inventory.h"

#include <algorithm>
#include <filesystem>

namespace stepd::daemon {
namespace {

std::string endpoint_without_secrets(const std::string& url) {
  // A path or a query may hold a secret.
  const auto scheme = url.find("://");
  return url.substr(0, url.find('/', scheme == std::string::npos ? 0 : scheme + 3));
}

api::AwsSubscription subscription_of(const tasks::Subscriber& subscriber, const triggers::Origin& origin) {
  api::AwsSubscription shown{subscriber.name, "file", ""};
  if (const auto* lines = std::get_if<tasks::JsonLines>(&subscriber.target)) {
    shown.endpoint = lines->file.filename();
  } else if (const auto* hook = std::get_if<tasks::Webhook>(&subscriber.target)) {
    shown.protocol = hook->url.starts_with("https") ? "https" : "http";
    shown.endpoint = endpoint_without_secrets(hook->url);
  } else if (const auto* mail = std::get_if<tasks::Mailbox>(&subscriber.target)) {
    shown.protocol = "email";
    shown.endpoint = mail->to.empty() ? "" : mail->to.front();
  } else if (const auto* function = std::get_if<tasks::FunctionTarget>(&subscriber.target)) {
    shown.protocol = "lambda";
    shown.endpoint = "arn:aws:lambda:" + origin.region + ":" + origin.account + ":function:" + function->function;
  }
  return shown;
}

api::AwsFunction function_of(const services::Function& function, const Config& config) {
  api::AwsFunction shown;
  shown.name = function.name;
  const auto code = std::find_if(config.own_code.begin(), config.own_code.end(),
                                 [&](const auto& each) { return each.name == function.name; });
  if (code != config.own_code.end()) {
    shown.runtime = code->runtime.empty() ? "provided" : code->runtime;
    shown.handler = code->handler;
    shown.timeout_seconds = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(code->timeout).count());
    shown.memory_mb = code->memory >> 20;
    return shown;
  }
  shown.handler = function.handler;
  shown.description = !function.endpoint.empty()  ? "served by " + endpoint_without_secrets(function.endpoint)
                      : !function.handler.empty() ? "the handler " + function.handler
                                                  : "several handlers in steps";
  return shown;
}

Instant modified_at(const HiddenSource& source, Instant now) {
  if (source.file.empty()) return now;
  std::error_code fault;
  const auto time = std::filesystem::last_write_time(source.file, fault);
  if (fault) return now;
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(time));
}

template <class T>
void sort_by_name(std::vector<T>& list) {
  std::sort(list.begin(), list.end(), [](const T& a, const T& b) { return a.name < b.name; });
}

}  // namespace

api::AwsDoors aws_inventory(const Config& config, Instant now) {
  api::AwsDoors doors;
  doors.region = config.origin.region;
  doors.account = config.origin.account;
  for (const auto& each : config.topics) {
    api::AwsTopic topic{each.topic.name, each.topic.content_based_deduplication, {}};
    for (const auto& subscriber : each.topic.subscribers) {
      topic.subscriptions.push_back(subscription_of(subscriber, config.origin));
    }
    doors.topics.push_back(std::move(topic));
  }
  for (const auto& function : config.functions) doors.functions.push_back(function_of(function, config));
  doors.any_function = !config.lambda_endpoint.empty();
  for (const auto& each : config.parameters) {
    doors.parameters.push_back(
        {each.name, each.type, [&each] { return each.source.read(); }, modified_at(each.source, now)});
  }
  for (const auto& each : config.secrets) {
    doors.secrets.push_back({each.name, [&each] { return each.source.read(); }, modified_at(each.source, now)});
  }
  sort_by_name(doors.topics);
  sort_by_name(doors.functions);
  return doors;
}

}  // namespace stepd::daemon
