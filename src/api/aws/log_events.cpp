#include "api/aws/log_events.h"

#include "base/payload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api::logs {
namespace {

constexpr std::string_view kLinesStream = "lines";
constexpr std::size_t kHexDigits = 16;
constexpr std::string_view kNamePattern = "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+";

std::string hex_of(std::uint64_t number) {
  std::array<char, kHexDigits> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  const std::string text(digits.data(), end);
  return std::string(kHexDigits - text.size(), '0') + text;
}

std::optional<std::uint64_t> number_of(std::string_view hex) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
  if (fault != std::errc() || end != hex.data() + hex.size()) return std::nullopt;
  return number;
}

const std::string* text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get_ptr<const std::string*>() : nullptr;
}

/// `states/MACHINE/DATE` of a line that an execution's history has left.
LogEvent history_event(const Json& line, const std::string& text) {
  LogEvent event{0, std::string(kLinesStream), text};
  const auto* time = text_at(line, "event_timestamp");
  const auto* arn = text_at(line, "execution_arn");
  if (time == nullptr || arn == nullptr) return event;
  std::from_chars(time->data(), time->data() + time->size(), event.timestamp);
  const auto end = arn->rfind(':');
  const auto begin = arn->rfind(':', end == std::string::npos || end == 0 ? std::string::npos : end - 1);
  if (begin == std::string::npos || begin >= end) return event;
  const auto date = to_rfc3339(Instant(std::chrono::milliseconds(event.timestamp))).substr(0, 10);
  event.stream = "states/" + arn->substr(begin + 1, end - begin - 1) + "/" + date;
  return event;
}

}  // namespace

LogEvent event_of(const std::string& line) {
  const auto parsed = line.starts_with('{') ? parse_json(line) : Result<Json>(Json());
  if (!parsed || !parsed->is_object()) return {0, std::string(kLinesStream), line};
  const auto* stream = text_at(*parsed, "logStreamName");
  const auto time = parsed->find("timestamp");
  if (stream == nullptr || time == parsed->end() || !time->is_number_integer()) return history_event(*parsed, line);
  const auto* message = text_at(*parsed, "message");
  return {time->get<std::int64_t>(), *stream, message != nullptr ? *message : std::string(), message == nullptr};
}

std::string line_of(const LogEvent& event) {
  Json line{{"timestamp", event.timestamp}, {"logStreamName", event.stream}};
  if (!event.is_mark) line["message"] = event.message;
  return print_json(line);
}

std::string token_of(char kind, const LogPosition& position) {
  return std::string(1, kind) + "/" + hex_of(position.file) + hex_of(position.offset);
}

Checked<std::pair<char, LogPosition>> read_token(const std::string& token, std::string_view kinds) {
  const auto invalid = [] { return invalid_parameter("The specified nextToken is invalid."); };
  if (token.size() != 2 + 2 * kHexDigits || token[1] != '/' || kinds.find(token[0]) == std::string_view::npos) {
    return invalid();
  }
  const auto file = number_of(std::string_view(token).substr(2, kHexDigits));
  const auto offset = number_of(std::string_view(token).substr(2 + kHexDigits));
  if (!file || !offset) return invalid();
  return std::pair(token[0], LogPosition{*file, *offset});
}

Checked<std::string> read_group(Members& members, const AwsDoors& doors) {
  auto name = members.string("logGroupName", {1, 512});
  if (!name) name = members.string("logGroupIdentifier", {1, 2'048});
  if (!name) members.require("logGroupName");
  if (auto fault = fault_of(members)) return *std::move(fault);
  constexpr std::string_view kMarker = ":log-group:";
  if (const auto at = name->find(kMarker); at != std::string::npos) name = name->substr(at + kMarker.size());
  if (name->ends_with(":*")) name->resize(name->size() - 2);
  if (doors.logs == nullptr || !doors.logs->has(*name)) return no_such("log group");
  return *std::move(name);
}

std::string read_new_name(Members& members, const char* name) {
  auto text = members.required_string(name, {1, 512});
  const bool group = std::string_view(name) == "logGroupName";
  const auto allowed = [&](char c) {
    if (!group) return c != ':' && c != '*' && static_cast<unsigned char>(c) >= 0x20;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-/#").find(c) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), allowed)) {
    members.violates(name, text,
                     group ? std::string(kNamePattern) : "Member must satisfy regular expression pattern: [^:*]*");
  }
  return text;
}

std::optional<ApiError> fault_of(const Members& members) {
  auto fault = members.fault();
  if (fault && fault->type == "ValidationException") fault->type = "InvalidParameterException";
  return fault;
}

ApiError invalid_parameter(std::string message) { return {"InvalidParameterException", std::move(message)}; }

ApiError no_such(const char* what) {
  return {"ResourceNotFoundException", "The specified " + std::string(what) + " does not exist."};
}

bool has_stream(const AwsDoors& doors, const std::string& group, const std::string& stream) {
  const bool plain =
      !stream.starts_with("states/") && stream != kLinesStream &&
      std::all_of(stream.begin(), stream.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  bool found = false;
  doors.logs->read(group, std::nullopt, LogDirection::Backward, kScanBytes, [&](const LogLine& line) {
    // Most lines need not be parsed: JSON writes plain names as they are, and a history's streams are made up.
    const bool perhaps = !plain || line.text.find(stream) != std::string::npos;
    found = perhaps && event_of(line.text).stream == stream;
    return !found;
  });
  return found;
}

}  // namespace stepd::api::logs
