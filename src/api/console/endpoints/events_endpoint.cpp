// GET executions/{machine}/{name}/events?from&count: rows of the event table by number, from anywhere. With `like` (a
// text in any case) or `kind` (failures, tasks, states) the rows that fit, of the first kScanMax from there on; `next`
// is where to go on, 0 at the end.
#include "api/console/endpoints/endpoint.h"

#include "engine/run/digest/event_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {

Json describe_event(const run::EventRow& row);
Json describe_event(const run::EventRow& row) {
  return Json{{"number", row.number}, {"id", row.history_id}, {"at", to_milliseconds(row.at)},
              {"type", row.type},     {"state", row.state},   {"text", row.text}};
}

namespace {

constexpr std::size_t kCountStandard = 200;
constexpr std::size_t kCountMax = 500;
constexpr std::size_t kScanMax = 5'000;

std::string lowered(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return low;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

bool is_of_kind(const run::EventRow& row, std::string_view kind) {
  if (kind == "failures") return has(row.type, "Failed") || has(row.type, "TimedOut") || has(row.type, "Aborted");
  if (kind == "states") return has(row.type, "StateEntered") || has(row.type, "StateExited");
  if (kind == "tasks") {
    const bool of_state = has(row.type, "State");
    return !of_state && (has(row.type, "Task") || has(row.type, "Lambda") || has(row.type, "Activity"));
  }
  return true;
}

/// What the reader looks for.
struct Filter {
  std::string like;  ///< in lower case
  std::string kind;

  bool is_given() const { return !like.empty() || !kind.empty(); }
  bool takes(const run::EventRow& row) const {
    if (!is_of_kind(row, kind)) return false;
    return like.empty() || has(lowered(row.type), like) || has(lowered(row.state), like) ||
           has(lowered(row.text), like);
  }
};

Response answer_filtered(const Filter& filter, const ConsoleContext& context, storage::ExecutionId id,
                         const run::ExecutionDigest& digest, core::EventNumber from, std::size_t count) {
  Json list = Json::array();
  const auto end = std::min<std::uint64_t>(digest.events, std::uint64_t{from} + kScanMax - 1);
  while (from <= end && list.size() < count) {
    const auto rows = run::read_event_rows(context.backend.reader, id, digest, from, kCountMax);
    if (rows.empty()) break;
    for (const auto& row : rows) {
      if (row.number > end || list.size() == count) break;
      from = row.number + 1;
      if (filter.takes(row)) list.push_back(describe_event(row));
    }
  }
  return console_answer(
      {{"events", std::move(list)}, {"all", digest.events}, {"next", from <= digest.events ? from : 0}});
}

Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto digest = context.digests.find(found.record->id);
  const auto from = static_cast<core::EventNumber>(read_count(request, "from", 1, UINT32_MAX));
  const Filter filter{lowered(request.parameter("like").value_or("")), request.parameter("kind").value_or("")};
  if (filter.is_given()) {
    return answer_filtered(filter, context, found.record->id, *digest, from,
                           read_count(request, "count", kCountStandard, kCountMax));
  }
  Json list = Json::array();
  for (const auto& row : run::read_event_rows(context.backend.reader, found.record->id, *digest, from,
                                              read_count(request, "count", kCountStandard, kCountMax))) {
    list.push_back(describe_event(row));
  }
  return console_answer({{"events", std::move(list)}, {"all", digest->events}});
}

}  // namespace

extern const Endpoint console_events;
const Endpoint console_events{"GET", "executions/{machine}/{name}/events", answer};

}  // namespace stepd::api
