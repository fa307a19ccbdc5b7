// ListTopics (SNS API reference): those of the configuration, a hundred at a time.
#include "api/aws/sns_message.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kPage = 100;

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto after = sns::text_in(arguments, "NextToken");
  Json topics = Json::array();
  Json answer = Json::object();
  for (const auto& topic : doors.topics) {
    if (topic.name <= after) continue;
    if (topics.size() == kPage) {
      answer["NextToken"] = topics.back()["TopicArn"].get<std::string>().substr(arn_of(doors, "sns", "").size());
      break;
    }
    topics.push_back(Json{{"TopicArn", arn_of(doors, "sns", topic.name)}});
  }
  answer["Topics"] = Json{{"member", std::move(topics)}};
  answered(std::move(answer));
}

}  // namespace

extern const Operation sns_list_topics;
const Operation sns_list_topics{"ListTopics", run_it};

}  // namespace stepd::api
