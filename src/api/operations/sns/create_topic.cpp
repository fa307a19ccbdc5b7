// CreateTopic (SNS API reference), as far as it looks a topic up: topics come from the configuration.
#include "api/aws/sns_message.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto name = sns::text_in(arguments, "Name");
  if (name.empty()) return answered(ApiError("InvalidParameter", "Invalid parameter: Topic Name"));
  const bool known =
      std::any_of(doors.topics.begin(), doors.topics.end(), [&](const auto& each) { return each.name == name; });
  if (known) return answered(Json{{"TopicArn", arn_of(doors, "sns", name)}});
  answered(ApiError("NotImplemented",
                    "stepd makes no topics at this request. Add " + name + " under topics: in its configuration.",
                    501));
}

}  // namespace

extern const Operation sns_create_topic;
const Operation sns_create_topic{"CreateTopic", run_it};

}  // namespace stepd::api
