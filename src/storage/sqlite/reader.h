// Everything that is read, each call on a read-only connection of its own. It never waits for the writer.
#pragma once

#include "base/mutex.h"
#include "storage/sqlite/file_watch.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/store.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace stepd::storage::sqlite {

/// Read-only connections, as many as callers read at once. Thread: any.
class ReaderPool {
 public:
  /// The file must exist and be open for writing in this process for longer than the pool lives.
  /// `watch` outlives it.
  ReaderPool(std::filesystem::path file, const FileWatch& watch) : file_(std::move(file)), watch_(watch) {}

  /// A connection for one call; back in the pool when it ends.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(connection_)); }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };
  Lease borrow();

 private:
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  const std::filesystem::path file_;
  const FileWatch& watch_;
  Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ STEPD_GUARDED_BY(mutex_);
};

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(ReaderPool& pool) : pool_(pool) {}

  std::optional<StateMachineRecord> state_machine(const std::string& arn) const override;
  std::optional<StateMachineRecord> revision(const std::string& arn, const std::string& revision_id) const override;
  std::vector<StateMachineRecord> state_machines(const std::string& after, std::size_t limit) const override;
  std::optional<VersionRecord> version(const std::string& machine_arn, std::uint32_t number) const override;
  std::optional<VersionRecord> version_of(const std::string& machine_arn,
                                          const std::string& revision_id) const override;
  std::vector<VersionRecord> versions(const std::string& machine_arn, std::uint32_t before,
                                      std::size_t limit) const override;
  VersionTally tally_versions(const std::string& machine_arn) const override;
  std::optional<AliasRecord> alias(const std::string& machine_arn, const std::string& name) const override;
  std::vector<AliasRecord> aliases(const std::string& machine_arn, const std::string& after,
                                   std::size_t limit) const override;
  std::optional<ActivityRecord> activity(const std::string& arn) const override;
  std::vector<ActivityRecord> activities(const std::string& after, std::size_t limit) const override;
  std::vector<Tag> tags(const std::string& resource_arn) const override;
  std::optional<ExecutionRecord> execution(const std::string& arn) const override;
  std::vector<ExecutionSummary> executions(const ExecutionQuery& query) const override;
  std::vector<ExecutionTally> tally_executions() const override;
  std::vector<ListedFailure> failures(std::span<const ExecutionId> ids) const override;
  std::optional<ExecutionId> first_since(Instant moment) const override;
  std::vector<QuarantinedExecution> quarantined(ExecutionId after, std::size_t limit) const override;
  std::vector<PayloadRecord> payloads(std::span<const PayloadId> ids) const override;
  std::vector<EventRecord> events(ExecutionId id, std::uint32_t from, std::size_t limit, bool reverse) const override;
  std::vector<TableRecord> item_tables() const override;
  ItemTally tally_items(const std::string& table) const override;
  std::optional<std::string> item(const ItemPlace& place) const override;
  std::vector<std::optional<std::string>> items(std::span<const ItemPlace> places) const override;
  std::vector<ItemRecord> items(const ItemRange& range) const override;
  std::optional<ChangedItem> changed_item(const std::string& attempt) const override;
  std::optional<ItemReceipt> item_receipt(const std::string& token) const override;
  std::optional<std::string> arrival(const std::string& bucket, const std::string& key) const override;
  std::vector<std::string> arrivals(const std::string& bucket, const std::string& after,
                                    std::size_t limit) const override;
  std::vector<OutboxHead> outbox(const std::string& destination, std::size_t limit) const override;
  std::optional<std::string> outbox_body(const std::string& destination, const std::string& id) const override;
  std::vector<std::string> outbox_destinations() const override;
  OutboxTally tally_outbox() const override;

  // What a restart reads.
  void load_open(const std::function<void(OpenExecution)>& each, const Unreadable& unreadable) const;
  std::optional<OpenExecution> load(ExecutionId id) const;
  ExecutionId last_id() const;
  PayloadId last_payload_id() const;

 private:
  ReaderPool& pool_;
};

}  // namespace stepd::storage::sqlite
