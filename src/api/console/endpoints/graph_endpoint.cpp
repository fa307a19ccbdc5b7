// GET executions/{machine}/{name}/graph?show=ran|all: the graph of the revision that an execution runs, and the ways
// that it has taken.
#include "api/console/endpoints/describe_plan.h"
#include "api/console/endpoints/endpoint.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto machine = context.backend.reader.revision(found.record->state_machine_arn, found.record->revision_id);
  if (!machine) return error_response(404, "the revision that it runs is gone");
  const auto digest = context.digests.find(found.record->id);
  const auto whole = asl::read_state_graph(Json::parse(machine->definition, nullptr, false));
  const bool all = request.parameter("show") == "all";
  const asl::GraphRun run{[&](std::string_view state) { return digest->find(state) != nullptr; },
                          [&](std::string_view from, std::string_view to) {
                            return digest->ways.contains({std::string(from), std::string(to)});
                          }};
  const auto shown = all ? whole : asl::what_ran(whole, run);
  Json ways = Json::array();
  for (const auto& [from, to] : digest->ways) ways.push_back(Json::array({from, to}));
  return console_answer({{"plan", describe_plan(asl::lay_out_graph(shown))},
                         {"ways", std::move(ways)},
                         {"shown", asl::count_states(shown)},
                         {"states", asl::count_states(whole)}});
}

}  // namespace

extern const Endpoint console_graph;
const Endpoint console_graph{"GET", "executions/{machine}/{name}/graph", answer};

}  // namespace stepd::api
