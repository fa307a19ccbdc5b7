// sns:publish: a message to a topic that the configuration maps to a function (AWS SNS API: Publish).
// Topics have no subscribers here; what happens to a message is the function's business.
#include "engine/run/integrations.h"
#include "engine/run/uuid.h"

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
  return Payload(with_sdk_metadata(std::move(members), made_up_fields("text/xml", print_json(*result).size()), 200));
}

void start(const Workbench& bench, TaskCall call) {
  const Json& input = call.input.value();
  const auto arn = input.find("TopicArn");
  if (arn == input.end() || !arn->is_string())
    return call.done(AslError{"States.Runtime", "The Parameters of sns:publish must give TopicArn, a string."});
  const auto& text = arn->get_ref<const std::string&>();
  const auto topic = bench.topics.find(text.substr(text.rfind(':') + 1));
  const auto place = topic == bench.topics.end() ? std::nullopt : bench.functions.find(topic->second);
  if (!place || place->handler == nullptr) {
    return call.done(AslError{"SNS.NotFoundException",
                              "Topic does not exist (Service: AmazonSNS; Status Code: 404; "
                              "Error Code: NotFound; Request ID: " +
                                  make_uuid() + "; Proxy: null)"});
  }
  auto done = [done = std::move(call.done)](Result<Json> result) { done(answer(std::move(result))); };
  bench.pool.submit(
      {*place->handler, Payload(event_of(input)), std::move(call.attempt), std::move(call.started), std::move(done)});
}

}  // namespace

extern const Integration sns_publish{"sns:publish", start};

}  // namespace stepd::run::integrations
