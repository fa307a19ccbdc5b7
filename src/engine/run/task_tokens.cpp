#include "engine/run/task_tokens.h"

#include "engine/run/journal.h"
#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

#include <utility>

namespace stepd::run {
namespace {

/// Why nobody awaits the answer: of an execution that is not open here. Blocks on reads.
Refusal why_not_awaited(const core::TaskToken& token, const storage::Reader& reader) {
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
    return unreadable();
  }
}

void refuse_off_loop(const ShardDoors& doors, const core::TaskToken& token, const Reply<std::monostate>& reply) {
  doors.read([token, reply, &store = doors.store] { reply(why_not_awaited(token, store.reader())); });
}

}  // namespace

void TaskTokens::hand_over(storage::ExecutionId id, const core::command::TaskStart& start,
                           std::function<void(Handover)> handed) {
  table_.visit(id, [this, start, handed = std::move(handed)](Live* live) {
    if (turns_.halted()) return handed({Handover::Outcome::Unavailable, ""});
    if (live == nullptr) return handed({Handover::Outcome::Gone, ""});
    turns_.submit(*live,
                  {start, [start, handed](Verdict verdict, const core::Execution& execution) {
                     if (verdict == Verdict::Done)
                       return handed({Handover::Outcome::Taken, core::task_token(execution, start.frame, start.token)});
                     const bool gone = verdict == Verdict::Rejected;
                     handed({gone ? Handover::Outcome::Gone : Handover::Outcome::Unavailable, ""});
                   }});
  });
}

void TaskTokens::answer(const core::TaskToken& token, core::Command answer, Reply<std::monostate> reply) {
  const auto id = table_.find(token.execution_arn);
  if (!id) return refuse_off_loop(doors_, token, reply);
  table_.visit(*id, [this, token, answer = std::move(answer), reply = std::move(reply)](Live* live) {
    if (turns_.halted()) return reply(ending());
    if (live == nullptr) return refuse_off_loop(doors_, token, reply);
    if (!core::is_proven(token, live->execution.identity())) return reply(invalid_token());
    turns_.submit(*live, {answer, [reply](Verdict verdict, const core::Execution&) {
                            if (verdict == Verdict::Done) return reply(std::monostate());
                            reply(verdict == Verdict::Rejected ? task_timed_out() : unavailable());
                          }});
  });
}

}  // namespace stepd::run
