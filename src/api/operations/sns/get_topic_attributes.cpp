// GetTopicAttributes (SNS API reference).
#include "api/aws/sns_message.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto topic = sns::topic_of_arn(sns::text_in(arguments, "TopicArn"), doors);
  if (!topic.has_value()) return answered(topic.error());
  Json entries = Json::array();
  const auto add = [&](const char* key, const std::string& value) {
    entries.push_back(Json{{"key", key}, {"value", value}});
  };
  add("TopicArn", arn_of(doors, "sns", (*topic)->name));
  add("Owner", doors.account);
  add("DisplayName", "");
  add("SubscriptionsConfirmed", std::to_string((*topic)->subscriptions.size()));
  add("SubscriptionsPending", "0");
  add("SubscriptionsDeleted", "0");
  if ((*topic)->name.ends_with(".fifo")) {
    add("FifoTopic", "true");
    add("ContentBasedDeduplication", (*topic)->content_based_deduplication ? "true" : "false");
  }
  answered(Json{{"Attributes", {{"entry", std::move(entries)}}}});
}

}  // namespace

extern const Operation sns_get_topic_attributes;
const Operation sns_get_topic_attributes{"GetTopicAttributes", run_it};

}  // namespace stepd::api
