// POST draft?type&format: what is wrong with a definition, with positions, and its graph as far as it can be read.
// Nothing is stored. The body is the definition.
#include "api/console/endpoints/describe_plan.h"
#include "api/console/endpoints/endpoint.h"

#include "base/limits.h"
#include "base/payload.h"
#include "engine/asl/source.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kFaultsShown = 200;

Response answer(const Request& request, const ConsoleContext& context) {
  const auto format = request.parameter("format") == "yaml" ? asl::Format::Yaml : asl::Format::Json;
  const auto type =
      request.parameter("type") == "EXPRESS" ? storage::StateMachineType::Express : storage::StateMachineType::Standard;
  const auto source = asl::Source::read(request.body, format);
  if (!source.has_value()) {
    Json fault{{"severity", "error"}, {"message", source.error().cause}, {"line", 0}, {"column", 0}};
    return console_answer({{"faults", Json::array({std::move(fault)})}});
  }
  const auto text = print_json(source->value());
  Json faults = Json::array();
  for (const auto& diagnostic : context.backend.gateway.validate_definition(text, type)) {
    if (faults.size() == kFaultsShown) break;
    const auto position = source->position_of(diagnostic.pointer);
    faults.push_back({{"severity", diagnostic.severity == asl::Severity::Error ? "error" : "warning"},
                      {"code", diagnostic.code},
                      {"message", diagnostic.message},
                      {"pointer", diagnostic.pointer},
                      {"hint", diagnostic.hint},
                      {"line", position.line},
                      {"column", position.column}});
  }
  const auto graph = asl::read_state_graph(source->value());
  return console_answer({{"faults", std::move(faults)},
                         {"definition", text},
                         {"states", asl::count_states(graph)},
                         {"plan", describe_plan(asl::lay_out_graph(graph))}});
}

}  // namespace

extern const Endpoint console_draft;
const Endpoint console_draft{"POST", "draft", answer, nullptr, limits::kDefinitionBytes};

}  // namespace stepd::api
