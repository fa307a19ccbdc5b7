#include "engine/run/shard.h"

#include "engine/run/journal.h"
#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

#include <string>
#include <utility>
#include <vector>

namespace stepd::run {
namespace {

/// Of an execution that is not open here. Blocks on reads.
void stop_closed(const std::string& arn, const Reply<StoppedExecution>& reply, const storage::Reader& reader) {
  try {
    const auto record = reader.execution(arn);
    if (!record || !record->stopped_at) return reply(no_such_execution(arn));
    reply(StoppedExecution{*record->stopped_at});
  } catch (const storage::StoreError& error) {
    spdlog::error("{} cannot be read: {}", arn, error.what());
    reply(unavailable());
  }
}

}  // namespace

Shard::Shard(Loop& loop, ShardDoors doors)
    : doors_(std::move(doors)),
      table_(loop, doors_),
      turns_(loop, doors_, table_, *this),
      timers_(loop, turns_),
      children_(loop, doors_, table_, turns_),
      tokens_(doors_, table_, turns_),
      tasks_(loop, doors_, table_, turns_, children_, tokens_),
      effects_(timers_, tasks_, children_),
      starts_(doors_, table_, turns_),
      redrives_(doors_, table_, turns_) {}

void Shard::stop(StopExecution request, Reply<StoppedExecution> reply) {
  if (turns_.halted()) return reply(ending());
  // It has ended, or has been quarantined meanwhile.
  const auto stop_absent = [this, request, reply] {
    doors_.read([request, reply, &doors = doors_] {
      const auto held = doors.quarantine == nullptr ? std::nullopt : doors.quarantine->find(request.execution_arn);
      if (held) return doors.quarantine->stop(*held, request, reply);
      stop_closed(request.execution_arn, reply, doors.store.reader());
    });
  };
  const auto id = table_.find(request.execution_arn);
  if (!id) return stop_absent();
  table_.visit(*id, [this, request = std::move(request), reply = std::move(reply), stop_absent](Live* live) {
    if (live == nullptr) return stop_absent();
    turns_.submit(*live, {core::command::Stop{{request.error, request.cause}},
                          [reply](Verdict verdict, const core::Execution& execution) {
                            if (verdict == Verdict::Unavailable || !execution.stopped_at()) return reply(unavailable());
                            reply(StoppedExecution{*execution.stopped_at()});
                          }});
  });
}

void Shard::adopt(const storage::OpenExecution& open, std::uint32_t deaths) {
  const auto& record = open.record;
  if (record.quarantine) return doors_.quarantine->know(record.id, record.arn);
  if (deaths >= kQuarantineAfter) {
    return doors_.quarantine->add(
        record.id, record.arn, "",
        "The process died " + std::to_string(deaths) + " times in a row while this execution had a turn.");
  }
  auto owned = make_live(record);
  owned->version = open.version;
  owned->suspected = deaths > 0;
  try {
    owned->machine = doors_.machines.revision(record.state_machine_arn, record.revision_id);
    if (!owned->machine) {
      return spdlog::error("execution {} stays open: its state machine's revision {} cannot be read", record.arn,
                           record.revision_id);
    }
    owned->execution = restore_patiently(open, doors_.store.reader());
  } catch (const storage::StoreError& error) {
    if (doors_.quarantine == nullptr || error.hope() == storage::Hope::Good) throw;
    return doors_.quarantine->add(record.id, record.arn, "",
                                  std::string("What is stored of it cannot be read: ") + error.what());
  } catch (const std::exception& error) {
    if (doors_.quarantine == nullptr) throw;
    return doors_.quarantine->add(record.id, record.arn, "",
                                  std::string("What is stored of it cannot be read: ") + error.what());
  }
  Live& live = table_.add(std::move(owned));
  if (doors_.paused) return table_.rest(live);
  children_.adopted(live);
  effects_.settle_execution_timeout(live);
  std::vector<core::FrameId> frames;
  for (const auto& [id, frame] : live.execution.frames()) frames.push_back(id);
  for (const auto id : frames) effects_.settle(live, id);
  turns_.carry_on(live);
}

void Shard::take_over(std::unique_ptr<Live> set_aside) {
  set_aside->idling = false;  // that timer was the other shard's
  Live& live = table_.add(std::move(set_aside));
  effects_.settle_execution_timeout(live);
  turns_.carry_on(live);
}

void Shard::halt() {
  turns_.halt();
  if (const auto lost = table_.express_count(); lost > 0)
    spdlog::warn("{} EXPRESS executions end with this process", lost);
  table_.for_each([](Live& live) {
    if (auto ended = std::exchange(live.ended, nullptr)) ended(cut_short());
  });
}

bool Shard::idle() {
  bool idle = table_.idle();
  table_.for_each([&](const Live& live) { idle = idle && !live.storing && live.queue.empty(); });
  return idle;
}

void Shard::stored(Live& live, const std::set<core::FrameId>& touched, bool first) {
  if (first) effects_.settle_execution_timeout(live);
  for (auto* listener : doors_.listeners) listener->committed(heard_turn(live));
  for (const auto frame : touched) effects_.settle(live, frame);
}

void Shard::ended(Live& live) {
  if (live.ended) live.ended(end_of(live));
  children_.tell_watchers(live);
}

void Shard::removed(Live& live) {
  effects_.cancel(live);
  if (live.version == 0) children_.watch_again(live);
}

void Shard::rejected(const Request& request) { children_.leave(request.child, request.parent); }

}  // namespace stepd::run
