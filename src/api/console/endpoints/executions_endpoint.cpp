// GET executions?status&machine&q&error&from&to&before&count: a list within its filters, newest first, and how many
// executions there are of each status.
//
// What no index finds (a part of a name, an error, a time) is found by walking, at most kWalk rows in one answer. An
// answer that ends so says where the next one is to go on, and how far back it has looked.
#include "api/console/endpoints/endpoint.h"

#include "api/protocol/shapes.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kRowsStandard = 50;
constexpr std::size_t kRowsMax = 200;
constexpr std::size_t kWalk = 20'000;
constexpr std::size_t kWalkAtOnce = 500;

struct Filter {
  storage::ExecutionQuery query;
  std::string name;   ///< a part of it
  std::string error;  ///< the error's beginning
  std::optional<Instant> from;
  std::optional<Instant> to;

  bool walks() const { return !name.empty() || !error.empty(); }
};

Filter read_filter(const Request& request, const ConsoleContext& context) {
  Filter filter;
  if (const auto machine = request.parameter("machine"); machine && !machine->empty())
    filter.query.state_machine_arn = machine_arn_of(context, *machine);
  filter.query.status = status_of(request.parameter("status").value_or(""));
  filter.name = beginning(request.parameter("q").value_or(""), 300);
  filter.error = beginning(request.parameter("error").value_or(""), 300);
  // An ARN is its last part; the machine is in it as well.
  if (filter.name.starts_with("arn:")) filter.name = run::name_of(filter.name);
  filter.from = read_moment(request, "from");
  filter.to = read_moment(request, "to");
  if (const auto before = request.parameter("before"))
    filter.query.before = storage::ExecutionId{std::strtoll(before->c_str(), nullptr, 10)};
  return filter;
}

struct Found {
  std::vector<storage::ExecutionSummary> rows;
  std::optional<storage::ExecutionId> next;  ///< where to go on
  std::optional<Instant> looked_back_to;     ///< the walk ended before the rows were full
};

class Walk {
 public:
  Walk(const Filter& filter, const storage::Reader& reader, std::size_t count)
      : filter_(filter), reader_(reader), count_(count) {}

  Found run() {
    auto query = filter_.query;
    if (filter_.to) {
      const auto end = reader_.first_since(*filter_.to + std::chrono::milliseconds(1));
      if (end && (!query.before || *end < *query.before)) query.before = end;
    }
    std::optional<storage::ExecutionId> first;
    if (filter_.from) {
      first = reader_.first_since(*filter_.from);
      if (!first) return {};
    }
    for (std::size_t walked = 0; walked < kWalk;) {
      query.limit = filter_.walks() ? kWalkAtOnce : count_ + 1;
      const auto page = reader_.executions(query);
      note_failures(page);
      for (const auto& summary : page) {
        if (first && summary.id < *first) return std::move(found_);
        ++walked;
        query.before = summary.id;
        last_start_ = summary.started_at;
        if (!matches(summary)) continue;
        if (found_.rows.size() == count_) {
          found_.next = found_.rows.back().id;
          return std::move(found_);
        }
        found_.rows.push_back(summary);
      }
      if (page.size() < query.limit) return std::move(found_);
    }
    found_.next = query.before;
    found_.looked_back_to = last_start_;
    return std::move(found_);
  }

 private:
  void note_failures(const std::vector<storage::ExecutionSummary>& page) {
    errors_.clear();
    if (filter_.error.empty()) return;
    std::vector<storage::ExecutionId> ids;
    for (const auto& summary : page) {
      if (summary.status > storage::ExecutionStatus::Succeeded) ids.push_back(summary.id);
    }
    for (auto& failure : reader_.failures(ids)) errors_[failure.id] = std::move(failure.error);
  }

  bool matches(const storage::ExecutionSummary& summary) const {
    if (!filter_.name.empty() && summary.name.find(filter_.name) == std::string::npos) return false;
    if (filter_.error.empty()) return true;
    const auto error = errors_.find(summary.id);
    return error != errors_.end() && error->second.starts_with(filter_.error);
  }

  const Filter& filter_;
  const storage::Reader& reader_;
  const std::size_t count_;
  std::map<storage::ExecutionId, std::string> errors_;
  std::optional<Instant> last_start_;
  Found found_;
};

Json counts_of(const ConsoleContext& context, const std::optional<std::string>& machine_arn) {
  std::map<storage::ExecutionStatus, std::uint64_t> sums;
  for (const auto& tally : context.backend.reader.tally_executions()) {
    if (!machine_arn || tally.state_machine_arn == *machine_arn) sums[tally.status] += tally.executions;
  }
  Json counts = Json::object();
  for (const auto& [status, sum] : sums) counts[status_name(status)] = sum;
  return counts;
}

Response answer(const Request& request, const ConsoleContext& context) {
  const auto filter = read_filter(request, context);
  const auto& reader = context.backend.reader;
  const auto found = Walk(filter, reader, read_count(request, "count", kRowsStandard, kRowsMax)).run();
  Json body{{"executions", describe_summaries(found.rows, reader)},
            {"counts", counts_of(context, filter.query.state_machine_arn)},
            {"now", to_milliseconds(context.backend.clock.now())}};
  if (found.next) body["next"] = std::to_string(static_cast<std::int64_t>(*found.next));
  if (found.looked_back_to) body["lookedBackTo"] = to_milliseconds(*found.looked_back_to);
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_executions;
const Endpoint console_executions{"GET", "executions", answer};

}  // namespace stepd::api
