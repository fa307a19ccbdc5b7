#include "storage/local/local_objects.h"

#include "storage/local/bucket_set.h"
#include "storage/local/listing.h"
#include "storage/local/local_uploads.h"
#include "storage/local/object_file.h"
#include "storage/local/odd_keys.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace stepd::storage {
namespace {

using namespace local;

using Directory = std::shared_ptr<const BucketDirectory>;

/// What both views of the buckets stand on.
struct Shared {
  Shared(const std::map<std::string, std::filesystem::path>& configured, LocalOptions options)
      : buckets(configured, std::move(options.made_buckets)), uploads(buckets, locks, options.upload_age) {}

  BucketSet buckets;
  KeyLocks locks;
  LocalUploads uploads;
};

/// Which keys a view has: those that are paths of the tree, or all of S3's.
enum class Keys : std::uint8_t { Paths, Every };

/// Success also where there is no such file.
Result<void> remove_from_tree(const BucketDirectory& directory, const ObjectRef& ref) {
  const auto parent = directory.open_parent(ref, BucketDirectory::Missing::Refuse);
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
  directory.prune(ref.key);
  return {};
}

class BucketView : public ObjectStore {
 public:
  BucketView(Shared& shared, Keys keys) : shared_(shared), keys_(keys) {}

  std::vector<std::string> buckets() const override { return shared_.buckets.names(); }
  bool has_bucket(std::string_view name) const override { return shared_.buckets.has(name); }
  Result<BucketStat> bucket(std::string_view name) const override { return shared_.buckets.describe(name); }
  Result<void> make_bucket(const std::string& name) override { return shared_.buckets.make(name); }
  Result<void> remove_bucket(const std::string& name) override { return shared_.buckets.remove(name); }
  UploadStore* uploads() override { return &shared_.uploads; }

  Result<std::unique_ptr<ObjectReader>> open(const ObjectRef& ref) const override {
    STEPD_TRY(const Directory directory, find(ref));
    STEPD_TRY(Descriptor fd, open_object(*directory, ref));
    return make_reader(std::move(fd), ref);
  }

  using ObjectStore::copy;
  using ObjectStore::create;
  using ObjectStore::remove;

  Result<std::unique_ptr<ObjectWriter>> create(const ObjectRef& ref, NewObject object) override {
    STEPD_TRY(Directory directory, find(ref));
    STEPD_TRY(std::unique_ptr<ObjectFile> file, make_file(std::move(directory), ref, object.if_present));
    file->set_content_type(object.content_type);
    file->set_attempt(object.attempt);
    file->set_lineage(object.lineage);
    file->set_condition(std::move(object.condition));
    STEPD_CHECK(file->set_metadata(object.metadata));
    STEPD_CHECK(file->set_notes(object.notes));
    return std::unique_ptr<ObjectWriter>(std::move(file));
  }

  Result<ObjectStat> head(const ObjectRef& ref) const override {
    STEPD_TRY(const Directory directory, find(ref));
    STEPD_TRY(const Descriptor fd, open_object(*directory, ref));
    return stat_of(fd.get(), ref, Detail::All, nullptr);
  }

  Result<ObjectListing> list(std::string_view bucket, std::string_view prefix, std::string_view after,
                             std::size_t limit) const override {
    return list_folders(bucket, prefix, after, limit, Folders::Whole);
  }

  Result<ObjectListing> list_level(std::string_view bucket, std::string_view prefix, std::string_view after,
                                   std::size_t limit) const override {
    return list_folders(bucket, prefix, after, limit, Folders::First);
  }

  Result<void> remove(const ObjectRef& ref, const ObjectCondition& condition) override {
    STEPD_TRY(const Directory directory, find(ref));
    const MutexLock lock(shared_.locks.of(ref));
    STEPD_CHECK(check_condition(*directory, ref, condition));
    if (check_key(ref.key)) STEPD_CHECK(remove_from_tree(*directory, ref));
    return keys_ == Keys::Every ? remove_odd(*directory, ref) : Result<void>();
  }

  Result<void> note(const ObjectRef& ref, const ObjectNotes& notes) override {
    STEPD_TRY(const Directory directory, find(ref));
    const MutexLock lock(shared_.locks.of(ref));
    STEPD_TRY(const Descriptor fd, open_object(*directory, ref));
    STEPD_CHECK(keep_notes(fd.get(), notes, ref));
    if (::fsync(fd.get()) != 0) return failure(errno, ref);
    return {};
  }

  Result<ObjectStat> copy(const ObjectRef& source, const ObjectRef& target, const CopyRules& rules) override {
    if (source == target) return AslError{"Object.Conflict", "An object cannot be copied onto itself."};
    STEPD_TRY(const Directory from, find(source));
    STEPD_TRY(Directory to, find(target));
    STEPD_TRY(const Descriptor fd, open_object(*from, source));
    STEPD_TRY(const std::unique_ptr<ObjectFile> file, make_file(std::move(to), target, rules.if_present));
    STEPD_CHECK(file->copy_from(fd.get()));
    file->set_content_type(rules.content_type.value_or(given_content_type(fd.get())));
    file->set_attempt(rules.attempt);
    file->set_lineage(rules.lineage);
    STEPD_CHECK(file->set_metadata(rules.metadata ? *rules.metadata : given_metadata(fd.get())));
    STEPD_CHECK(file->set_notes(given_notes(fd.get())));
    STEPD_TRY(const ObjectStat known, stat_of(fd.get(), source, Detail::Listed, nullptr));
    if (is_plain_md5(known.etag)) file->set_etag(known.etag);  // the bytes are the same, as copy_from() has checked
    if (rules.check) {
      STEPD_TRY(const std::unique_ptr<ObjectReader> copy, file->read_back());
      STEPD_CHECK(rules.check(*copy));
    }
    return file->commit();
  }

 private:
  Result<ObjectListing> list_folders(std::string_view bucket, std::string_view prefix, std::string_view after,
                                     std::size_t limit, Folders folders) const {
    const std::string name(bucket);
    STEPD_TRY(const Directory directory, shared_.buckets.directory(name));
    const auto pages = keys_ == Keys::Every ? list_every : list_keys;
    return pages(*directory, name, std::string(prefix), std::string(after), limit, folders);
  }

  Result<Directory> find(const ObjectRef& ref) const {
    STEPD_TRY(Directory directory, shared_.buckets.directory(ref.bucket));
    if (keys_ == Keys::Paths) STEPD_CHECK(check_key(ref.key));
    return directory;
  }

  Result<Descriptor> open_object(const BucketDirectory& directory, const ObjectRef& ref) const {
    return keys_ == Keys::Every ? open_every(directory, ref) : directory.open_object(ref);
  }

  Result<std::unique_ptr<ObjectFile>> make_file(Directory directory, const ObjectRef& ref, IfPresent if_present) {
    STEPD_TRY(std::unique_ptr<ObjectFile> file,
              ObjectFile::create(std::move(directory), shared_.locks, ref, if_present));
    if (keys_ == Keys::Every) STEPD_CHECK(file->allow_odd_key());
    return file;
  }

  Shared& shared_;
  const Keys keys_;
};

class LocalObjects final : private Shared, public BucketView {
 public:
  LocalObjects(const std::map<std::string, std::filesystem::path>& buckets, LocalOptions options)
      : Shared(buckets, std::move(options)),
        BucketView(static_cast<Shared&>(*this), Keys::Paths),
        every_key_(static_cast<Shared&>(*this), Keys::Every) {}

  ObjectStore& every_key() override { return every_key_; }

 private:
  BucketView every_key_;
};

}  // namespace

std::unique_ptr<ObjectStore> open_local_objects(const std::map<std::string, std::filesystem::path>& buckets,
                                                LocalOptions options) {
  return std::make_unique<LocalObjects>(buckets, std::move(options));
}

}  // namespace stepd::storage
