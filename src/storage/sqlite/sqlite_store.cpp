#include "storage/sqlite/sqlite_store.h"

#include "storage/sqlite/data_lock.h"
#include "storage/sqlite/reader.h"
#include "storage/sqlite/writer.h"

#include <atomic>
#include <system_error>
#include <utility>

namespace stepd::storage {
namespace {

using namespace sqlite;

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<DataLock> lock, const std::filesystem::path& file, SqliteOptions options)
      : lock_(std::move(lock)),
        writer_(file, std::move(options)),
        pool_(file, writer_.watch()),
        reader_(pool_),
        last_payload_(static_cast<std::int64_t>(reader_.last_payload_id())) {}

  void write(Write write, Committed done) override { writer_.write(std::move(write), std::move(done)); }
  const Reader& reader() const override { return reader_; }
  void load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const override {
    reader_.load_open(each, unreadable);
  }
  std::optional<OpenExecution> load(ExecutionId id) const override { return reader_.load(id); }
  ExecutionId last_id() const override { return reader_.last_id(); }
  PayloadId next_payload_id() override { return PayloadId{last_payload_.fetch_add(1) + 1}; }
  void flush() override { writer_.flush(); }

 private:
  // In this order: readers close before the writer, whose closing moves the WAL into the database file; the lock goes
  // last.
  std::unique_ptr<DataLock> lock_;
  Writer writer_;
  ReaderPool pool_;
  SqliteReader reader_;
  std::atomic<std::int64_t> last_payload_;
};

}  // namespace

std::unique_ptr<Store> open_sqlite(const std::filesystem::path& data_dir, SqliteOptions options) {
  std::error_code error;
  const bool made = std::filesystem::create_directories(data_dir, error);
  if (error) throw StoreError("cannot make the data directory " + data_dir.string() + ": " + error.message());
  // Inputs and outputs of executions are nobody else's business.
  if (made) std::filesystem::permissions(data_dir, std::filesystem::perms::owner_all, error);
  auto lock = std::make_unique<DataLock>(data_dir);
  const auto file = data_dir / "stepd.db";
  try {
    return std::make_unique<SqliteStore>(std::move(lock), file, std::move(options));
  } catch (const StoreError& failure) {
    throw StoreError("cannot use " + file.string() + ": " + failure.what());
  }
}

}  // namespace stepd::storage
