// Takes away, a few at a time, what deleted state machines leave behind: closed executions, their events and payloads,
// revisions. It does not decide what is deleted: a machine's `deleting` mark does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
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
  /// Removes about `rows_max` rows within the open transaction, where 8 KB of a payload count as a row: one event and
  /// its payloads may go beyond.
  void step(Connection& connection, std::size_t rows_max);
  /// After a step that met a damaged page, and was undone: the execution that it came to stays, hidden, and so does its
  /// state machine. Where no execution is to blame, what is due waits for the next look().
  void skip();

 private:
  std::vector<std::int64_t> due_;
  std::int64_t present_ = 0;  // what the last step came to; 0: no execution
  std::set<std::int64_t> damaged_;
  bool watching_ = false;
};

}  // namespace stepd::storage::sqlite
