#include "support.h"

#include "base/payload.h"

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
  MemoryWriter(MemoryObjects& store, ObjectRef ref, std::string content_type)
      : store_(store), ref_(std::move(ref)), content_type_(std::move(content_type)) {}
  Result<void> write(std::string_view bytes) override {
    bytes_ += bytes;
    return {};
  }
  Result<ObjectStat> commit() override {
    if (auto error = std::exchange(store_.commit_error_, std::nullopt)) return *error;
    const std::lock_guard lock(store_.mutex_);
    auto& object = store_.objects_[{ref_.bucket, ref_.key}];
    object.stat.size_bytes = bytes_.size();
    object.stat.etag = std::to_string(std::hash<std::string>{}(bytes_));
    object.stat.content_type = content_type_;
    object.bytes = std::make_shared<const std::string>(std::move(bytes_));
    return object.stat;
  }

 private:
  MemoryObjects& store_;
  ObjectRef ref_;
  std::string content_type_;
  std::string bytes_;
};

void MemoryObjects::put(const std::string& bucket, const std::string& key, std::string bytes) {
  MemoryWriter writer(*this, {bucket, key}, "");
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

Result<std::unique_ptr<ObjectWriter>> MemoryObjects::create(const ObjectRef& ref, std::string content_type) {
  STEPD_CHECK(check(ref));
  return std::unique_ptr<ObjectWriter>(std::make_unique<MemoryWriter>(*this, ref, std::move(content_type)));
}

Result<ObjectStat> MemoryObjects::head(const ObjectRef& ref) const {
  STEPD_TRY(const Object object, find(ref));
  return object.stat;
}

Result<ObjectListing> MemoryObjects::list(std::string_view bucket, std::string_view prefix, std::string_view after,
                                          std::size_t limit) const {
  ObjectListing listing;
  const std::lock_guard lock(mutex_);
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

Result<void> MemoryObjects::remove(const ObjectRef& ref) {
  STEPD_CHECK(check(ref));
  const std::lock_guard lock(mutex_);
  objects_.erase({ref.bucket, ref.key});
  return {};
}

Result<ObjectStat> MemoryObjects::copy(const ObjectRef& source, const ObjectRef& target) {
  STEPD_TRY(const Object object, find(source));
  STEPD_CHECK(check(target));
  if (source == target) return AslError{"Object.Conflict", "Copy onto itself."};
  const std::lock_guard lock(mutex_);
  objects_[{target.bucket, target.key}] = object;
  return object.stat;
}

const TableSchema* MemoryItems::schema(const std::string& table) const {
  const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& each) { return each.name == table; });
  return found == tables_.end() ? nullptr : &*found;
}

Result<std::string> MemoryItems::place(const std::string& table, const Json* key) const {
  if (schema(table) == nullptr) return AslError{"Item.NoSuchTable", "No table " + table + "."};
  if (key == nullptr || !(key->is_number() || (key->is_string() && !key->get_ref<const std::string&>().empty()))) {
    return AslError{"Item.InvalidKey", "The key of table " + table + " is a string or a number."};
  }
  return table + "/" + print_json(*key);
}

Result<void> MemoryItems::put(const std::string& table, const Json& item) {
  const TableSchema* found = schema(table);
  const Json* key = found != nullptr && item.contains(found->key_attribute) ? &item.at(found->key_attribute) : nullptr;
  STEPD_TRY(const std::string at, place(table, key));
  items_[at] = print_json(item);
  return {};
}

Result<std::optional<Json>> MemoryItems::get(const std::string& table, const Json& key) const {
  STEPD_TRY(const std::string at, place(table, &key));
  const auto found = items_.find(at);
  if (found == items_.end()) return std::optional<Json>();
  return std::optional<Json>(Json::parse(found->second));
}

Result<void> MemoryItems::remove(const std::string& table, const Json& key) {
  STEPD_TRY(const std::string at, place(table, &key));
  items_.erase(at);
  return {};
}

Workbench::Workbench(tasks::ImageLimits limits) {
  spdlog::set_level(spdlog::level::warn);
  std::string pattern = (std::filesystem::temp_directory_path() / "stepd-tasks-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder = pattern;
  catalog_ = tasks::make_catalog({objects, items, clock, limits, {{"done", topic_file()}}});
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
