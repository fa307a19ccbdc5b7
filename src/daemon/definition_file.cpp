#include "daemon/definition_file.h"

#include "base/payload.h"
#include "daemon/text_file.h"
#include "engine/core/compile.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace stepd::daemon {

bool CheckedDefinition::is_valid() const {
  return std::none_of(faults.begin(), faults.end(),
                      [](const Fault& fault) { return fault.severity == asl::Severity::Error; });
}

CheckedDefinition check_definition_text(const std::filesystem::path& file, const std::string& text,
                                        const std::map<std::string, std::string>& substitutions) {
  CheckedDefinition checked;
  const auto source = asl::Source::read(text, asl::format_of(file.filename().string()));
  if (!source) {
    checked.faults.push_back(syntax_fault(file, source.error().cause));
    return checked;
  }
  Json definition = source->value();
  checked.unfilled = asl::substitute(definition, substitutions);
  for (const auto& each : core::compile(definition).diagnostics) {
    checked.faults.push_back({file, source->position_of(each.pointer), each.message,
                              each.pointer.empty() ? "/" : each.pointer, each.severity});
  }
  std::stable_sort(checked.faults.begin(), checked.faults.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  checked.json = print_json(definition);
  return checked;
}

Result<CheckedDefinition> check_definition(const std::filesystem::path& file,
                                           const std::map<std::string, std::string>& substitutions) {
  STEPD_TRY(const std::string text, read_text_file(file));
  return check_definition_text(file, text, substitutions);
}

}  // namespace stepd::daemon
