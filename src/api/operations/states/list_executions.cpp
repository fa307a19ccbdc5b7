// ListExecutions (AWS API reference): newest first, in pages. There are no Map Runs to list by.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"
#include "engine/run/arn.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

struct Query {
  std::string state_machine_arn;
  std::string status;  ///< empty: any
  std::size_t limit = 0;
  std::optional<std::string> token;

  std::string scope() const { return "ListExecutions " + state_machine_arn + " " + status; }
};

Checked<Query> read(const Json& arguments) {
  Members members(arguments);
  Query query;
  const auto machine = members.string("stateMachineArn", rules::kArn);
  const auto map_run = members.string("mapRunArn", rules::kLongArn);
  // In the order of AWS's message, which is not that of its documentation.
  query.status =
      members.one_of("statusFilter", {"SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"})
          .value_or("");
  const auto redrive = members.one_of("redriveFilter", {"REDRIVEN", "NOT_REDRIVEN"});
  query.limit = read_page_size(members);
  query.token = members.string("nextToken", rules::kExecutionsPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  if (machine.has_value() == map_run.has_value()) {
    return validation_error("Exactly one of stateMachineArn and mapRunArn must be given",
                            machine ? "" : "MISSING_REQUIRED_PARAMETER");
  }
  if (map_run) return map_run_not_found(*map_run);
  if (redrive) return validation_error("redriveFilter can only be used with mapRunArn");
  if (query.status == "PENDING_REDRIVE") {
    return validation_error("statusFilter PENDING_REDRIVE can only be used with mapRunArn");
  }
  query.state_machine_arn = *machine;
  return query;
}

Json render(const storage::ExecutionSummary& record) {
  Json item{
      {"executionArn", record.arn},           {"stateMachineArn", record.state_machine_arn},      {"name", record.name},
      {"status", status_name(record.status)}, {"startDate", to_epoch_seconds(record.started_at)},
  };
  show_qualifiers(record, item);
  if (record.stopped_at) item["stopDate"] = to_epoch_seconds(*record.stopped_at);
  show_redrives(record, item);
  return item;
}

Checked<std::optional<storage::ExecutionId>> read_cursor(const Query& query, Instant now) {
  if (!query.token) return std::optional<storage::ExecutionId>();
  const auto cursor = read_page_token(*query.token, query.scope(), now);
  if (!cursor.has_value()) return cursor.error();
  std::int64_t id = 0;
  const auto end = cursor->data() + cursor->size();
  if (std::from_chars(cursor->data(), end, id).ptr != end) return invalid_token();
  return std::optional(storage::ExecutionId{id});
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  const auto query = read(arguments);
  if (!query.has_value()) return query.error();
  if (const auto parsed = state_machine_arn(query->state_machine_arn); !parsed.has_value()) return parsed.error();
  const auto cursor = read_cursor(*query, backend.clock.now());
  if (!cursor.has_value()) return cursor.error();
  const auto [arn, qualifier] = run::split_qualifier(query->state_machine_arn);
  const auto machine = backend.reader.state_machine(arn);
  if (!machine) return state_machine_does_not_exist(query->state_machine_arn);
  if (machine->type == storage::StateMachineType::Express) {
    return ApiError("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
  }
  storage::ExecutionQuery wanted{arn, status_of(query->status), *cursor, query->limit + 1};
  wanted.machine_version = run::version_number(qualifier);
  if (!qualifier.empty() && !wanted.machine_version) wanted.machine_alias = qualifier;
  auto records = backend.reader.executions(wanted);
  const bool more = records.size() > query->limit;
  if (more) records.resize(query->limit);
  Json list = Json::array();
  for (const auto& record : records) list.push_back(render(record));
  Json page{{"executions", std::move(list)}};
  if (more) {
    const auto last = std::to_string(static_cast<std::int64_t>(records.back().id));
    page["nextToken"] = make_page_token(query->scope(), last, backend.clock.now());
  }
  return page;
}

}  // namespace

extern const Operation list_executions;
const Operation list_executions{"ListExecutions", [](const Json& arguments, const Backend& backend, Answered answered) {
                                  answered(answer(arguments, backend));
                                }};

}  // namespace stepd::api
