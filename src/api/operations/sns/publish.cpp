// Publish (SNS API reference).
#include "api/aws/sns_message.h"
#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto topic = sns::find_topic(arguments, doors);
  if (!topic.has_value()) return answered(topic.error());
  auto message = sns::read_message(arguments, **topic, doors);
  if (!message.has_value()) return answered(message.error());
  sns::publish(std::move(*message), **topic, run::make_uuid(), backend, [answered](Checked<sns::Published> published) {
    if (!published.has_value()) return answered(published.error());
    Json answer{{"MessageId", published->message_id}};
    if (!published->sequence_number.empty()) answer["SequenceNumber"] = published->sequence_number;
    answered(std::move(answer));
  });
}

}  // namespace

extern const Operation sns_publish;
const Operation sns_publish{"Publish", run_it};

}  // namespace stepd::api
