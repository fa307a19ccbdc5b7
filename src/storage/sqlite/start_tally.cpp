#include "storage/sqlite/start_tally.h"

namespace stepd::storage::sqlite {

void StartTally::add(const Write& write, Outcome outcome) {
  const auto* delta = std::get_if<ExecutionDelta>(&write);
  if (outcome != Outcome::Committed || delta == nullptr || !delta->created) return;
  // An execution may begin and end in one turn.
  const auto status = delta->ended ? delta->ended->status : delta->created->status;
  ++executions_[{delta->created->state_machine_arn, status}];
}

void StartTally::store(Connection& connection) const {
  for (const auto& [key, count] : executions_) {
    connection.execute(
        "INSERT INTO execution_tally SELECT id, ?2, ?3 FROM machine WHERE arn = ?1"
        " ON CONFLICT (machine, status) DO UPDATE SET executions = executions + excluded.executions",
        key.first, key.second, count);
  }
}

}  // namespace stepd::storage::sqlite
