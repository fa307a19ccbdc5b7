#include "engine/run/arn.h"

#include "base/limits.h"

#include <charconv>

namespace stepd::run {
namespace {

constexpr std::string_view kStateMachine = ":stateMachine:";

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  return count;
}

/// The state machine's ARN with another kind of resource in its place.
std::string arn_of_kind(std::string_view kind, std::string_view state_machine_arn) {
  const auto at = state_machine_arn.find(kStateMachine);
  std::string arn(state_machine_arn.substr(0, at));
  return arn.append(kind).append(state_machine_arn.substr(at + kStateMachine.size()));
}

std::string made_arn(std::string_view region, std::string_view account, std::string_view type, std::string_view name) {
  std::string arn = "arn:aws:states:";
  return arn.append(region).append(":").append(account).append(type).append(name);
}

}  // namespace

std::string state_machine_arn(std::string_view region, std::string_view account, std::string_view name) {
  return made_arn(region, account, kStateMachine, name);
}

std::string activity_arn(std::string_view region, std::string_view account, std::string_view name) {
  return made_arn(region, account, ":activity:", name);
}

std::string execution_arn(std::string_view state_machine_arn, std::string_view execution) {
  return arn_of_kind(":execution:", state_machine_arn).append(":").append(execution);
}

std::string express_execution_arn(std::string_view state_machine_arn, std::string_view execution,
                                  std::string_view uuid) {
  return arn_of_kind(":express:", state_machine_arn).append(":").append(execution).append(":").append(uuid);
}

QualifiedArn split_qualifier(std::string_view state_machine_arn) {
  const auto at = state_machine_arn.find(kStateMachine);
  const auto colon = at == std::string_view::npos ? at : state_machine_arn.find(':', at + kStateMachine.size());
  if (colon == std::string_view::npos) return {std::string(state_machine_arn), ""};
  return {std::string(state_machine_arn.substr(0, colon)), std::string(state_machine_arn.substr(colon + 1))};
}

std::string version_arn(std::string_view machine_arn, std::uint32_t number) {
  return alias_arn(machine_arn, std::to_string(number));
}

std::string alias_arn(std::string_view machine_arn, std::string_view name) {
  return std::string(machine_arn).append(":").append(name);
}

std::optional<std::uint32_t> version_number(std::string_view qualifier) {
  std::uint32_t number = 0;
  const auto end = qualifier.data() + qualifier.size();
  const auto [stop, error] = std::from_chars(qualifier.data(), end, number);
  if (error != std::errc() || stop != end || number == 0) return std::nullopt;
  return number;
}

std::string name_of(std::string_view arn) { return std::string(arn.substr(arn.rfind(':') + 1)); }

bool is_name(std::string_view name) {
  if (name.empty() || characters(name) > limits::kNameChars) return false;
  if (name.find("\xC2\xA0") != std::string_view::npos) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c <= 0x20 || c == 0x7F) return false;
    if (std::string_view("<>{}[]?*\"#%\\^|~`$&,;:/").find(name[i]) != std::string_view::npos) return false;
    // U+0080 to U+009F
    if (c == 0xC2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) <= 0x9F) return false;
  }
  return true;
}

}  // namespace stepd::run
