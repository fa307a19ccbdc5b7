#include "engine/run/status_change.h"

#include "base/payload.h"
#include "engine/core/status_name.h"
#include "engine/run/arn.h"
#include "engine/run/journal.h"
#include "engine/run/redrives.h"
#include "engine/run/uuid.h"

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::run {
namespace {

/// AWS dev guide: what is longer than this as an escaped text is left out, the input first.
constexpr std::size_t kDataBytesMax = 248 * 1024;

std::size_t escaped_bytes(const std::string& text) { return print_json(Json(text)).size() - 2; }

void show_data(Json& detail, const Payload& input, const std::optional<Payload>& output) {
  const auto output_bytes = output ? escaped_bytes(output->text()) : 0;
  const bool output_fits = output_bytes <= kDataBytesMax;
  const bool input_fits = escaped_bytes(input.text()) + (output_fits ? output_bytes : 0) <= kDataBytesMax;
  detail["input"] = input_fits ? Json(input.text()) : Json();
  detail["output"] = output && output_fits ? Json(output->text()) : Json();
  detail["inputDetails"] = Json{{"included", input_fits}};
  detail["outputDetails"] = output ? Json{{"included", output_fits}} : Json();
}

/// As DescribeExecution shows them.
void show_redrives(Json& detail, const core::Execution& execution, core::Status status) {
  const auto reason = why_not_redrivable(stored_status(status), execution.last_history_id());
  const auto redriven_at = execution.redriven_at();
  detail["redriveCount"] = execution.redrive_count();
  detail["redriveDate"] = redriven_at ? Json(redriven_at->time_since_epoch().count()) : Json();
  detail["redriveStatus"] = reason ? "NOT_REDRIVABLE" : "REDRIVABLE";
  detail["redriveStatusReason"] = reason ? Json(*reason) : Json();
}

/// The statuses that the turn brought, in order.
std::vector<core::Status> changes_of(const HeardTurn& turn) {
  std::vector<core::Status> changes;
  if (turn.machine.record.type != storage::StateMachineType::Standard) return changes;
  for (const auto& event : turn.events) {
    const bool begins = std::holds_alternative<core::event::ExecutionStarted>(event.body) ||
                        std::holds_alternative<core::event::ExecutionRedriven>(event.body);
    if (begins) changes.push_back(core::Status::Running);
  }
  const auto status = turn.execution.status();
  if (status != core::Status::Running) changes.push_back(status);
  return changes;
}

Json text_or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

}  // namespace

Json StatusChanges::event_of(const HeardTurn& turn, core::Status status) const {
  const auto& execution = turn.execution;
  const auto& who = execution.identity();
  const bool ended = status != core::Status::Running;
  const auto at = ended ? *execution.stopped_at() : execution.redriven_at().value_or(execution.started_at());
  Json detail{{"executionArn", who.arn}, {"stateMachineArn", who.state_machine_arn}, {"name", who.name}};
  detail["stateMachineVersionArn"] =
      turn.machine_version == 0 ? Json() : Json(version_arn(who.state_machine_arn, turn.machine_version));
  detail["stateMachineAliasArn"] =
      turn.machine_alias.empty() ? Json() : Json(alias_arn(who.state_machine_arn, turn.machine_alias));
  detail["status"] = core::status_name(status);
  detail["startDate"] = execution.started_at().time_since_epoch().count();
  detail["stopDate"] = ended ? Json(at.time_since_epoch().count()) : Json();
  show_data(detail, execution.input(), ended ? execution.output() : std::nullopt);
  show_redrives(detail, execution, status);
  // As DescribeExecution, which shows neither of a TIMED_OUT execution.
  const bool explained = ended && status != core::Status::TimedOut;
  detail["error"] = explained ? text_or_null(execution.failure().error) : Json();
  detail["cause"] = explained ? text_or_null(execution.failure().cause) : Json();
  return {{"version", "0"},
          {"id", make_uuid()},
          {"detail-type", "Step Functions Execution Status Change"},
          {"source", "aws.states"},
          {"account", account_},
          {"time", to_rfc3339(at).substr(0, 19) + "Z"},  // EventBridge's `time` has whole seconds
          {"region", region_},
          {"resources", Json::array({who.arn})},
          {"detail", std::move(detail)}};
}

std::vector<OutboxRecord> StatusChanges::messages(const HeardTurn& turn) {
  std::vector<OutboxRecord> all;
  for (const auto status : changes_of(turn)) {
    auto messages = address_(event_of(turn, status), turn.execution.identity().lineage);
    std::move(messages.begin(), messages.end(), std::back_inserter(all));
  }
  return all;
}

void StatusChanges::committed(const HeardTurn& turn) {
  if (turn.has_messages) stored_();
}

}  // namespace stepd::run
