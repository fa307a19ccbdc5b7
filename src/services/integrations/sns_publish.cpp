// sns:publish: a message to a topic, by notify.publish or by a function in its place (AWS SNS API: Publish).
// Who is told of it is not this file's business.
#include "engine/run/uuid.h"
#include "services/integrations.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::services::integrations {
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

AslError sns_error(const std::string& exception, const std::string& code, int status, const std::string& why) {
  return {"SNS." + exception, why + " (Service: AmazonSNS; Status Code: " + std::to_string(status) +
                                  "; Error Code: " + code + "; Request ID: " + run::make_uuid() + "; Proxy: null)"};
}

AslError no_such_topic() { return sns_error("NotFoundException", "NotFound", 404, "Topic does not exist"); }

Result<Payload> answer(Result<Json> result) {
  if (!result) {
    const auto& [name, cause] = result.error();
    if (name == "Notify.NoSuchTopic") return no_such_topic();
    if (name == "Handler.InvalidArguments") {
      return sns_error("InvalidParameterException", "InvalidParameter", 400, "Invalid parameter: " + cause);
    }
    return AslError{"SNS." + name, cause};
  }
  Json members{{"MessageId", result->value("messageId", "")}};
  return Payload(with_sdk_metadata(std::move(members), made_up_fields("text/xml", print_json(*result).size()), 200));
}

void start(const Workbench& bench, run::TaskCall call) {
  const Json input = call.input.json();
  const auto arn = input.find("TopicArn");
  if (arn == input.end() || !arn->is_string())
    return call.done(AslError{"States.Runtime", "The Parameters of sns:publish must give TopicArn, a string."});
  const auto& text = arn->get_ref<const std::string&>();
  const auto topic = bench.topics.find(text.substr(text.rfind(':') + 1));
  tasks::Handler* handler = nullptr;
  if (topic != bench.topics.end()) {
    const auto place = bench.functions.find(topic->second);
    if (place) handler = place->handler;
  } else if (const auto own = bench.handlers.find("notify.publish"); own != bench.handlers.end()) {
    handler = own->second.get();
  }
  if (handler == nullptr) return call.done(no_such_topic());
  auto done = [done = std::move(call.done)](Result<Json> result) { done(answer(std::move(result))); };
  bench.pool.submit({*handler, Payload(event_of(input)), std::move(call.attempt), std::move(call.started),
                     std::move(done), call.lineage});
}

}  // namespace

extern const Integration sns_publish{"sns:publish", start};

}  // namespace stepd::services::integrations
