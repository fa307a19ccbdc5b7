// How many executions of which state machine and status the writes of a transaction have made: the table
// `execution_tally` hears of it once. What changes or removes an execution later is counted by triggers.
#pragma once

#include "storage/sqlite/sqlite_connection.h"
#include "storage/store.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace stepd::storage::sqlite {

/// Of one transaction.
class StartTally {
 public:
  void add(const Write& write, Outcome outcome);
  /// Throws SqliteError.
  void store(Connection& connection) const;

 private:
  std::map<std::pair<std::string, ExecutionStatus>, std::int64_t> executions_;  ///< by the machine's ARN
};

}  // namespace stepd::storage::sqlite
