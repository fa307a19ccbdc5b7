// The context object that a test may bring along (AWS dev guide: Accessing execution data from the Context object).
#include "engine/core/inspect/state_test.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::core {
namespace {

struct Member {
  std::string_view object;
  std::string_view name;
  enum class Type : unsigned char { Any, String, Integer } type;
};

constexpr std::array kMembers{
    Member{"Execution", "Id", Member::Type::String},
    Member{"Execution", "Input", Member::Type::Any},
    Member{"Execution", "Name", Member::Type::String},
    Member{"Execution", "RoleArn", Member::Type::String},
    Member{"Execution", "StartTime", Member::Type::String},
    Member{"Execution", "RedriveCount", Member::Type::Integer},
    Member{"Execution", "RedriveTime", Member::Type::String},
    Member{"State", "EnteredTime", Member::Type::String},
    Member{"State", "Name", Member::Type::String},
    Member{"State", "RetryCount", Member::Type::Integer},
    Member{"StateMachine", "Id", Member::Type::String},
    Member{"StateMachine", "Name", Member::Type::String},
    Member{"Task", "Token", Member::Type::String},
};

std::string not_allowed(const std::string& field) { return "Field '" + field + "' is not allowed"; }

std::optional<std::string> find_fault_in(const std::string& name, const Json& object) {
  if (!object.is_object()) return name + " must be an object";
  for (const auto& [field, value] : object.items()) {
    const auto* found = std::find_if(kMembers.begin(), kMembers.end(), [&key = field, &name](const Member& member) {
      return member.object == name && member.name == key;
    });
    if (found == kMembers.end()) return not_allowed(field);
    if (found->type == Member::Type::String && !value.is_string()) return name + "." + field + " must be a string";
    if (found->type == Member::Type::Integer && !value.is_number_integer())
      return name + "." + field + " must be an integer";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_context_fault(const Json& context, bool has_token) {
  for (const auto& [name, value] : context.items()) {
    if (name == "Map") return "'Map' field is not supported when mocking a Context object";
    const bool known = std::any_of(kMembers.begin(), kMembers.end(),
                                   [&object = name](const Member& member) { return member.object == object; });
    if (!known) return not_allowed(name);
    if (name == "Task" && !has_token) {
      return "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' "
             "service integration pattern";
    }
    if (auto fault = find_fault_in(name, value)) return fault;
  }
  return std::nullopt;
}

}  // namespace stepd::core
