// GET machines?after&count: the state machines with how many executions of each status they have.
#include "api/console/endpoints/endpoint.h"

#include "api/protocol/shapes.h"

#include <map>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Response answer(const Request& request, const ConsoleContext& context) {
  const auto count = read_count(request, "count", 100, 500);
  auto machines = context.backend.reader.state_machines(request.parameter("after").value_or(""), count + 1);
  const bool more = machines.size() > count;
  if (more) machines.resize(count);
  std::map<std::string, Json> counts;
  for (const auto& tally : context.backend.reader.tally_executions())
    counts[tally.state_machine_arn][status_name(tally.status)] = tally.executions;
  Json rows = Json::array();
  for (const auto& machine : machines) {
    Json row{{"arn", machine.arn},
             {"name", machine.name},
             {"type", type_name(machine.type)},
             {"createdAt", to_milliseconds(machine.created_at)},
             {"updatedAt", to_milliseconds(machine.updated_at)}};
    const auto found = counts.find(machine.arn);
    row["counts"] = found == counts.end() ? Json::object() : found->second;
    Json starters = Json::array();
    for (const auto& bucket : context.sources.inventory.buckets) {
      for (const auto& started : bucket.starts) {
        if (started == machine.name) starters.push_back(bucket.name);
      }
    }
    row["buckets"] = std::move(starters);
    rows.push_back(std::move(row));
  }
  Json body{{"machines", std::move(rows)}};
  if (more) body["next"] = machines.back().arn;
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_machines;
const Endpoint console_machines{"GET", "machines", answer};

}  // namespace stepd::api
