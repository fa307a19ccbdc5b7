// The one thread that writes: drains the queue of writes into one transaction, syncs, answers, and checkpoints between
// transactions. It reads nothing for anybody.
#pragma once

#include "base/mutex.h"
#include "storage/sqlite/file_watch.h"
#include "storage/sqlite/purge.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store.h"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace stepd::storage::sqlite {

/// Thread: any, for every member but the constructor and the destructor.
class Writer {
 public:
  /// Opens, creates or migrates the file, then starts the thread. Throws StoreError.
  Writer(const std::filesystem::path& file, SqliteOptions options);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  /// Stores and answers what is queued, then closes the file.
  ~Writer();

  void write(Write write, Committed done);
  void flush();
  /// Outlived by the writer.
  const FileWatch& watch() const { return *watch_; }

 private:
  struct Entry {
    Write write;
    Committed done;
    Outcome outcome = Outcome::Committed;
  };
  using Batch = std::vector<Entry>;

  void run();
  Batch next_batch();
  void store(Batch& batch);
  void commit(Batch& batch);
  void store_each(Batch& batch);
  Outcome store_one(const Write& write);
  template <class Apply>
  Outcome commit_one(Apply apply);
  void purge_alone(const Batch& batch);
  bool apply_together(Batch& batch);
  void apply_each(Batch& batch);
  Outcome apply_apart(const Write& write);
  void purge(const Batch& batch);
  void answer(Batch& batch);
  void checkpoint_when_due();
  void begin_transaction();
  void end_transaction();
  Outcome failed(const SqliteError& error);
  Outcome unavailable(const std::string& why);

  const SqliteOptions options_;

  Mutex mutex_;
  ConditionVariable queue_grew_;
  ConditionVariable answered_more_;
  std::deque<Entry> queue_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t queued_ STEPD_GUARDED_BY(mutex_) = 0;
  std::uint64_t answered_ STEPD_GUARDED_BY(mutex_) = 0;
  bool stopping_ STEPD_GUARDED_BY(mutex_) = false;

  // The thread's own.
  Connection connection_;
  std::optional<FileWatch> watch_;  ///< set by the constructor
  Purge purge_;
  bool look_for_purge_ = false;
  int careful_batches_ = 0;  ///< so many of the next ones may have a write that is refused
  bool fatal_ = false;
  bool unavailable_ = false;
  int wal_pages_ = 0;
  int wal_pages_checkpointed_ = 0;
  int checkpoint_pages_ = 0;

  std::thread thread_;
};

}  // namespace stepd::storage::sqlite
