// ValidateStateMachineDefinition (AWS API reference): every fault and warning of a definition, nothing stored.
#include "api/operations/operation.h"
#include "api/protocol/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::int64_t kDiagnosticsMax = 100;
constexpr asl::Severity kError = asl::Severity::Error;

Json render(const asl::Diagnostic& diagnostic) {
  Json shown{{"severity", diagnostic.severity == kError ? "ERROR" : "WARNING"},
             {"code", diagnostic.code},
             {"message", diagnostic.message}};
  // Other messages are AWS's, which has nowhere to say what may have been meant.
  if (diagnostic.code == asl::codes::kNotServedHere && !diagnostic.hint.empty())
    shown["message"] = diagnostic.message + "; " + diagnostic.hint;
  if (!diagnostic.location.empty()) shown["location"] = diagnostic.location;
  return shown;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto definition = members.required_string("definition", rules::kDefinition);
  const auto type = members.one_of("type", {"STANDARD", "EXPRESS"}) == "EXPRESS" ? storage::StateMachineType::Express
                                                                                 : storage::StateMachineType::Standard;
  const bool warnings = members.one_of("severity", {"ERROR", "WARNING"}) == "WARNING";
  const auto wanted = members.integer("maxResults", 0, kDiagnosticsMax).value_or(0);
  if (const auto fault = members.fault()) return answered(*fault);

  auto diagnostics = backend.gateway.validate_definition(definition, type);
  const bool fails =
      std::any_of(diagnostics.begin(), diagnostics.end(), [](const auto& each) { return each.severity == kError; });
  if (!warnings) std::erase_if(diagnostics, [](const auto& each) { return each.severity != kError; });
  const auto limit = static_cast<std::size_t>(wanted == 0 ? kDiagnosticsMax : wanted);
  Json shown = Json::array();
  for (std::size_t i = 0; i < std::min(limit, diagnostics.size()); ++i) shown.push_back(render(diagnostics[i]));
  answered(Json{
      {"result", fails ? "FAIL" : "OK"}, {"diagnostics", std::move(shown)}, {"truncated", diagnostics.size() > limit}});
}

}  // namespace

extern const Operation validate_state_machine_definition;
const Operation validate_state_machine_definition{"ValidateStateMachineDefinition", run_it};

}  // namespace stepd::api
