#include "api/console/endpoints/endpoint.h"

#include "api/protocol/shapes.h"
#include "base/payload.h"
#include "engine/run/arn.h"

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::api {

Response console_answer(const Json& body) {
  auto response = json_response(200, body);
  response.fields.push_back({"Cache-Control", "no-store"});
  response.fields.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  return response;
}

namespace {

std::optional<std::int64_t> read_integer(const Request& request, const char* name) {
  const auto text = request.parameter(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, value);
  return error == std::errc{} && rest == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::size_t read_count(const Request& request, const char* name, std::size_t standard, std::size_t max) {
  const auto value = read_integer(request, name);
  if (!value || *value < 1) return standard;
  return std::min(static_cast<std::size_t>(*value), max);
}

std::optional<Instant> read_moment(const Request& request, const char* name) {
  const auto value = read_integer(request, name);
  constexpr std::int64_t kYear9999 = 253'402'300'799'999;
  if (!value || *value < 0 || *value > kYear9999) return std::nullopt;
  return Instant(std::chrono::milliseconds(*value));
}

std::int64_t to_milliseconds(Instant instant) { return instant.time_since_epoch().count(); }

std::string machine_arn_of(const ConsoleContext& context, const std::string& name) {
  return run::state_machine_arn(context.sources.inventory.region, context.sources.inventory.account, name);
}

FoundExecution find_execution(const Request& request, const ConsoleContext& context) {
  const auto machine = machine_arn_of(context, request.captures.at("machine"));
  FoundExecution found;
  found.record = context.backend.reader.execution(run::execution_arn(machine, request.captures.at("name")));
  if (found.record) return found;
  const bool has_machine = context.backend.reader.state_machine(machine).has_value();
  found.refusal = error_response(
      404, has_machine ? "The state machine has no execution of this name: it never was, it was deleted, or it is an "
                         "execution of an EXPRESS state machine, of which nothing is kept but its log group."
                       : "There is no state machine of this name; its executions went with it if it was deleted.");
  return found;
}

Json describe_summary(const storage::ExecutionSummary& summary, const storage::ListedFailure* failure) {
  Json row{{"arn", summary.arn},
           {"name", summary.name},
           {"machine", run::name_of(summary.state_machine_arn)},
           {"status", status_name(summary.status)},
           {"startedAt", to_milliseconds(summary.started_at)}};
  if (summary.stopped_at) row["stoppedAt"] = to_milliseconds(*summary.stopped_at);
  if (summary.redrive_count > 0) row["redrives"] = summary.redrive_count;
  if (summary.quarantined) row["quarantined"] = true;
  if (summary.machine_version > 0) row["version"] = summary.machine_version;
  if (failure != nullptr) {
    row["error"] = failure->error;
    row["cause"] = failure->cause;
  }
  return row;
}

Json describe_summaries(const std::vector<storage::ExecutionSummary>& summaries, const storage::Reader& reader) {
  std::vector<storage::ExecutionId> unsuccessful;
  for (const auto& summary : summaries) {
    const bool ended_badly =
        summary.status != storage::ExecutionStatus::Running && summary.status != storage::ExecutionStatus::Succeeded;
    if (ended_badly) unsuccessful.push_back(summary.id);
  }
  const auto failures = reader.failures(unsuccessful);
  std::map<storage::ExecutionId, const storage::ListedFailure*> by_id;
  for (const auto& failure : failures) by_id[failure.id] = &failure;
  Json rows = Json::array();
  for (const auto& summary : summaries) {
    const auto failure = by_id.find(summary.id);
    rows.push_back(describe_summary(summary, failure == by_id.end() ? nullptr : failure->second));
  }
  return rows;
}

std::string beginning(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace stepd::api
