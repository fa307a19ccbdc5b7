// GET start: the plots of the last hour, what failed lately, what runs, and the inboxes.
#include "api/console/endpoints/endpoint.h"

#include "engine/run/arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kRowsOfEach = 6;
constexpr std::size_t kInboxObjects = 20;

Json rates_of(const ConsoleContext& context) {
  const auto now = context.backend.clock.now();
  const auto& rates = context.sources.feed.rates();
  Json started = Json::array();
  Json succeeded = Json::array();
  Json failed = Json::array();
  for (const auto& minute : rates.minutes(now)) {
    started.push_back(minute.started);
    succeeded.push_back(minute.succeeded);
    failed.push_back(minute.failed);
  }
  Json described{{"started", std::move(started)}, {"succeeded", std::move(succeeded)}, {"failed", std::move(failed)}};
  if (const auto half = rates.took(now, 0.5)) described["halfWithin"] = half->count();
  if (const auto most = rates.took(now, 0.95)) described["mostWithin"] = most->count();
  return described;
}

Json list_of(const ConsoleContext& context, storage::ExecutionStatus status) {
  storage::ExecutionQuery query;
  query.status = status;
  query.limit = kRowsOfEach;
  return describe_summaries(context.backend.reader.executions(query), context.backend.reader);
}

Json failed_lately(const ConsoleContext& context) {
  std::vector<storage::ExecutionSummary> all;
  for (const auto status : {storage::ExecutionStatus::Failed, storage::ExecutionStatus::TimedOut}) {
    storage::ExecutionQuery query;
    query.status = status;
    query.limit = kRowsOfEach;
    for (auto& summary : context.backend.reader.executions(query)) all.push_back(std::move(summary));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  all.resize(std::min(all.size(), kRowsOfEach));
  return describe_summaries(all, context.backend.reader);
}

Json inboxes_of(const ConsoleContext& context) {
  Json inboxes = Json::array();
  for (const auto& bucket : context.sources.inventory.buckets) {
    if (!bucket.watched) continue;
    Json row{{"bucket", bucket.name}, {"starts", bucket.starts}, {"objects", Json::array()}, {"more", false}};
    const auto listing = context.backend.objects.list(bucket.name, "", "", kInboxObjects);
    if (listing.has_value()) {
      for (const auto& [key, stat] : listing->entries)
        row["objects"].push_back(
            {{"key", key}, {"size", stat.size_bytes}, {"modified", to_milliseconds(stat.modified)}});
      row["more"] = listing->more;
    }
    inboxes.push_back(std::move(row));
  }
  return inboxes;
}

Response answer(const Request&, const ConsoleContext& context) {
  std::uint64_t running = 0;
  std::uint64_t all = 0;
  for (const auto& tally : context.backend.reader.tally_executions()) {
    all += tally.executions;
    if (tally.status == storage::ExecutionStatus::Running) running += tally.executions;
  }
  return console_answer({{"now", to_milliseconds(context.backend.clock.now())},
                         {"executions", all},
                         {"running", running},
                         {"rates", rates_of(context)},
                         {"failedLately", failed_lately(context)},
                         {"runningNow", list_of(context, storage::ExecutionStatus::Running)},
                         {"succeededLately", list_of(context, storage::ExecutionStatus::Succeeded)},
                         {"inboxes", inboxes_of(context)}});
}

}  // namespace

extern const Endpoint console_start;
const Endpoint console_start{"GET", "start", answer};

}  // namespace stepd::api
