#include "engine/run/redrives.h"

#include "base/limits.h"
#include "engine/run/journal.h"
#include "engine/run/refusals.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

// AWS API reference, RedriveExecution.
constexpr std::chrono::days kRedrivable{14};
constexpr std::chrono::days kOpenAtMost{365};
constexpr std::size_t kTokens = 10;
constexpr std::chrono::minutes kTokenLives{15};

/// How many events its history has: the journal's last one that is part of it knows.
std::uint32_t history_length(storage::ExecutionId id, const storage::Reader& reader) {
  constexpr std::size_t kPage = 16;
  ExecutionPayloads payloads(reader, id);
  for (auto from = UINT32_MAX;;) {
    const auto page = reader.events(id, from, kPage, true);
    for (const auto& stored : page) {
      if (const auto event = core::decode_event(stored.data, payloads); event.history_id != 0) return event.history_id;
    }
    if (page.size() < kPage || page.back().number <= 1) return 0;
    from = page.back().number - 1;
  }
}

std::vector<core::Event> whole_journal(storage::ExecutionId id, const storage::Reader& reader) {
  constexpr std::size_t kPage = 1000;
  std::vector<core::Event> events;
  ExecutionPayloads payloads(reader, id);
  for (;;) {
    const auto page = reader.events(id, static_cast<std::uint32_t>(events.size()) + 1, kPage, false);
    for (const auto& stored : page) events.push_back(core::decode_event(stored.data, payloads));
    if (page.size() < kPage) return events;
  }
}

// ---- tokens: `[[token, milliseconds since 1970], ...]`, the newest last
// ------------------------------------------------

Json tokens_of(const storage::ExecutionRecord& record) {
  return record.redrive_tokens.empty() ? Json::array() : Json::parse(record.redrive_tokens);
}

std::optional<Instant> used_at(const storage::ExecutionRecord& record, const std::string& token, Instant now) {
  for (const auto& used : tokens_of(record)) {
    const Instant at{std::chrono::milliseconds(used[1].get<std::int64_t>())};
    if (used[0].get_ref<const std::string&>() == token && now - at <= kTokenLives) return at;
  }
  return std::nullopt;
}

std::string with_token(const storage::ExecutionRecord& record, const std::string& token, Instant now) {
  auto tokens = tokens_of(record);
  tokens.push_back({token, now.time_since_epoch().count()});
  if (tokens.size() > kTokens) tokens.erase(tokens.begin());
  return print_json(tokens);
}

}  // namespace

std::optional<std::string> why_not_redrivable(storage::ExecutionStatus status, std::uint32_t history_events) {
  using enum storage::ExecutionStatus;
  if (status == Running) return "Execution is RUNNING and cannot be redriven";
  if (status == Succeeded) return "Execution is SUCCEEDED and cannot be redriven";
  // One event for the redrive and one for whatever comes of it.
  if (history_events >= limits::kHistoryEvents - 1) return "Execution history event limit exceeded";
  return std::nullopt;
}

std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord& record, const storage::Reader& reader,
                                              Instant now) {
  if (auto reason = why_not_redrivable(record.status, 0)) return reason;
  if (now - record.stopped_at.value_or(now) > kRedrivable) return "Execution redrivable period exceeded";
  if (now - record.started_at > kOpenAtMost) return "Execution has exceeded the max execution time";
  return why_not_redrivable(record.status, history_length(record.id, reader));
}

std::variant<CheckedRedrive, Answer<RedrivenExecution>> check_redrive(const RedriveExecution& request,
                                                                      const storage::Reader& reader, Machines& machines,
                                                                      Instant now) {
  auto record = reader.execution(request.execution_arn);
  if (!record) return no_such_execution(request.execution_arn);
  if (request.client_token) {
    if (const auto at = used_at(*record, *request.client_token, now)) return RedrivenExecution{*at};
  }
  if (auto reason = why_not_redrivable(*record, reader, now)) return not_redrivable(*std::move(reason));
  auto machine = machines.revision(record->state_machine_arn, record->revision_id);
  if (!machine) return not_redrivable("State machine is in DELETING status");
  const storage::Redrive redrive{
      record->redrive_count + 1, now,
      request.client_token ? with_token(*record, *request.client_token, now) : record->redrive_tokens};
  auto wreck = core::find_wreck(whole_journal(record->id, reader));
  // Somebody else was faster, between the two reads.
  if (!wreck) return not_redrivable(*why_not_redrivable(storage::ExecutionStatus::Running, 0));
  return CheckedRedrive{*std::move(record), std::move(machine), *std::move(wreck), redrive};
}

void Redrives::redrive(CheckedRedrive redrive, Reply<RedrivenExecution> reply) {
  if (turns_.halted()) return reply(ending());
  if (table_.find(redrive.record.arn))
    return reply(not_redrivable(*why_not_redrivable(storage::ExecutionStatus::Running, 0)));
  if (table_.stored_count() >= doors_.max_open) return reply(too_many_executions());
  auto owned = make_live(redrive.record);
  owned->machine = std::move(redrive.machine);
  owned->execution = std::move(redrive.wreck.ended);
  owned->redriven = redrive.redrive;
  auto frames = std::make_shared<const std::vector<core::Frame>>(std::move(redrive.wreck.frames));
  turns_.submit(table_.add(std::move(owned)),
                {core::command::Redrive{redrive.redrive.at, std::move(frames), std::move(redrive.wreck.rescheduled)},
                 [reply = std::move(reply)](Verdict verdict, const core::Execution& execution) {
                   if (verdict == Verdict::Unavailable) return reply(unavailable());
                   if (verdict != Verdict::Done)
                     return reply(not_redrivable("Execution is not what it was: it has been changed meanwhile"));
                   reply(RedrivenExecution{*execution.redriven_at()});
                 }});
}

}  // namespace stepd::run
