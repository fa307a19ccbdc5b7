#include "daemon/ending_watch.h"

namespace stepd::daemon {

void EndingWatch::write(storage::Write write, storage::Committed done) {
  const auto* delta = std::get_if<storage::ExecutionDelta>(&write);
  if (delta == nullptr || !delta->ended) return store_->write(std::move(write), std::move(done));
  store_->write(std::move(write), [this, done = std::move(done)](storage::Outcome outcome) {
    done(outcome);
    if (outcome == storage::Outcome::Committed) std::call_once(once_, [this] { ended_.set_value(); });
  });
}

}  // namespace stepd::daemon
