#include "daemon/definition_file.h"

#include "base/payload.h"
#include "daemon/text_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

namespace stepd::daemon {

bool CheckedDefinition::is_valid() const {
  return std::none_of(faults.begin(), faults.end(),
                      [](const Fault& fault) { return fault.severity == asl::Severity::Error; });
}

namespace {

Faults faults_of(const std::filesystem::path& file, const asl::Source& source, const asl::Diagnostics& diagnostics) {
  Faults faults;
  for (const auto& each : diagnostics) {
    faults.push_back({file, source.position_of(each.pointer), each.message, each.pointer.empty() ? "/" : each.pointer,
                      each.severity, each.code, each.hint, each.excerpt});
  }
  std::stable_sort(faults.begin(), faults.end(), [](const Fault& a, const Fault& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  return faults;
}

Fault json_fault(const std::filesystem::path& file, const AslError& error) {
  auto fault = syntax_fault(file, error.cause);
  fault.code = asl::codes::kInvalidJson;
  return fault;
}

/// `"MaxAttempts": ${Attempts}`: quotes are put in place of letters, so that every place stays what it was.
void quote_bare_placeholders(std::string& text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted && text[i] == '\\') ++i;
    if (quoted || text.compare(i, 2, "${") != 0) continue;
    const auto end = text.find('}', i);
    if (end == std::string::npos || end - i < 3) continue;
    text.replace(i, end - i + 1, "\"${" + std::string(end - i - 3, ' ') + "\"");
    i = end;
  }
}

}  // namespace

CheckedDefinition check_definition_text(const std::filesystem::path& file, const std::string& text,
                                        const std::map<std::string, std::string>& substitutions,
                                        const DefinitionUse& use) {
  CheckedDefinition checked;
  const auto source = asl::Source::read(text, asl::format_of(file.filename().string()));
  if (!source) {
    checked.faults.push_back(json_fault(file, source.error()));
    return checked;
  }
  auto tree = check_definition_tree(source->value(), substitutions, use);
  checked.json = std::move(tree.json);
  checked.unfilled = std::move(tree.unfilled);
  checked.faults = faults_of(file, *source, tree.diagnostics);
  return checked;
}

CheckedTree check_definition_tree(Json definition, const std::map<std::string, std::string>& substitutions,
                                  const DefinitionUse& use) {
  CheckedTree checked;
  checked.unfilled = asl::substitute(definition, substitutions);
  checked.json = print_json(definition);
  checked.diagnostics = run::validate_definition(checked.json, run::parse_options(use.type), use.check_tasks);
  return checked;
}

Faults check_template_text(const std::filesystem::path& file, std::string text, asl::Format format,
                           const DefinitionUse& use) {
  if (format == asl::Format::Json) quote_bare_placeholders(text);
  const auto source = asl::Source::read(text, format);
  if (!source) return {json_fault(file, source.error())};
  auto options = run::parse_options(use.type);
  options.templated = true;
  return faults_of(file, *source, run::validate_definition(print_json(source->value()), options, use.check_tasks));
}

Result<CheckedDefinition> check_definition(const std::filesystem::path& file,
                                           const std::map<std::string, std::string>& substitutions,
                                           const DefinitionUse& use) {
  STEPD_TRY(const std::string text, read_text_file(file));
  return check_definition_text(file, text, substitutions, use);
}

}  // namespace stepd::daemon
