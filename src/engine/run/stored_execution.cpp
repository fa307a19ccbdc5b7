#include "engine/run/stored_execution.h"

#include "engine/run/journal.h"

#include <memory>
#include <utility>

namespace stepd::run {
namespace {

ReadExecution read_now(const storage::Store& store, storage::ExecutionId id) {
  ReadExecution read;
  try {
    auto open = store.load(id);
    if (!open) return read;
    auto execution = restore(*open, store.reader());
    read.stored = StoredExecution{std::move(open->record), open->version, std::move(execution)};
  } catch (const std::exception& error) {
    read.fault = std::string("What is stored of it cannot be read: ") + error.what();
  }
  return read;
}

}  // namespace

void read_execution(Loop& loop, const ShardDoors& doors, storage::ExecutionId id,
                    std::function<void(ReadExecution)> done) {
  doors.read([&loop, &store = doors.store, id, done = std::move(done)] {
    auto read = std::make_shared<ReadExecution>(read_now(store, id));
    loop.post([read, done] { done(std::move(*read)); });
  });
}

}  // namespace stepd::run
