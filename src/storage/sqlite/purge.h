// Takes away, a few at a time, what deleted state machines leave behind: closed executions, their events, revisions.
// It does not decide what is deleted: a machine's `deleting` mark does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stepd::storage::sqlite {

class Connection;

/// Thread: the writer's.
class Purge {
 public:
  /// Reads again which machines are under deletion: after the start, after a deletion, after an execution ended.
  void look(Connection& connection);
  /// Whether machines wait for their open executions, so that an ending is worth a look.
  bool is_watching() const { return watching_; }
  /// Whether step() has something to do.
  bool is_due() const { return !due_.empty(); }
  /// Removes at most `executions_max` executions within the open transaction.
  void step(Connection& connection, std::size_t executions_max);

 private:
  std::vector<std::int64_t> due_;
  bool watching_ = false;
};

}  // namespace stepd::storage::sqlite
