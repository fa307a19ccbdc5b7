// What handlers work with in their tests: objects and items in memory, and short ways to invoke a handler.
#pragma once

#include "base/clock.h"
#include "base/items.h"
#include "base/objects.h"
#include "base/outbox.h"
#include "storage/store.h"
#include "tasks/catalog.h"
#include "tasks/notify/publisher.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace stepd::test {

/// Follows the errors that base/objects.h names. Thread: any.
class MemoryObjects final : public ObjectStore {
 public:
  explicit MemoryObjects(std::set<std::string> buckets) : buckets_(std::move(buckets)) {}

  void put(const std::string& bucket, const std::string& key, std::string bytes);
  /// Empty if there is none.
  std::string bytes(const std::string& bucket, const std::string& key) const;
  std::string content_type(const std::string& bucket, const std::string& key) const;
  bool holds(const std::string& bucket, const std::string& key) const;
  std::size_t bytes_read() const { return bytes_read_; }
  /// The next commit fails with this, once.
  void fail_next_commit(AslError error) { commit_error_ = std::move(error); }

  std::vector<std::string> buckets() const override;
  Result<std::unique_ptr<ObjectReader>> open(const ObjectRef& ref) const override;
  using ObjectStore::copy;
  using ObjectStore::create;
  Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, NewObject object) override;
  Result<ObjectStat> head(const ObjectRef& ref) const override;
  Result<ObjectListing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                             std::size_t limit) const override;
  using ObjectStore::remove;
  Result<void> remove(const ObjectRef& ref, const ObjectCondition& condition) override;
  Result<ObjectStat> copy(const ObjectRef& source, const ObjectRef& target, const CopyRules& rules) override;

 private:
  friend class MemoryReader;
  friend class MemoryWriter;
  struct Object {
    std::shared_ptr<const std::string> bytes;
    ObjectStat stat;
  };
  using Place = std::pair<std::string, std::string>;
  Result<Object> find(const ObjectRef& ref) const;
  Result<void> check(const ObjectRef& ref) const;

  mutable std::mutex mutex_;
  std::set<std::string> buckets_;
  std::map<Place, Object> objects_;
  std::optional<AslError> commit_error_;
  mutable std::size_t bytes_read_ = 0;
};

class FixedClock final : public Clock {
 public:
  Instant now() const override { return Instant(std::chrono::milliseconds(1'795'243'440'123)); }
  SteadyInstant steady() const override { return {}; }
};

/// All built-in handlers over buckets `in` and `out`, a table `photos` keyed `ImageKey`, and a topic `done`.
class Workbench {
 public:
  explicit Workbench(tasks::ImageLimits limits = {}, tasks::labels::LabelModel* label_model = nullptr);
  ~Workbench();

  MemoryObjects objects{{"in", "out"}};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<ItemStore> items;
  std::unique_ptr<Outbox> outbox;
  std::unique_ptr<tasks::Publisher> publisher;
  FixedClock clock;
  std::filesystem::path folder;  ///< private, removed at the end
  std::filesystem::path topic_file() const { return folder / "topics" / "done.jsonl"; }

  /// `event` is JSON text.
  Result<Json> run(const std::string& handler, const char* event, const std::string& attempt = "attempt-1",
                   std::stop_token stop = {});
  Result<Json> run(const std::string& handler, const Json& event, const std::string& attempt = "attempt-1",
                   std::stop_token stop = {});
  tasks::Handler& handler(const std::string& name);
  const tasks::Catalog& catalog() const { return catalog_; }

 private:
  tasks::Catalog catalog_;
};

/// The error's name, or "none".
std::string error_name(const Result<Json>& result);
std::string cause(const Result<Json>& result);

}  // namespace stepd::test
