// notify.publish: publishes a message to a topic, once per attempt. Who hears of it is the publisher's business,
// and when, the courier's.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/long_integer.h"
#include "base/payload.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/notify/publisher.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

/// A UUID that depends on the topic and the attempt alone (RFC 9562 §5.8, version 8 over SHA-256).
std::string message_id(const std::string& topic, const std::string& attempt) {
  std::string bytes = sha256(topic + '\0' + attempt);
  const auto mark = [&](std::size_t at, unsigned mask, unsigned bits) {
    bytes[at] = static_cast<char>((static_cast<unsigned char>(bytes[at]) & mask) | bits);
  };
  mark(6, 0x0Fu, 0x80u);
  mark(8, 0x3Fu, 0x80u);
  return to_uuid(bytes);
}

struct Message {
  std::string topic;
  std::optional<std::string> subject;
  const Json* body = nullptr;
  const Json* attributes = nullptr;
  bool structured = false;
  std::string text;  ///< what a subscriber sees that asks for nothing special
};

/// AWS SNS API, Publish: with MessageStructure json the message is an object, printed or not, whose `default` is a
/// text.
void read_structured(Arguments& arguments, Message& message) {
  Json parsed;
  const Json* object = message.body;
  if (object->is_string()) {
    auto result = parse_json(object->get_ref<const std::string&>());
    if (result) parsed = *std::move(result);
    object = &parsed;
  }
  const bool fits = object->is_object() && object->contains("default");
  if (!fits) {
    arguments.refuse("message", "expected an object with a member default, as messageStructure is json");
    return;
  }
  const auto& text = object->at("default");
  message.text = text.is_string() ? text.get<std::string>() : print_json(text);
}

/// AWS SNS API, Publish: at most 100 characters and no line break, which a mail's header could not hold.
void check_subject(Arguments& arguments, const std::string& subject) {
  constexpr std::size_t kSubjectMax = 100;
  const auto characters = std::count_if(subject.begin(), subject.end(),
                                        [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  const bool control = std::any_of(subject.begin(), subject.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (static_cast<std::size_t>(characters) > kSubjectMax) arguments.refuse("subject", "longer than 100 characters");
  if (control) arguments.refuse("subject", "holds a control character");
}

/// Each as SNS takes it, or a bare text or number.
void check_attributes(Arguments& arguments, const Json& attributes) {
  for (const auto& [name, attribute] : attributes.items()) {
    const bool bare = attribute.is_string() || as_double(attribute);
    const bool whole = attribute.is_object() &&
                       (!attribute.contains("DataType") || attribute.at("DataType").is_string()) &&
                       (attribute.contains("StringValue") || attribute.contains("BinaryValue"));
    if (!bare && !whole) {
      arguments.refuse("attributes", "the attribute " + name + " has no StringValue; expected {DataType, StringValue}");
    }
  }
}

Result<Message> read_message(const Json& event) {
  Arguments arguments(event);
  Message message;
  message.topic = arguments.text("topic");
  message.subject = arguments.optional_text("subject");
  message.body = arguments.any("message");
  message.attributes = arguments.optional_object("attributes");
  constexpr std::array<std::string_view, 1> kStructures{"json"};
  message.structured = arguments.optional_choice("messageStructure", kStructures).has_value();
  if (message.subject) check_subject(arguments, *message.subject);
  if (message.attributes != nullptr) check_attributes(arguments, *message.attributes);
  if (message.body != nullptr && message.structured) {
    read_structured(arguments, message);
  } else if (message.body != nullptr) {
    message.text = message.body->is_string() ? message.body->get<std::string>() : print_json(*message.body);
  }
  STEPD_CHECK(arguments.finish());
  return message;
}

class NotifyPublish final : public Handler {
 public:
  NotifyPublish(Publisher* publisher, const Clock& clock) : clock_(clock), publisher_(publisher) {}

  Result<Json> invoke(const Invocation& invocation) override {
    STEPD_TRY(const Message message, read_message(invocation.event));
    // A topic's ARN ends with its name.
    const auto name = message.topic.substr(message.topic.rfind(':') + 1);
    const auto id = message_id(name, invocation.attempt);
    Json record{{"messageId", id}, {"topic", name}, {"time", to_rfc3339(clock_.now())}};
    if (message.subject) record["subject"] = *message.subject;
    record["text"] = message.text;
    record["message"] = *message.body;
    if (message.structured) record["messageStructure"] = "json";
    if (message.attributes != nullptr) record["attributes"] = *message.attributes;
    if (publisher_ == nullptr) return AslError{"Notify.NoSuchTopic", "No topic " + name + " is configured."};
    STEPD_CHECK(publisher_->publish(name, id, record, invocation.lineage));
    spdlog::info("topic {}: message {} published, {} bytes", name, id, message.text.size());
    return Json{{"messageId", id}};
  }

 private:
  const Clock& clock_;
  Publisher* const publisher_;  // null: there is no topic
};

}  // namespace

std::unique_ptr<Handler> make_notify_publish(const Surroundings& surroundings) {
  return std::make_unique<NotifyPublish>(surroundings.publisher, surroundings.clock);
}

}  // namespace stepd::tasks
