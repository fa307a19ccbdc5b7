#include "engine/run/unlogged_failures.h"

#include "base/log_context.h"
#include "base/payload.h"
#include "base/whole_characters.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::run {
namespace {

/// A name or a cause may be anything: it stays on its line, and is cut.
std::string quoted(const std::string& text) {
  constexpr std::size_t kCharsMax = 1'000;
  if (text.size() <= kCharsMax) return print_json(Json(text));
  return print_json(Json(whole_characters(text, kCharsMax))) + " ... (" + std::to_string(text.size()) + " bytes)";
}

const char* ending(core::Status status) {
  if (status == core::Status::TimedOut) return " timed out";
  return status == core::Status::Aborted ? " was aborted" : " failed";
}

std::string warning_of(const core::Execution& execution) {
  const auto& failure = execution.failure();
  auto line = "execution " + execution.identity().arn + ending(execution.status()) + " in state " +
              quoted(execution.failed_state());
  if (failure.error) line += ", error " + quoted(*failure.error);
  if (failure.cause) line += ", cause " + quoted(*failure.cause);
  return line + "; its EXPRESS state machine has no log group";
}

std::string counted(std::uint64_t count) {
  return std::to_string(count) + " more EXPRESS executions without a log group did not succeed";
}

}  // namespace

UnloggedFailures::~UnloggedFailures() {
  if (silent_ > 0) warn_(counted(silent_));
}

void UnloggedFailures::committed(const HeardTurn& turn) {
  if (turn.machine.record.type != storage::StateMachineType::Express) return;
  const auto status = turn.execution.status();
  if (status == core::Status::Running || status == core::Status::Succeeded) return;
  if (turn.machine.logging.level != LogLevel::Off) return;
  const auto at = turn.events.back().at;
  std::uint64_t silent = 0;
  bool last = false;
  {
    const MutexLock lock(mutex_);
    // A clock that was set back begins a span, too.
    if (at < span_begins_ || at - span_begins_ >= kSpan) {
      span_begins_ = at;
      warned_ = 0;
    }
    if (warned_ == kMost) {
      ++silent_;
      return;
    }
    last = ++warned_ == kMost;
    silent = std::exchange(silent_, 0);
  }
  if (silent > 0) warn_(counted(silent));
  const LogContext context(turn.execution.identity().arn, turn.execution.failed_state());
  warn_(warning_of(turn.execution));
  if (last) warn_("EXPRESS executions without a log group fail often: for a while they are only counted");
}

}  // namespace stepd::run
