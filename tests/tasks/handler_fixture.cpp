#include "handler_fixture.h"

#include "base/payload.h"
#include "storage/item_table.h"
#include "storage/memory/memory_store.h"
#include "storage/stored_outbox.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace stepd::test {

class MemoryReader final : public ObjectReader {
 public:
  MemoryReader(const MemoryObjects& store, MemoryObjects::Object object) : store_(store), object_(std::move(object)) {}
  const ObjectStat& stat() const override { return object_.stat; }
  Result<std::size_t> read(void* buffer, std::size_t size) override {
    // Short reads, as a pipe or a network gives them.
    const auto count = std::min({size, object_.bytes->size() - at_, std::size_t{100'000}});
    std::memcpy(buffer, object_.bytes->data() + at_, count);
    at_ += count;
    const std::lock_guard lock(store_.mutex_);
    store_.bytes_read_ += count;
    return count;
  }

 private:
  const MemoryObjects& store_;
  MemoryObjects::Object object_;
  std::size_t at_ = 0;
};

class MemoryWriter final : public ObjectWriter {
 public:
  MemoryWriter(MemoryObjects& store, ObjectRef ref, NewObject object)
      : store_(store), ref_(std::move(ref)), object_(std::move(object)) {}
  Result<void> write(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  Result<ObjectStat> commit() override {
    if (auto error = std::exchange(store_.commit_error_, std::nullopt)) return *error;
    const std::lock_guard lock(store_.mutex_);
    if (object_.if_present == IfPresent::Refuse && store_.objects_.contains({ref_.bucket, ref_.key}))
      return AslError{"Object.Exists", "There is " + ref_.key + " already."};
    auto& object = store_.objects_[{ref_.bucket, ref_.key}];
    object.stat.size_bytes = bytes_.size();
    object.stat.version = object.stat.etag = std::to_string(std::hash<std::string>{}(bytes_));
    object.stat.content_type = object_.content_type;
    object.stat.metadata = object_.metadata;
    object.stat.attempt = object_.attempt;
    object.bytes = std::make_shared<const std::string>(std::move(bytes_));
    return object.stat;
  }

 private:
  MemoryObjects& store_;
  ObjectRef ref_;
  NewObject object_;
  std::string bytes_;
};

void MemoryObjects::put(const std::string& bucket, const std::string& key, std::string bytes) {
  MemoryWriter writer(*this, {bucket, key}, {});
  static_cast<void>(writer.write(bytes));
  static_cast<void>(writer.commit());
}

std::string MemoryObjects::bytes(const std::string& bucket, const std::string& key) const {
  const auto found = find({bucket, key});
  return found ? *found->bytes : std::string();
}

std::string MemoryObjects::content_type(const std::string& bucket, const std::string& key) const {
  const auto found = find({bucket, key});
  return found ? found->stat.content_type : std::string();
}

bool MemoryObjects::holds(const std::string& bucket, const std::string& key) const {
  return find({bucket, key}).has_value();
}

Result<void> MemoryObjects::check(const ObjectRef& ref) const {
  if (!buckets_.contains(ref.bucket)) return AslError{"Object.NoSuchBucket", "No bucket " + ref.bucket + "."};
  if (ref.key.empty() || ref.key.front() == '/' || ("/" + ref.key + "/").find("/../") != std::string::npos) {
    return AslError{"Object.InvalidKey", "Key " + ref.key + "."};
  }
  return {};
}

Result<MemoryObjects::Object> MemoryObjects::find(const ObjectRef& ref) const {
  STEPD_CHECK(check(ref));
  const std::lock_guard lock(mutex_);
  const auto found = objects_.find({ref.bucket, ref.key});
  if (found == objects_.end()) return AslError{"Object.NotFound", "No object " + ref.key + " in " + ref.bucket + "."};
  return found->second;
}

std::vector<std::string> MemoryObjects::buckets() const { return {buckets_.begin(), buckets_.end()}; }

Result<std::unique_ptr<ObjectReader>> MemoryObjects::open(const ObjectRef& ref) const {
  STEPD_TRY(Object object, find(ref));
  return std::unique_ptr<ObjectReader>(std::make_unique<MemoryReader>(*this, std::move(object)));
}

Result<std::unique_ptr<ObjectWriter>> MemoryObjects::create(const ObjectRef& ref, NewObject object) {
  STEPD_CHECK(check(ref));
  return std::unique_ptr<ObjectWriter>(std::make_unique<MemoryWriter>(*this, ref, std::move(object)));
}

Result<ObjectStat> MemoryObjects::head(const ObjectRef& ref) const {
  STEPD_TRY(const Object object, find(ref));
  return object.stat;
}

Result<ObjectListing> MemoryObjects::list(std::string_view bucket, std::string_view prefix, std::string_view after,
                                          std::size_t limit) const {
  ObjectListing listing;
  const std::lock_guard lock(mutex_);
  if (!buckets_.contains(std::string(bucket))) return AslError{"Object.NoSuchBucket", "No such bucket."};
  for (const auto& [place, object] : objects_) {
    if (place.first != bucket || !place.second.starts_with(prefix) || place.second <= after) continue;
    if (listing.entries.size() == limit) {
      listing.more = true;
      break;
    }
    listing.entries.push_back({place.second, object.stat});
  }
  return listing;
}

Result<void> MemoryObjects::remove(const ObjectRef& ref, const ObjectCondition&) {
  STEPD_CHECK(check(ref));
  const std::lock_guard lock(mutex_);
  objects_.erase({ref.bucket, ref.key});
  return {};
}

Result<ObjectStat> MemoryObjects::copy(const ObjectRef& source, const ObjectRef& target, const CopyRules& rules) {
  STEPD_TRY(const Object object, find(source));
  STEPD_CHECK(check(target));
  if (source == target) return AslError{"Object.Conflict", "Copy onto itself."};
  NewObject made;
  made.content_type = rules.content_type.value_or(object.stat.content_type);
  made.metadata = rules.metadata.value_or(object.stat.metadata);
  made.attempt = rules.attempt;
  made.if_present = rules.if_present;
  MemoryWriter writer(*this, target, std::move(made));
  STEPD_CHECK(writer.write(*object.bytes));
  if (rules.check) {
    MemoryReader reader(*this, object);
    STEPD_CHECK(rules.check(reader));
  }
  return writer.commit();
}

Workbench::Workbench(tasks::ImageLimits limits, tasks::labels::LabelModel* label_model) {
  spdlog::set_level(spdlog::level::warn);
  std::string pattern = (std::filesystem::temp_directory_path() / "stepd-tasks-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder = pattern;
  store = storage::open_memory();
  items = storage::make_item_store(*store, {{"photos", {"ImageKey"}}, {"counters", {"n"}}});
  outbox = storage::make_outbox(*store);
  publisher =
      std::make_unique<tasks::Publisher>(std::vector<tasks::Topic>{{"done", topic_file()}}, *outbox, clock, [] {});
  catalog_ = tasks::make_catalog(
      {objects, *items, clock, limits, publisher.get(), tasks::image::this_process(), {}, label_model});
}

Workbench::~Workbench() {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

tasks::Handler& Workbench::handler(const std::string& name) { return *catalog_.at(name); }

Result<Json> Workbench::run(const std::string& name, const Json& event, const std::string& attempt,
                            std::stop_token stop) {
  return handler(name).invoke({event, attempt, std::move(stop)});
}

Result<Json> Workbench::run(const std::string& name, const char* event, const std::string& attempt,
                            std::stop_token stop) {
  return run(name, Json::parse(event), attempt, std::move(stop));
}

std::string error_name(const Result<Json>& result) { return result ? "none" : result.error().name; }
std::string cause(const Result<Json>& result) { return result ? "" : result.error().cause; }

}  // namespace stepd::test
