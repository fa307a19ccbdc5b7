// GET machines/{machine}?revision: one state machine with its definition, graph, versions, aliases and tags.
#include "api/console/endpoints/describe_plan.h"
#include "api/console/endpoints/endpoint.h"

#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kListed = 100;

Json versions_of(const std::string& arn, const storage::Reader& reader) {
  Json versions = Json::array();
  for (const auto& version : reader.versions(arn, UINT32_MAX, kListed)) {
    versions.push_back({{"number", version.number},
                        {"revision", version.revision_id},
                        {"description", version.description},
                        {"createdAt", to_milliseconds(version.created_at)}});
  }
  return versions;
}

Json aliases_of(const std::string& arn, const storage::Reader& reader) {
  Json aliases = Json::array();
  for (const auto& alias : reader.aliases(arn, "", kListed)) {
    Json routes = Json::array();
    for (const auto& route : alias.routes) routes.push_back({{"version", route.version}, {"weight", route.weight}});
    aliases.push_back({{"name", alias.name},
                       {"description", alias.description},
                       {"routes", std::move(routes)},
                       {"updatedAt", to_milliseconds(alias.updated_at)}});
  }
  return aliases;
}

Response answer(const Request& request, const ConsoleContext& context) {
  const auto& reader = context.backend.reader;
  const auto arn = machine_arn_of(context, request.captures.at("machine"));
  const auto revision = request.parameter("revision");
  const auto machine = revision ? reader.revision(arn, *revision) : reader.state_machine(arn);
  if (!machine) return error_response(404, "there is no such state machine or revision");
  const auto graph = asl::read_state_graph(Json::parse(machine->definition, nullptr, false));
  Json tags = Json::object();
  for (const auto& tag : reader.tags(arn)) tags[tag.key] = tag.value;
  return console_answer({{"arn", machine->arn},
                         {"name", machine->name},
                         {"type", type_name(machine->type)},
                         {"revision", machine->revision_id},
                         {"role", machine->role_arn},
                         {"createdAt", to_milliseconds(machine->created_at)},
                         {"updatedAt", to_milliseconds(machine->updated_at)},
                         {"definition", machine->definition},
                         {"states", asl::count_states(graph)},
                         {"plan", describe_plan(asl::lay_out_graph(graph))},
                         {"versions", versions_of(arn, reader)},
                         {"aliases", aliases_of(arn, reader)},
                         {"tags", std::move(tags)}});
}

}  // namespace

extern const Endpoint console_machine;
const Endpoint console_machine{"GET", "machines/{machine}", answer};

}  // namespace stepd::api
