#include "storage/sqlite/writer.h"

#include "base/assert.h"
#include "base/mutex.h"
#include "storage/sqlite/apply.h"
#include "storage/sqlite/execution_sums.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/start_tally.h"

#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

namespace stepd::storage::sqlite {
namespace {

// A larger batch costs latency and buys nothing: the price of the sync is spread thin long before.
constexpr std::size_t kBatchMax = 256;
constexpr std::size_t kPurgeRows = 1024;
/// Who is refused once will often be refused again, as a client that starts what runs already.
constexpr int kCarefulBatches = 16;

/// Whether the write alone is at fault, so that the rest of its batch can stand.
bool is_the_writes_own(const SqliteError& error) {
  const int primary = error.code() & 0xff;
  return primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_MISMATCH ||
         primary == SQLITE_RANGE;
}

/// Whether the file is as it was before and a later attempt may find room, memory or the lock.
bool may_pass(const SqliteError& error) {
  switch (error.code()) {
    // After a failed sync nobody knows what is on the disk, and a second sync would lie about it.
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
      return false;
    case SQLITE_IOERR_NOMEM:
      return true;
    default:
      break;
  }
  switch (error.code() & 0xff) {
    case SQLITE_FULL:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
      return true;
    default:
      break;
  }
  const int reason = error.system_errno();
  return reason == ENOSPC || reason == EDQUOT || reason == EFBIG || reason == EMFILE || reason == ENFILE ||
         reason == ENOMEM || reason == EROFS || reason == EACCES || reason == EPERM;
}

/// The database is not where it was opened: nothing may be stored.
class Displaced : public StoreError {
 public:
  explicit Displaced(const std::string& why) : StoreError(why, Hope::Good) {}
};

/// Whether the write deals with an execution that may be known to be damaged, so that a page that cannot be read is its
/// own trouble and not the store's.
bool is_about_damage(const Write& write) {
  const auto* delta = std::get_if<ExecutionDelta>(&write);
  return std::holds_alternative<PutQuarantine>(write) || (delta != nullptr && (delta->any_version || delta->redriven));
}

int remember_wal_size(void* target, sqlite3*, const char*, int pages) {
  *static_cast<int*>(target) = pages;
  return SQLITE_OK;
}

/// Whether a machine under deletion may have become free of executions.
bool may_feed_purge(const Write& write, bool watching) {
  if (std::holds_alternative<DeleteStateMachine>(write)) return true;
  const auto* delta = std::get_if<ExecutionDelta>(&write);
  return watching && delta != nullptr && delta->ended.has_value();
}

}  // namespace

Writer::Writer(const std::filesystem::path& file, SqliteOptions options)
    : options_(std::move(options)), connection_(file, Access::ReadWrite) {
  connection_.script("PRAGMA secure_delete = OFF");  // a migration, too, leaves alone what it frees
  migrate(connection_);
  connection_.script(
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA journal_size_limit "
      "= 67108864");
  define_execution_sums(connection_);
  sqlite3_wal_hook(connection_.handle(), remember_wal_size, &wal_pages_);
  Run page_size = connection_.query("PRAGMA page_size");
  page_size.next();
  checkpoint_pages_ = static_cast<int>(
      std::max<std::int64_t>(1, static_cast<std::int64_t>(options_.checkpoint_bytes) / page_size.integer(0)));
  // Of executions that have ended since, and of attempts that belong to none.
  connection_.execute(
      "DELETE FROM item_change WHERE NOT EXISTS"
      " (SELECT 1 FROM execution WHERE id = CAST(attempt AS INTEGER) AND status = 1)");
  purge_.look(connection_);  // a crash may have cut one short
  watch_.emplace(file);
  thread_ = std::thread([this] { run(); });
}

Writer::~Writer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  queue_grew_.notify_all();
  thread_.join();
  // SQLite would delete the WAL by its name, which may be another database's by now.
  if (watch_->trouble()) connection_.leave_wal_on_close();
}

void Writer::write(Write write, Committed done) {
  bool was_empty = false;
  {
    const MutexLock lock(mutex_);
    was_empty = queue_.empty();
    queue_.push_back({std::move(write), std::move(done)});
    ++queued_;
  }
  if (was_empty) queue_grew_.notify_one();
}

void Writer::flush() {
  STEPD_ASSERT(std::this_thread::get_id() != thread_.get_id());
  MutexLock lock(mutex_);
  const auto target = queued_;
  answered_more_.wait(lock, [&]() STEPD_REQUIRES(mutex_) { return answered_ >= target; });
}

void Writer::run() {
  for (;;) {
    Batch batch = next_batch();
    if (batch.empty() && !purge_.is_due()) return;
    store(batch);
    answer(batch);
    checkpoint_when_due();
  }
}

/// Empty when there is time for the purge, or when all is done.
Writer::Batch Writer::next_batch() {
  MutexLock lock(mutex_);
  queue_grew_.wait(lock, [&]() STEPD_REQUIRES(mutex_) { return !queue_.empty() || stopping_ || purge_.is_due(); });
  if (queue_.empty() && stopping_) purge_ = {};
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kBatchMax));
  Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

/// Leaves every entry with its outcome; never throws.
void Writer::store(Batch& batch) {
  auto outcome = Outcome::Fatal;
  if (!fatal_) {
    try {
      commit(batch);
      if (std::exchange(unavailable_, false)) spdlog::info("the store takes writes again");
      return;
    } catch (const SqliteError& error) {
      if (error.is_damage()) return store_each(batch);
      outcome = failed(error);
    } catch (const Displaced& error) {
      outcome = unavailable(error.what());
    } catch (const std::exception& error) {  // no memory
      spdlog::error("the store cannot write: {}", error.what());
      outcome = Outcome::Unavailable;
    }
    connection_.roll_back();
    purge_ = {};
    look_for_purge_ = true;
  }
  for (auto& entry : batch) entry.outcome = outcome;
}

/// A transaction of its own; undone if `apply` refuses or throws.
template <class Apply>
Outcome Writer::commit_one(Apply apply) {
  begin_transaction();
  try {
    const auto outcome = apply();
    if (outcome == Outcome::Committed)
      end_transaction();
    else
      connection_.execute("ROLLBACK");
    return outcome;
  } catch (...) {
    connection_.roll_back();
    throw;
  }
}

/// After a damaged page was met: each write by itself, so that one answers for it. Never throws.
void Writer::store_each(Batch& batch) {
  connection_.roll_back();
  for (auto& entry : batch) entry.outcome = fatal_ ? Outcome::Fatal : store_one(entry.write);
  look_for_purge_ = true;  // what the purge knows may have been undone
  if (!fatal_) purge_alone(batch);
}

Outcome Writer::store_one(const Write& write) {
  const auto* delta = std::get_if<ExecutionDelta>(&write);
  try {
    try {
      return commit_one([&] {
        const auto outcome = apply_apart(write);
        StartTally started;
        started.add(write, outcome);
        started.store(connection_);
        return outcome;
      });
    } catch (const SqliteError& error) {
      if (!error.is_damage() || !is_about_damage(write)) throw;
      spdlog::error("a write about one execution met a damaged page: {}", error.what());
    }
    if (delta == nullptr || !delta->any_version) return Outcome::Conflict;
    return commit_one([&] { return end_damaged(connection_, *delta); });
  } catch (const SqliteError& error) {
    return error.is_damage() && is_about_damage(write) ? Outcome::Conflict : failed(error);
  } catch (const Displaced& error) {
    return unavailable(error.what());
  } catch (const std::exception& error) {  // no memory
    spdlog::error("the store cannot write: {}", error.what());
    return Outcome::Unavailable;
  }
}

void Writer::purge_alone(const Batch& batch) {
  try {
    commit_one([&] { return purge(batch), Outcome::Committed; });
  } catch (const SqliteError& error) {
    if (error.is_damage()) {
      purge_.skip();
    } else {
      failed(error);
    }
  } catch (const std::exception& error) {  // no memory
    spdlog::error("the store cannot write: {}", error.what());
  }
}

void Writer::commit(Batch& batch) {
  begin_transaction();
  if (careful_batches_ > 0 || !apply_together(batch)) apply_each(batch);
  StartTally started;
  for (const auto& entry : batch) started.add(entry.write, entry.outcome);
  started.store(connection_);
  purge(batch);
  end_transaction();
  if (options_.on_commit && !batch.empty()) options_.on_commit(batch.size());
}

/// What is read in it would be damage, if the file was cut.
void Writer::begin_transaction() {
  if (const auto trouble = watch_->trouble()) throw Displaced(*trouble);
  connection_.execute("BEGIN IMMEDIATE");
}

/// Only where whoever opens the store later will find it.
void Writer::end_transaction() {
  if (const auto trouble = watch_->trouble()) throw Displaced(*trouble);
  connection_.execute("COMMIT");
}

/// All or none, without the price of a savepoint for each. False if one is refused: nothing of the batch stands then,
/// in a transaction that has just begun.
bool Writer::apply_together(Batch& batch) {
  try {
    if (std::all_of(batch.begin(), batch.end(), [&](Entry& entry) {
          entry.outcome = sqlite::apply(connection_, entry.write);
          return entry.outcome == Outcome::Committed;
        }))
      return true;
  } catch (const SqliteError& error) {
    if (!is_the_writes_own(error) || connection_.is_idle()) throw;
  }
  connection_.roll_back();
  begin_transaction();
  careful_batches_ = kCarefulBatches;
  return false;
}

/// Those that are refused leave nothing, and the others stand.
void Writer::apply_each(Batch& batch) {
  --careful_batches_;
  for (auto& entry : batch) entry.outcome = apply_apart(entry.write);
}

/// One write of the batch: if it is refused, nothing of it stays and the others are not touched.
Outcome Writer::apply_apart(const Write& write) {
  connection_.execute("SAVEPOINT one");
  auto outcome = Outcome::Conflict;
  try {
    outcome = apply(connection_, write);
  } catch (const SqliteError& error) {
    if (!is_the_writes_own(error) || connection_.is_idle()) throw;
    spdlog::error("the store refuses a write: {}", error.what());
  }
  if (outcome != Outcome::Committed) connection_.execute("ROLLBACK TO one");
  connection_.execute("RELEASE one");
  return outcome;
}

void Writer::purge(const Batch& batch) {
  for (const auto& entry : batch) {
    if (look_for_purge_) break;
    look_for_purge_ = may_feed_purge(entry.write, purge_.is_watching());
  }
  if (std::exchange(look_for_purge_, false)) purge_.look(connection_);
  if (purge_.is_due()) purge_.step(connection_, kPurgeRows);
}

void Writer::answer(Batch& batch) {
  for (auto& entry : batch) {
    if (entry.done) entry.done(entry.outcome);
  }
  {
    const MutexLock lock(mutex_);
    answered_ += batch.size();
  }
  answered_more_.notify_all();
}

/// PASSIVE: waits for no reader. What a reader still needs stays in the WAL until a later turn.
void Writer::checkpoint_when_due() {
  if (fatal_ || unavailable_) return;
  if (wal_pages_ < wal_pages_checkpointed_) wal_pages_checkpointed_ = 0;  // the WAL began anew
  if (wal_pages_ - wal_pages_checkpointed_ < checkpoint_pages_) return;
  wal_pages_checkpointed_ = wal_pages_;
  try {
    int in_wal = 0;
    int moved = 0;
    const int code =
        sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &moved);
    if (code != SQLITE_OK) throw_error(connection_.handle(), "checkpoint");
    if (options_.on_checkpoint) options_.on_checkpoint(in_wal, moved);
  } catch (const SqliteError& error) {
    if ((error.code() & 0xff) != SQLITE_BUSY) failed(error);
  }
}

Outcome Writer::failed(const SqliteError& error) {
  if (may_pass(error)) return unavailable(error.what());
  fatal_ = true;
  connection_.leave_wal_on_close();  // the next start reads the WAL again, by its checksums
  spdlog::critical("the store is out of order, nothing more will be stored: {}", error.what());
  if (options_.on_fatal) options_.on_fatal();
  return Outcome::Fatal;
}

Outcome Writer::unavailable(const std::string& why) {
  if (!std::exchange(unavailable_, true)) spdlog::error("the store takes no writes at present: {}", why);
  return Outcome::Unavailable;
}

}  // namespace stepd::storage::sqlite
