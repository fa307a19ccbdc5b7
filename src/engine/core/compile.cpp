#include "engine/core/compile.h"

#include "base/limits.h"
#include "engine/asl/grammar.h"
#include "engine/asl/source.h"
#include "engine/core/state_type.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::core {

Compiled compile(const Json& definition) {
  const auto types = state_types();
  const std::vector<const asl::StateGrammar*> grammars(types.begin(), types.end());
  auto parsed = asl::parse_definition(definition, grammars);
  return {std::move(parsed.definition), std::move(parsed.diagnostics)};
}

Compiled compile(std::string_view definition) {
  auto source = asl::Source::read(definition, asl::Format::Json);
  if (!source) return {nullptr, {{asl::Severity::Error, "INVALID_JSON_DESCRIPTION", source.error().cause, ""}}};
  return compile(source->value());
}

}  // namespace stepd::core
