#include "storage/sqlite/purge.h"

#include "storage/sqlite/connection.h"

namespace stepd::storage::sqlite {

void Purge::look(Connection& connection) {
  due_.clear();
  watching_ = false;
  Run machines = connection.query("SELECT id FROM machine WHERE deleting = 1");
  while (machines.next()) due_.push_back(machines.integer(0));
}

void Purge::step(Connection& connection, std::size_t executions_max) {
  const auto machine = due_.back();
  std::vector<std::int64_t> closed;
  {
    Run found = connection.query("SELECT id FROM execution WHERE machine = ?1 AND status <> 1 ORDER BY id LIMIT ?2",
                                 machine, executions_max);
    while (found.next()) closed.push_back(found.integer(0));
  }
  for (const auto id : closed) {
    connection.execute("DELETE FROM event WHERE execution = ?1", id);
    connection.execute("DELETE FROM execution WHERE id = ?1", id);
  }
  if (closed.size() == executions_max) return;  // there may be more

  due_.pop_back();
  Run open = connection.query("SELECT 1 FROM execution WHERE machine = ?1 LIMIT 1", machine);
  if (open.next()) {
    watching_ = true;
    return;
  }
  connection.execute("DELETE FROM revision WHERE machine = ?1", machine);
  connection.execute("DELETE FROM machine WHERE id = ?1", machine);
}

}  // namespace stepd::storage::sqlite
