// ListSubscriptionsByTopic (SNS API reference): the subscribers of the configuration.
#include "api/aws/sns_message.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto topic = sns::topic_of_arn(sns::text_in(arguments, "TopicArn"), doors);
  if (!topic.has_value()) return answered(topic.error());
  const auto arn = arn_of(doors, "sns", (*topic)->name);
  Json subscriptions = Json::array();
  for (const auto& each : (*topic)->subscriptions) {
    subscriptions.push_back(Json{{"SubscriptionArn", arn + ":" + each.name},
                                 {"Owner", doors.account},
                                 {"Protocol", each.protocol},
                                 {"Endpoint", each.endpoint},
                                 {"TopicArn", arn}});
  }
  answered(Json{{"Subscriptions", {{"member", std::move(subscriptions)}}}});
}

}  // namespace

extern const Operation sns_list_subscriptions_by_topic;
const Operation sns_list_subscriptions_by_topic{"ListSubscriptionsByTopic", run_it};

}  // namespace stepd::api
