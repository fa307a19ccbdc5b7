#include "tasks/notify/destination.h"

#include "tasks/http/http_client.h"
#include "tasks/notify/post.h"

#include <variant>

namespace stepd::tasks {
namespace {

/// Of a receiver's answer, of which nothing but the status is read.
constexpr std::size_t kResponseBytes = 1024 * 1024;

}  // namespace

std::vector<Destination> make_destinations(const std::vector<Topic>& topics, const FunctionCaller& call) {
  std::shared_ptr<HttpClient> http;  // the webhooks' own
  const auto make_post = [&](const Topic& topic, const Subscriber& subscriber) -> std::unique_ptr<Post> {
    if (std::holds_alternative<JsonLines>(subscriber.target)) return make_file_post(subscriber);
    if (std::holds_alternative<Mailbox>(subscriber.target)) return make_mail_post(topic, subscriber);
    if (std::holds_alternative<FunctionTarget>(subscriber.target)) return make_function_post(topic, subscriber, call);
    if (http == nullptr) {
      HttpClient::Limits limits;
      limits.response_bytes = kResponseBytes;
      http = std::make_shared<HttpClient>(limits);
    }
    return make_webhook_post(topic, subscriber, http);
  };
  std::vector<Destination> destinations;
  for (const auto& topic : topics) {
    for (const auto& subscriber : topic.subscribers) {
      destinations.push_back({destination_of(topic, subscriber), make_post(topic, subscriber), subscriber.persistence,
                              subscriber.dead_letters});
    }
  }
  return destinations;
}

}  // namespace stepd::tasks
