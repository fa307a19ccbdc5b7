#include "storage/local/local_objects.h"

#include "storage/local/bucket.h"
#include "storage/local/listing.h"
#include "storage/local/object_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <stdexcept>

namespace stepd::storage {
namespace {

using namespace local;

using Directory = std::shared_ptr<const BucketDirectory>;

class LocalObjects final : public ObjectStore {
 public:
  explicit LocalObjects(const std::map<std::string, std::filesystem::path>& buckets) {
    for (const auto& [name, path] : buckets) {
      if (const auto checked = check_bucket_name(name); !checked) throw std::invalid_argument(checked.error().cause);
      buckets_.emplace(name, std::make_unique<Bucket>(name, path));
    }
  }

  std::vector<std::string> buckets() const override {
    std::vector<std::string> names;
    for (const auto& [name, bucket] : buckets_) names.push_back(name);
    return names;
  }

  Result<std::unique_ptr<ObjectReader>> open(const ObjectRef& ref) const override {
    STEPD_TRY(const Directory directory, find(ref));
    STEPD_TRY(Descriptor fd, directory->open_object(ref));
    return make_reader(std::move(fd), ref);
  }

  using ObjectStore::copy;
  using ObjectStore::create;
  using ObjectStore::remove;

  Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, NewObject object) override {
    STEPD_TRY(Directory directory, find(ref));
    STEPD_TRY(std::unique_ptr<ObjectFile> file,
              ObjectFile::create(std::move(directory), locks_, ref, object.if_present));
    file->set_content_type(object.content_type);
    file->set_attempt(object.attempt);
    file->set_lineage(object.lineage);
    file->set_condition(std::move(object.condition));
    STEPD_CHECK(file->set_metadata(object.metadata));
    return std::unique_ptr<ObjectWriter>(std::move(file));
  }

  Result<ObjectStat> head(const ObjectRef& ref) const override {
    STEPD_TRY(const Directory directory, find(ref));
    STEPD_TRY(const Descriptor fd, directory->open_object(ref));
    return stat_of(fd.get(), ref, Detail::All);
  }

  Result<ObjectListing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                             std::size_t limit) const override {
    const std::string name(bucket);
    STEPD_TRY(const Directory directory, find_bucket(name));
    return list_keys(*directory, name, std::string(prefix), std::string(after), limit);
  }

  Result<void> remove(const ObjectRef& ref, const ObjectCondition& condition) override {
    STEPD_TRY(const Directory directory, find(ref));
    const MutexLock lock(locks_.of(ref));
    STEPD_CHECK(check_condition(*directory, ref, condition));
    const auto parent = directory->open_parent(ref, BucketDirectory::Missing::Refuse);
    if (!parent) {
      // Without its folder there is no such object either: nothing to do.
      const bool is_absent = parent.error().name == "Object.NotFound" || parent.error().name == "Object.Conflict";
      if (is_absent) return {};
      return parent.error();
    }
    const std::string leaf = leaf_of(ref.key);
    struct stat stat {};
    if (::fstatat(parent->get(), leaf.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) return {};
      return failure(errno, ref);
    }
    if (S_ISDIR(stat.st_mode)) return {};
    if (!S_ISREG(stat.st_mode)) return failure(ENXIO, ref);
    if (::unlinkat(parent->get(), leaf.c_str(), 0) != 0 && errno != ENOENT) return failure(errno, ref);
    if (::fsync(parent->get()) != 0) return failure(errno, ref);
    directory->prune(ref.key);
    return {};
  }

  Result<ObjectStat> copy(const ObjectRef& source, const ObjectRef& target, const CopyRules& rules) override {
    if (source == target) return AslError{"Object.Conflict", "An object cannot be copied onto itself."};
    STEPD_TRY(const Directory from, find(source));
    STEPD_TRY(Directory to, find(target));
    STEPD_TRY(const Descriptor fd, from->open_object(source));
    STEPD_TRY(const std::unique_ptr<ObjectFile> file,
              ObjectFile::create(std::move(to), locks_, target, rules.if_present));
    STEPD_CHECK(file->copy_from(fd.get()));
    file->set_content_type(rules.content_type.value_or(given_content_type(fd.get())));
    file->set_attempt(rules.attempt);
    file->set_lineage(rules.lineage);
    STEPD_CHECK(file->set_metadata(rules.metadata ? *rules.metadata : given_metadata(fd.get())));
    if (rules.check) {
      STEPD_TRY(const std::unique_ptr<ObjectReader> copy, file->read_back());
      STEPD_CHECK(rules.check(*copy));
    }
    return file->commit();
  }

 private:
  Result<Directory> find_bucket(const std::string& name) const {
    const auto found = buckets_.find(name);
    if (found == buckets_.end()) return AslError{"Object.NoSuchBucket", "There is no bucket '" + name + "'."};
    return found->second->directory();
  }

  Result<Directory> find(const ObjectRef& ref) const {
    STEPD_TRY(Directory directory, find_bucket(ref.bucket));
    STEPD_CHECK(check_key(ref.key));
    return directory;
  }

  std::map<std::string, std::unique_ptr<const Bucket>> buckets_;
  KeyLocks locks_;
};

}  // namespace

std::unique_ptr<ObjectStore> open_local_objects(const std::map<std::string, std::filesystem::path>& buckets) {
  return std::make_unique<LocalObjects>(buckets);
}

}  // namespace stepd::storage
