#include "engine/core/compile.h"

#include "engine/asl/json_fault.h"
#include "engine/asl/source.h"
#include "engine/core/state_type.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::core {

Compiled compile(const Json& definition, const asl::ParseOptions& options) {
  const auto types = state_types();
  const std::vector<const asl::StateGrammar*> grammars(types.begin(), types.end());
  auto parsed = asl::parse_definition(definition, grammars, options);
  return {std::move(parsed.definition), std::move(parsed.diagnostics)};
}

Compiled compile_text(std::string_view definition, const asl::ParseOptions& options) {
  auto source = asl::Source::read(definition, asl::Format::Json);
  if (source) return compile(source->value(), options);
  asl::Diagnostic fault{asl::Severity::Error, asl::codes::kInvalidJson, source.error().cause, ""};
  fault.located = asl::Located::Nowhere;
  if (definition.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    fault.code = asl::codes::kSchema;
    fault.message = "Definition must be a valid JSON object";
  } else if (const auto syntax = asl::find_json_fault(definition)) {
    fault.message = syntax->message + "\n at " + syntax->location;
    fault.location = syntax->location;
  }
  return {nullptr, {std::move(fault)}};
}

}  // namespace stepd::core
