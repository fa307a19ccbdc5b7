// Tasks that are handed out and answered by their tokens. What follows from an answer is decided by the core.
#include "engine/core/token.h"
#include "engine/run/live.h"
#include "engine/run/refusals.h"
#include "engine/run/shard.h"

#include <spdlog/spdlog.h>

namespace stepd::run {

void Shard::hand_over(Id id, const core::command::TaskStart& start, const std::function<void(Handover)>& handed) {
  if (halted_) return handed({Handover::Outcome::Unavailable, ""});
  Live* live = find(id);
  if (live == nullptr) return handed({Handover::Outcome::Gone, ""});
  auto answered = [start, handed](Verdict verdict, const core::Execution& execution) {
    if (verdict == Verdict::Done)
      return handed({Handover::Outcome::Taken, core::task_token(execution, start.frame, start.token)});
    handed({verdict == Verdict::Rejected ? Handover::Outcome::Gone : Handover::Outcome::Unavailable, ""});
  };
  live->queue.push_back({start, std::move(answered)});
  pump(*live);
}

void Shard::answer_task(const core::TaskToken& token, core::Command answer, Reply<std::monostate> reply) {
  if (halted_) return reply(unavailable());
  const auto known = by_arn_.find(token.execution_arn);
  if (known == by_arn_.end()) {
    return read([token, reply = std::move(reply), &store = doors_.store] { reply(refusal_of(token, store.reader())); });
  }
  Live& live = *find(known->second);
  if (!core::is_proven(token, live.execution.identity())) return reply(invalid_token());
  auto answered = [reply = std::move(reply)](Verdict verdict, const core::Execution&) {
    if (verdict == Verdict::Done) return reply(std::monostate());
    reply(verdict == Verdict::Rejected ? task_timed_out() : unavailable());
  };
  live.queue.push_back({std::move(answer), std::move(answered)});
  pump(live);
}

Refusal Shard::refusal_of(const core::TaskToken& token, const storage::Reader& reader) {
  try {
    const auto record = reader.execution(token.execution_arn);
    if (!record) return no_such_task(token.execution_arn);
    const auto first = reader.events(record->id, 1, 1, false);
    ExecutionPayloads payloads(reader, record->id);
    const auto begun = first.empty() ? core::Event{} : core::decode_event(first.front().data, payloads);
    const auto* started = std::get_if<core::event::ExecutionStarted>(&begun.body);
    const bool proven = started != nullptr && core::is_proven(token, started->identity);
    return proven ? task_timed_out() : invalid_token();
  } catch (const std::exception& error) {
    spdlog::error("{} cannot be read: {}", token.execution_arn, error.what());
    return unavailable();
  }
}

}  // namespace stepd::run
