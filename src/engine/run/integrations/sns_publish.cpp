// sns:publish: a message to a topic that the configuration maps to a function (AWS SNS API: Publish).
// Topics have no subscribers here; what happens to a message is the function's business.
#include "engine/run/integrations.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::run::integrations {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMembers{
    {{"TopicArn", "topic"},
     {"Message", "message"},
     {"Subject", "subject"},
     {"MessageStructure", "messageStructure"},
     {"MessageAttributes", "attributes"}}};

Json event_of(const Json& input) {
  Json event = Json::object();
  for (const auto& [aws, ours] : kMembers) {
    if (const auto found = input.find(aws); found != input.end()) event[std::string(ours)] = *found;
  }
  return event;
}

Result<Payload> answer(Result<Json> result) {
  if (!result) return AslError{"SNS." + result.error().name, result.error().cause};
  Json members{{"MessageId", result->value("messageId", "")}};
  return Payload(with_sdk_metadata(std::move(members), "text/xml", print_json(*result).size()));
}

void start(const Workbench& bench, TaskCall call) {
  const Json& input = call.input.value();
  const auto arn = input.find("TopicArn");
  if (arn == input.end() || !arn->is_string())
    return call.done(AslError{"States.Runtime", "The Parameters of sns:publish must give TopicArn, a string."});
  const auto& text = arn->get_ref<const std::string&>();
  const auto topic = bench.topics.find(text.substr(text.rfind(':') + 1));
  auto* function = topic == bench.topics.end() ? nullptr : bench.functions.find(topic->second);
  if (function == nullptr)
    return call.done(AslError{"SNS.NotFoundException",
                              "Topic does not exist (Service: AmazonSNS; Status Code: 404; "
                              "Error Code: NotFound; Topic: " +
                                  text + ")"});
  Payload event(event_of(input));
  bench.run(std::move(call), *function, std::move(event), answer);
}

}  // namespace

extern const Integration sns_publish{"sns:publish", start};

}  // namespace stepd::run::integrations
