#include "api/aws/sns_message.h"

#include "api/aws/fifo_memory.h"
#include "api/protocol/arn_parser.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/long_integer.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api::sns {
namespace {

constexpr std::size_t kArnParts = 6;

ApiError invalid_parameter(const std::string& what) { return {"InvalidParameter", "Invalid parameter: " + what}; }

ApiError invalid_attribute(const std::string& why) { return {"ParameterValueInvalid", why}; }

ApiError no_topic() { return {"NotFound", "Topic does not exist", 404}; }

bool is_fifo(const AwsTopic& topic) { return topic.name.ends_with(".fifo"); }

bool is_attribute_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kAttributeNameMax && std::all_of(name.begin(), name.end(), allowed) &&
         name.front() != '.' && name.back() != '.' && name.find("..") == std::string_view::npos;
}

bool is_number(const std::string& text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return fault == std::errc() && end == text.data() + text.size();
}

/// SNS API reference, Publish: ASCII of at most 100 characters without control characters.
bool is_subject(std::string_view text) {
  const auto characters =
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return !text.empty() && !control && static_cast<std::size_t>(characters) <= kSubjectCharsMax;
}

/// Adds one attribute to `attributes`, and its size to `bytes`.
std::optional<ApiError> read_attribute(const Json& given, Json& attributes, std::size_t& bytes) {
  const auto name = text_in(given, "Name");
  const auto at = [&](const std::string& why) {
    return invalid_attribute("The message attribute '" + name + "' " + why);
  };
  if (!is_attribute_name(name)) {
    return invalid_attribute("The message attribute name '" + name +
                             "' is invalid. It has 1 to 256 letters, digits, hyphens, underscores and periods, and no "
                             "period at its ends or beside another one.");
  }
  if (attributes.contains(name)) return at("is given more than once.");
  const Json value = given.value("Value", Json::object());
  const auto type = text_in(value, "DataType");
  if (type.empty()) return at("must contain a non-empty message attribute type.");
  const auto prefix = type.substr(0, type.find('.'));
  const bool binary = prefix == "Binary";
  if (!binary && prefix != "String" && prefix != "Number") {
    return at(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.");
  }
  const char* wanted = binary ? "BinaryValue" : "StringValue";
  const char* other = binary ? "StringValue" : "BinaryValue";
  const auto text = text_in(value, wanted);
  if (text.empty() && !text_in(value, other).empty()) {
    return at("with type '" + type + "' must use field '" + (binary ? "Binary" : "String") + "'.");
  }
  if (text.empty()) {
    return at("must contain non-empty message attribute value for message attribute type '" + type + "'.");
  }
  std::size_t size = text.size();
  if (binary) {
    const auto decoded = from_base64_leniently(text);
    if (!decoded) return at("with type 'Binary' must be base64.");
    size = decoded->size();
  }
  if (prefix == "Number" && !is_number(text)) {
    return invalid_attribute("Could not cast message attribute '" + name + "' value to number.");
  }
  bytes += name.size() + type.size() + size;
  attributes[name] = Json{{"DataType", type}, {wanted, text}};
  return std::nullopt;
}

std::optional<ApiError> check_structure(const Json& arguments, const std::string& text) {
  const auto structure = text_in(arguments, "MessageStructure");
  if (structure.empty()) return std::nullopt;
  if (structure != "json") return invalid_parameter("MessageStructure");
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object()) {
    return invalid_parameter("Message Structure - JSON message body failed to parse");
  }
  const auto found = parsed->find("default");
  if (found != parsed->end() && found->is_string()) return std::nullopt;
  return invalid_parameter("Message Structure - No default entry in JSON message body");
}

/// What is particular to FIFO topics; sets the message's ids.
std::optional<ApiError> read_order(const Json& arguments, const AwsTopic& topic, Message& message) {
  message.group = text_in(arguments, "MessageGroupId");
  auto id = text_in(arguments, "MessageDeduplicationId");
  if (!is_fifo(topic)) {
    if (id.empty()) return std::nullopt;
    return invalid_parameter(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for "
        "this topic type");
  }
  if (message.group.empty()) return invalid_parameter("The MessageGroupId parameter is required for FIFO topics");
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!plain || id.size() > kDeduplicationIdMax) {
    return invalid_parameter(
        "MessageDeduplicationId Reason: The MessageDeduplicationId parameter can only include alphanumeric and "
        "punctuation characters. 1 to 128 in length");
  }
  if (id.empty() && !topic.content_based_deduplication) {
    return invalid_parameter(
        "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
  message.deduplication_id = id.empty() ? to_hex(sha256(message.text)) : std::move(id);
  return std::nullopt;
}

/// What the integration says, without what the SDK for Java puts behind it.
std::string without_sdk_words(const std::string& cause) { return cause.substr(0, cause.find(" (Service: ")); }

ApiError to_sns_error(const AslError& error) {
  if (error.name == "SNS.NotFoundException") return no_topic();
  if (error.name == "SNS.InvalidParameterException") return {"InvalidParameter", without_sdk_words(error.cause)};
  return {"InternalError", error.cause, 500};
}

}  // namespace

std::string text_in(const Json& arguments, const char* name) {
  if (!arguments.is_object()) return {};
  const auto found = arguments.find(name);
  return found != arguments.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<Json> list_in(const Json& arguments, const char* name) {
  const auto found = arguments.find(name);
  if (found == arguments.end() || !found->is_array()) return {};
  return {found->begin(), found->end()};
}

Checked<const AwsTopic*> topic_of_arn(const std::string& arn, const AwsDoors& doors) {
  const auto parts = split_arn(arn);
  if (parts.size() < kArnParts) {
    return invalid_parameter("TopicArn Reason: An ARN must have at least 6 elements, not " +
                             std::to_string(arn.empty() ? 1 : parts.size()));
  }
  if (parts[2] != "sns" || parts[3] != doors.region || parts.size() != kArnParts) return invalid_parameter("TopicArn");
  const auto topic =
      std::find_if(doors.topics.begin(), doors.topics.end(), [&](const auto& each) { return each.name == parts[5]; });
  if (parts[4] != doors.account || topic == doors.topics.end()) return no_topic();
  return &*topic;
}

Checked<const AwsTopic*> find_topic(const Json& arguments, const AwsDoors& doors) {
  if (arguments.contains("TopicArn")) return topic_of_arn(text_in(arguments, "TopicArn"), doors);
  if (arguments.contains("TargetArn")) {
    auto topic = topic_of_arn(text_in(arguments, "TargetArn"), doors);
    if (topic.has_value()) return topic;
    return invalid_parameter("TargetArn Reason: No endpoint found for the target arn specified");
  }
  if (arguments.contains("PhoneNumber")) {
    return ApiError("NotImplemented", "stepd sends no text messages to phones. Publish to a topic under topics:.", 501);
  }
  return invalid_parameter("TopicArn or TargetArn Reason: no value for required parameter");
}

Checked<Message> read_message(const Json& arguments, const AwsTopic& topic, const AwsDoors& doors) {
  Message message;
  message.text = text_in(arguments, "Message");
  if (message.text.empty()) return invalid_parameter("Empty message");
  const bool has_subject = arguments.contains("Subject");
  const auto subject = text_in(arguments, "Subject");
  if (has_subject && !is_subject(subject)) return invalid_parameter("Subject");
  message.bytes = message.text.size();
  Json attributes = Json::object();
  for (const Json& each : list_in(arguments, "MessageAttributes")) {
    if (auto fault = read_attribute(each, attributes, message.bytes)) return *std::move(fault);
  }
  if (message.bytes > kMessageBytesMax) return invalid_parameter("Message too long");
  if (auto fault = check_structure(arguments, message.text)) return *std::move(fault);
  if (auto fault = read_order(arguments, topic, message)) return *std::move(fault);
  Json parameters{{"TopicArn", arn_of(doors, "sns", topic.name)}, {"Message", message.text}};
  if (has_subject) parameters["Subject"] = subject;
  if (!text_in(arguments, "MessageStructure").empty()) parameters["MessageStructure"] = "json";
  if (!attributes.empty()) parameters["MessageAttributes"] = std::move(attributes);
  message.parameters = Payload(parameters);
  return message;
}

bool fails_batch(const ApiError& error) {
  return error.message.find("Message Structure") != std::string::npos ||
         error.message.find("MessageGroupId") != std::string::npos ||
         error.message.find("ContentBasedDeduplication") != std::string::npos;
}

void publish(Message message, const AwsTopic& topic, const std::string& request_id, const Backend& backend,
             std::function<void(Checked<Published>)> done) {
  std::string attempt = "sns-" + request_id;
  std::string sequence_number;
  auto* const fifo = doors_of(backend).fifo;
  if (!message.deduplication_id.empty() && fifo != nullptr) {
    auto place = fifo->place_of(topic.name, message.deduplication_id, backend.clock.now());
    attempt = std::move(place.attempt);
    sequence_number = std::move(place.sequence_number);
  }
  backend.gateway.call_service(
      {"sns", "publish", std::move(message.parameters), std::move(attempt), backend.caller.value_or(Lineage())},
      [done = std::move(done), sequence_number](const run::Answer<run::CalledService>& called) {
        if (!called) return done(ApiError("ServiceUnavailable", called.error().message, 503));
        if (!called->answer) return done(to_sns_error(called->answer.error()));
        done(Published{text_in(called->answer->json(), "MessageId"), sequence_number});
      });
}

}  // namespace stepd::api::sns
