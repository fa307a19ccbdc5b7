#include "storage/local/local_uploads.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/open_beneath.h"
#include "base/payload.h"
#include "storage/local/local_objects.h"
#include "storage/local/object_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

namespace stepd::storage::local {
namespace {

constexpr const char* kUploads = "uploads";
constexpr const char* kRecord = "upload.json";
constexpr std::size_t kRecordMax = std::size_t{64} * 1024;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kEndsRemembered = 1'000;

AslError no_upload(const std::string& id) {
  return {"Object.NoSuchUpload", "There is no upload '" + id + "' of that object."};
}

std::string new_id() {
  thread_local std::random_device device;
  std::string bytes;
  while (bytes.size() < kIdBytes) bytes += static_cast<char>(device());
  return to_hex(bytes);
}

bool is_id(const std::string& id) {
  return id.size() == 2 * kIdBytes && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// `.stepd-tmp/uploads`
Result<Descriptor> open_uploads(const BucketDirectory& bucket, const ObjectRef& ref) {
  STEPD_TRY(const Descriptor folder, bucket.open_temporary_folder(ref));
  if (::mkdirat(folder.get(), kUploads, 0700) != 0 && errno != EEXIST) return failure(errno, ref);
  Descriptor uploads = open_beneath(folder.get(), kUploads, O_RDONLY | O_DIRECTORY);
  if (!uploads) return failure(errno, ref);
  return uploads;
}

/// Every name in a folder but `.` and `..`.
std::vector<std::string> names_in(int folder) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(copy < 0 ? nullptr : ::fdopendir(copy), ::closedir);
  if (!entries) return names;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

void remove_folder(int parent, const std::string& name) {
  const Descriptor folder = open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
  if (!folder) return;
  for (const auto& entry : names_in(folder.get())) ::unlinkat(folder.get(), entry.c_str(), 0);
  ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

Instant modified_of(const struct stat& stat) {
  return Instant{
      std::chrono::milliseconds{std::int64_t{stat.st_mtim.tv_sec} * 1'000 + stat.st_mtim.tv_nsec / 1'000'000}};
}

std::string print_record(const std::string& key, const NewUpload& upload, Instant started) {
  return print_json(Json{{"key", key},
                         {"started", started.time_since_epoch().count()},
                         {"content_type", upload.content_type},
                         {"metadata", upload.metadata},
                         {"fields", upload.notes.fields},
                         {"tags", upload.notes.tags},
                         {"checksum_algorithm", upload.checksum_algorithm},
                         {"composite", upload.composite}});
}

std::optional<UploadStat> read_record(int folder, const std::string& id) {
  const Descriptor file = open_beneath(folder, kRecord, O_RDONLY);
  if (!file) return std::nullopt;
  std::string text(kRecordMax, '\0');
  const auto size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return std::nullopt;
  const auto parsed = parse_json(std::string_view(text).substr(0, static_cast<std::size_t>(size)));
  if (!parsed || !parsed->is_object()) return std::nullopt;
  try {
    const Json& record = *parsed;
    UploadStat stat;
    stat.id = id;
    stat.key = record.at("key").get<std::string>();
    stat.started = Instant{std::chrono::milliseconds{record.at("started").get<std::int64_t>()}};
    stat.upload.content_type = record.at("content_type").get<std::string>();
    stat.upload.metadata = record.at("metadata").get<ObjectMetadata>();
    stat.upload.notes.fields = record.at("fields").get<std::map<std::string, std::string>>();
    stat.upload.notes.tags = record.at("tags").get<std::map<std::string, std::string>>();
    stat.upload.checksum_algorithm = record.at("checksum_algorithm").get<std::string>();
    stat.upload.composite = record.at("composite").get<bool>();
    return stat;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

Result<void> write_file(int folder, const char* name, std::string_view text, const ObjectRef& ref) {
  const Descriptor file(::openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return failure(errno, ref);
  while (!text.empty()) {
    const auto count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, ref);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0) return failure(errno, ref);
  return {};
}

/// NUMBER.SERIAL.MD5.CHECKSUM, the checksum as base64url.
struct PartName {
  UploadPart part;
  std::uint64_t serial = 0;
};

std::string print_part_name(const UploadPart& part, std::uint64_t serial) {
  const auto checksum = from_base64(part.checksum).value_or("");
  std::array<char, 64> head;
  std::snprintf(head.data(), head.size(), "%05u.%020llu.", part.number, static_cast<unsigned long long>(serial));
  return head.data() + part.md5 + "." + to_base64url(checksum);
}

std::optional<PartName> read_part_name(std::string_view name) {
  PartName read;
  if (name.size() < 60 || name[5] != '.' || name[26] != '.' || name[59] != '.') return std::nullopt;
  std::from_chars(name.data(), name.data() + 5, read.part.number);
  std::from_chars(name.data() + 6, name.data() + 26, read.serial);
  read.part.md5 = name.substr(27, 32);
  const auto checksum = from_base64url(name.substr(60));
  if (read.part.number == 0 || !checksum) return std::nullopt;
  read.part.checksum = checksum->empty() ? "" : to_base64(*checksum);
  return read;
}

/// Grows with every part, also over a restart.
std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  const auto now = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(SystemClock().now().time_since_epoch()).count());
  auto before = last.load();
  while (!last.compare_exchange_weak(before, std::max(before + 1, now))) {
  }
  return std::max(before + 1, now);
}

/// By number; of two files for one part the later.
std::map<unsigned, PartName> newest_parts(int folder) {
  std::map<unsigned, PartName> newest;
  for (const auto& name : names_in(folder)) {
    auto read = read_part_name(name);
    if (!read) continue;
    auto& kept = newest[read->part.number];
    if (kept.serial <= read->serial) kept = *std::move(read);
  }
  return newest;
}

class PartFile final : public PartWriter {
 public:
  PartFile(ObjectRef ref, Descriptor folder, std::string name, Descriptor fd, unsigned number)
      : ref_(std::move(ref)),
        folder_(std::move(folder)),
        name_(std::move(name)),
        fd_(std::move(fd)),
        md5_(Digest::begin(DigestKind::Md5)) {
    part_.number = number;
  }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() override {
    if (!name_.empty()) ::unlinkat(folder_.get(), name_.c_str(), 0);
  }

  Result<void> write(std::string_view bytes) override {
    if (!md5_) return AslError{"Object.Failed", "MD5 is not available, which uploads in parts need."};
    md5_->add(bytes);
    part_.size_bytes += bytes.size();
    while (!bytes.empty()) {
      const auto count = ::write(fd_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failure(errno, ref_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  Result<UploadPart> commit(const std::string& checksum) override {
    if (!md5_) return AslError{"Object.Failed", "MD5 is not available, which uploads in parts need."};
    part_.md5 = to_hex(md5_->finish());
    part_.checksum = checksum;
    struct stat stat {};
    if (::fsync(fd_.get()) != 0 || ::fstat(fd_.get(), &stat) != 0) return failure(errno, ref_);
    part_.modified = modified_of(stat);
    const auto serial = next_serial();
    const auto name = print_part_name(part_, serial);
    if (::renameat(folder_.get(), name_.c_str(), folder_.get(), name.c_str()) != 0) {
      return errno == ENOENT ? no_upload("") : failure(errno, ref_);
    }
    name_.clear();
    if (::fsync(folder_.get()) != 0) return failure(errno, ref_);
    for (const auto& other : names_in(folder_.get())) {
      const auto read = read_part_name(other);
      if (read && read->part.number == part_.number && read->serial < serial) {
        ::unlinkat(folder_.get(), other.c_str(), 0);
      }
    }
    return part_;
  }

 private:
  const ObjectRef ref_;
  const Descriptor folder_;
  std::string name_;  ///< empty once it has its own
  const Descriptor fd_;
  std::optional<Digest> md5_;
  UploadPart part_;
};

}  // namespace

Result<std::string> LocalUploads::begin(const ObjectRef& ref, const NewUpload& upload) {
  STEPD_TRY(const Directory bucket, buckets_.directory(ref.bucket));
  remove_old(*bucket, ref);
  STEPD_TRY(const Descriptor uploads, open_uploads(*bucket, ref));
  if (names_in(uploads.get()).size() >= limits::kOpenUploads) {
    return AslError{"Object.TooManyUploads", "Bucket '" + ref.bucket + "' has too many open uploads."};
  }
  const auto id = new_id();
  if (::mkdirat(uploads.get(), id.c_str(), 0700) != 0) return failure(errno, ref);
  const Descriptor folder = open_beneath(uploads.get(), id, O_RDONLY | O_DIRECTORY);
  if (!folder) return failure(errno, ref);
  const auto written = write_file(folder.get(), kRecord, print_record(ref.key, upload, SystemClock().now()), ref);
  if (!written) {
    remove_folder(uploads.get(), id);
    return written.error();
  }
  if (::fsync(folder.get()) != 0 || ::fsync(uploads.get()) != 0) return failure(errno, ref);
  return id;
}

Result<Descriptor> LocalUploads::open_upload(const BucketDirectory& bucket, const ObjectRef& ref,
                                             const std::string& id) const {
  if (!is_id(id)) return no_upload(id);
  Descriptor folder =
      open_beneath(bucket.fd(), std::string(kTemporaryFolder) + "/" + kUploads + "/" + id, O_RDONLY | O_DIRECTORY);
  if (!folder) return errno == ENOENT ? no_upload(id) : failure(errno, ref);
  const auto record = read_record(folder.get(), id);
  if (!record || record->key != ref.key) return no_upload(id);
  return folder;
}

Result<UploadStat> LocalUploads::find(const ObjectRef& ref, const std::string& id) const {
  STEPD_TRY(const Directory bucket, buckets_.directory(ref.bucket));
  STEPD_TRY(const Descriptor folder, open_upload(*bucket, ref, id));
  auto record = read_record(folder.get(), id);
  if (!record) return no_upload(id);
  return *std::move(record);
}

Result<std::unique_ptr<PartWriter>> LocalUploads::write_part(const ObjectRef& ref, const std::string& id,
                                                             unsigned number) {
  STEPD_TRY(const Directory bucket, buckets_.directory(ref.bucket));
  STEPD_TRY(Descriptor folder, open_upload(*bucket, ref, id));
  auto name = "writing-" + std::to_string(next_serial());
  Descriptor fd(::openat(folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failure(errno, ref);
  return std::unique_ptr<PartWriter>(
      std::make_unique<PartFile>(ref, std::move(folder), std::move(name), std::move(fd), number));
}

Result<std::vector<UploadPart>> LocalUploads::parts(const ObjectRef& ref, const std::string& id) const {
  STEPD_TRY(const Directory bucket, buckets_.directory(ref.bucket));
  STEPD_TRY(const Descriptor folder, open_upload(*bucket, ref, id));
  std::vector<UploadPart> parts;
  for (auto& [number, named] : newest_parts(folder.get())) {
    struct stat stat {};
    const auto name = print_part_name(named.part, named.serial);
    if (::fstatat(folder.get(), name.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) continue;
    named.part.size_bytes = static_cast<std::uint64_t>(stat.st_size);
    named.part.modified = modified_of(stat);
    parts.push_back(std::move(named.part));
  }
  return parts;
}

Result<ObjectStat> LocalUploads::complete(const ObjectRef& ref, const std::string& id, const UploadEnd& end) {
  const MutexLock lock(ends_.of({ref.bucket, id}));
  if (auto before = completed(ref, id)) return *std::move(before);
  STEPD_TRY(Directory bucket, buckets_.directory(ref.bucket));
  STEPD_TRY(const Descriptor folder, open_upload(*bucket, ref, id));
  auto record = read_record(folder.get(), id);
  if (!record) return no_upload(id);
  auto newest = newest_parts(folder.get());

  STEPD_TRY(const std::unique_ptr<ObjectFile> file, ObjectFile::create(bucket, locks_, ref, IfPresent::Replace));
  for (const auto& part : end.parts) {
    const auto found = newest.find(part.number);
    if (found == newest.end() || found->second.part.md5 != part.md5) {
      return AslError{"Object.ConditionFailed", "Part " + std::to_string(part.number) + " was replaced meanwhile."};
    }
    const Descriptor bytes =
        open_beneath(folder.get(), print_part_name(found->second.part, found->second.serial), O_RDONLY);
    if (!bytes) return failure(errno, ref);
    STEPD_CHECK(file->copy_from(bytes.get()));
  }
  STEPD_CHECK(file->allow_odd_key());
  file->set_content_type(record->upload.content_type);
  file->set_condition(end.condition);
  file->set_lineage(end.lineage);
  file->set_etag(end.etag);
  file->describe(end.bytes);
  STEPD_CHECK(file->set_metadata(record->upload.metadata));
  STEPD_CHECK(file->set_notes(record->upload.notes));
  STEPD_TRY(ObjectStat stat, file->commit());
  note_end(ref, id, stat);
  STEPD_TRY(const Descriptor uploads, open_uploads(*bucket, ref));
  remove_folder(uploads.get(), id);
  return stat;
}

std::optional<ObjectStat> LocalUploads::completed(const ObjectRef& ref, const std::string& id) const {
  const MutexLock lock(mutex_);
  const auto found = ended_.find(id);
  if (found == ended_.end() || !(found->second.ref == ref)) return std::nullopt;
  return found->second.stat;
}

void LocalUploads::note_end(const ObjectRef& ref, const std::string& id, const ObjectStat& stat) {
  const MutexLock lock(mutex_);
  if (!ended_.emplace(id, Ended{ref, stat}).second) return;
  order_.push_back(id);
  if (order_.size() <= kEndsRemembered) return;
  ended_.erase(order_.front());
  order_.pop_front();
}

Result<void> LocalUploads::abort(const ObjectRef& ref, const std::string& id) {
  const MutexLock lock(ends_.of({ref.bucket, id}));
  STEPD_TRY(const Directory bucket, buckets_.directory(ref.bucket));
  STEPD_CHECK(open_upload(*bucket, ref, id));
  STEPD_TRY(const Descriptor uploads, open_uploads(*bucket, ref));
  remove_folder(uploads.get(), id);
  return {};
}

Result<std::vector<UploadStat>> LocalUploads::list(std::string_view bucket) const {
  const ObjectRef ref{std::string(bucket), ""};
  STEPD_TRY(const Directory directory, buckets_.directory(bucket));
  std::vector<UploadStat> found;
  const Descriptor uploads =
      open_beneath(directory->fd(), std::string(kTemporaryFolder) + "/" + kUploads, O_RDONLY | O_DIRECTORY);
  if (!uploads) return found;
  for (const auto& id : names_in(uploads.get())) {
    const Descriptor folder = open_beneath(uploads.get(), id, O_RDONLY | O_DIRECTORY);
    if (auto record = folder ? read_record(folder.get(), id) : std::nullopt) found.push_back(*std::move(record));
  }
  std::sort(found.begin(), found.end(), [](const UploadStat& a, const UploadStat& b) {
    return std::tie(a.key, a.started, a.id) < std::tie(b.key, b.started, b.id);
  });
  return found;
}

/// The time of the folder's last change is when a part was last added.
void LocalUploads::remove_old(const BucketDirectory& bucket, const ObjectRef& ref) {
  const auto uploads = open_uploads(bucket, ref);
  if (!uploads) return;
  const auto oldest = SystemClock().now() - age_;
  for (const auto& id : names_in(uploads->get())) {
    struct stat stat {};
    if (::fstatat(uploads->get(), id.c_str(), &stat, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (modified_of(stat) < oldest) remove_folder(uploads->get(), id);
  }
}

}  // namespace stepd::storage::local
