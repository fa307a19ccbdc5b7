#include "engine/run/first_turns.h"

#include "base/log_context.h"
#include "engine/core/decide.h"
#include "engine/run/starts.h"
#include "engine/run/uuid.h"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <exception>

namespace stepd::run {
namespace {

constexpr std::size_t kFirstTurnEvents = 64;
constexpr std::size_t kFirstTurnBytes = 64 * 1024;

}  // namespace

bool FirstTurns::takes(const CheckedStart& start) const {
  return doors_.observer == nullptr && start.machine->is_plain && start.input.size() <= kFirstTurnBytes;
}

std::unique_ptr<Live> FirstTurns::decide(const CheckedStart& start) const {
  const LogContext context(start.arn);
  try {
    auto live = make_live(start, doors_);
    const auto command = std::move(live->queue.front().command);
    live->queue.clear();
    live->decided.emplace(doors_.clock);
    const core::Moment moment{live->decided->date, random_bits(),    nullptr,        doors_.activities,
                              &doors_.tasks,       kFirstTurnEvents, kFirstTurnBytes};
    live->events = core::decide(*live->machine->definition, live->execution, command, moment).events;
    return live;
  } catch (const std::exception& error) {
    spdlog::debug("the first turn of {} is left to its shard: {}", start.arn, error.what());
    return nullptr;
  }
}

void FirstTurns::tell(const Live& live) const {
  for (auto* listener : doors_.listeners) listener->committed(heard_turn(live));
}

}  // namespace stepd::run
