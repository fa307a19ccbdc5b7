#include "dynamodb/api_failure.h"

#include "base/payload.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace stepd::dynamodb {
namespace {

struct Known {
  std::string_view ours;
  std::string_view type;
  std::string_view message;  ///< empty: ours
};

constexpr std::array<Known, 8> kKnown{{
    {"Item.NoSuchTable", "ResourceNotFoundException", "Requested resource not found"},
    {"Item.InvalidKey", "ValidationException", ""},
    {"Item.TooLarge", "ValidationException", "Item size has exceeded the maximum allowed size"},
    {"Item.TokenUsed", "IdempotentParameterMismatchException", ""},
    {"Item.TableExists", "ResourceInUseException", ""},
    {"Item.Configured", "ResourceInUseException", ""},
    {"Item.StorageFull", "InternalServerError", ""},
    {"Item.Failed", "InternalServerError", ""},
}};

constexpr std::array<std::string_view, 3> kServiceTypes{"SerializationException", "UnknownOperationException",
                                                        "MissingAuthenticationTokenException"};
constexpr std::array<std::string_view, 3> kCapitalMessages{
    "TransactionCanceledException", "IdempotentParameterMismatchException", "SerializationException"};

template <class List>
bool is_among(const List& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

}  // namespace

Failure::Failure(const AslError& error) : type(error.name), message(error.cause) {
  for (const auto& known : kKnown) {
    if (known.ours != error.name) continue;
    type = known.type;
    if (!known.message.empty()) message = known.message;
  }
  if (type.empty()) type = "ValidationException";
}

int Failure::status() const { return type == "InternalServerError" ? 500 : 400; }

std::string type_on_wire(const Failure& failure) {
  if (failure.type == "ValidationException") return "com.amazon.coral.validate#" + failure.type;
  if (is_among(kServiceTypes, failure.type)) return "com.amazon.coral.service#" + failure.type;
  return "com.amazonaws.dynamodb.v20120810#" + failure.type;
}

Json body_of(const Failure& failure) {
  Json body{{"__type", type_on_wire(failure)}};
  const char* name = is_among(kCapitalMessages, failure.type) ? "Message" : "message";
  if (!failure.message.empty()) body[name] = failure.message;
  if (failure.members.empty()) return body;
  const auto members = parse_json(failure.members);
  if (!members) return body;
  for (const auto& [member, value] : members->items()) body[member] = value;
  return body;
}

}  // namespace stepd::dynamodb
