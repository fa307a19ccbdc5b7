#include "api/aws/function_reference.h"

#include "api/protocol/arn_parser.h"

#include <algorithm>

namespace stepd::api {
namespace {

constexpr std::string_view kFunctionPattern =
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?"
    "([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
constexpr std::size_t kAccountDigits = 12;
constexpr std::size_t kReferenceMax = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

/// Such as us-east-1 and us-gov-west-1: no function of a caller has a name of this form before a colon.
bool is_region(std::string_view text) {
  const auto dashes = std::count(text.begin(), text.end(), '-');
  return dashes >= 2 && is_digit(text.back()) && text[text.size() - 2] == '-' &&
         std::all_of(text.begin(), text.end() - 1, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

bool is_account_id(std::string_view text) {
  return text.size() == kAccountDigits && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Checked<FunctionReference> read_function_reference(std::string_view text) {
  auto parts = split_arn(text);
  std::size_t at = 0;
  const auto left = [&] { return parts.size() - at; };
  FunctionReference reference;
  if (left() > 3 && parts[0] == "arn" && parts[1].starts_with("aws") && parts[2] == "lambda") at = 3;
  if (left() > 1 && is_region(parts[at])) reference.region = parts[at++];
  if (left() > 1 && is_account_id(parts[at])) ++at;
  if (left() > 1 && parts[at] == "function") ++at;
  reference.name = parts[at++];
  if (left() > 0) reference.qualifier = parts[at++];
  const bool qualified =
      reference.qualifier.empty() || reference.qualifier.starts_with("$LATEST") || is_word(reference.qualifier, "-_");
  if (left() == 0 && text.size() <= kReferenceMax && is_word(reference.name, "-_.") && qualified &&
      !text.ends_with(':')) {
    return reference;
  }
  return validation_error("1 validation error detected: Value '" + std::string(text.substr(0, kReferenceMax)) +
                          "' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression "
                          "pattern: " +
                          std::string(kFunctionPattern));
}

}  // namespace stepd::api
