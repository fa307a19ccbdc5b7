#include "storage/local/object_file.h"

#include "base/assert.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"
#include "storage/local/byte_facts.h"
#include "storage/local/local_objects.h"
#include "storage/local/odd_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <vector>

namespace stepd::storage::local {
namespace {

constexpr const char* kContentType = "user.stepd.content-type";
constexpr std::size_t kContentTypeMax = 256;
constexpr std::size_t kLineageMax = 96;
constexpr const char* kMetadata = "user.stepd.metadata";
constexpr const char* kAttempt = "user.stepd.attempt";
constexpr const char* kLineage = "user.stepd.lineage";
constexpr const char* kNotes = "user.stepd.notes";
// What metadata may take when printed: every byte of it may be escaped.
constexpr std::size_t kAttributeMax = 16 * 1024;
constexpr std::size_t kCopyChunk = std::size_t{1} << 30;
constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
constexpr int kRenameAttempts = 100;

std::int64_t to_ns(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

/// As given when the object was put; empty if that was nothing.
template <std::size_t kMax>
std::string attribute(int fd, const char* name) {
  std::array<char, kMax> value;
  const auto size = ::fgetxattr(fd, name, value.data(), value.size());
  return size > 0 ? std::string(value.data(), static_cast<std::size_t>(size)) : std::string();
}

/// DEPTH.ECHOES.SIZE.MODIFIED: a file that somebody else has written to since is not that execution's any more.
std::string lineage_text(const Lineage& lineage, const struct stat& stat) {
  return std::to_string(lineage.depth) + "." + std::to_string(lineage.echoes) + "." + std::to_string(stat.st_size) +
         "." + std::to_string(to_ns(stat.st_mtim));
}

std::optional<Lineage> lineage_of(int fd, const struct stat& stat) {
  const auto text = attribute<kLineageMax>(fd, kLineage);
  Lineage lineage;
  const char* const end = text.data() + text.size();
  const auto depth = std::from_chars(text.data(), end, lineage.depth);
  if (depth.ec != std::errc() || depth.ptr == end || *depth.ptr != '.') return std::nullopt;
  const auto echoes = std::from_chars(depth.ptr + 1, end, lineage.echoes);
  if (echoes.ec != std::errc() || text != lineage_text(lineage, stat)) return std::nullopt;
  return lineage;
}

/// Unlike any other in the folder, also of another process.
std::string temporary_name() {
  static const unsigned process = std::random_device{}();
  static std::atomic<std::uint64_t> count{0};
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%08x-%llu", process, static_cast<unsigned long long>(++count));
  return text.data();
}

class FileReader final : public ObjectReader {
 public:
  FileReader(Descriptor fd, ObjectRef ref, ObjectStat stat)
      : fd_(std::move(fd)), ref_(std::move(ref)), stat_(std::move(stat)) {}

  const ObjectStat& stat() const override { return stat_; }
  int local_fd() const override { return fd_.get(); }

  Result<std::size_t> read(void* buffer, std::size_t size) override {
    for (;;) {
      const auto count = ::read(fd_.get(), buffer, size);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return failure(errno, ref_);
    }
  }

 private:
  const Descriptor fd_;
  const ObjectRef ref_;
  const ObjectStat stat_;
};

Result<void> write_whole(int fd, std::string_view bytes, const ObjectRef& ref) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, ref);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

std::string given_content_type(int fd) { return attribute<kContentTypeMax>(fd, kContentType); }

namespace {

// Files may be put here by anybody: what is no text of an object counts as none.
std::map<std::string, std::string> texts_of(const Json& object) {
  std::map<std::string, std::string> texts;
  if (!object.is_object()) return texts;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) texts[name] = value.get<std::string>();
  }
  return texts;
}

}  // namespace

ObjectMetadata given_metadata(int fd) {
  const auto parsed = parse_json(attribute<kAttributeMax>(fd, kMetadata));
  return parsed ? texts_of(*parsed) : ObjectMetadata();
}

ObjectNotes given_notes(int fd) {
  ObjectNotes notes;
  const auto parsed = parse_json(attribute<kAttributeMax>(fd, kNotes));
  if (!parsed || !parsed->is_object()) return notes;
  if (const auto found = parsed->find("fields"); found != parsed->end()) notes.fields = texts_of(*found);
  if (const auto found = parsed->find("tags"); found != parsed->end()) notes.tags = texts_of(*found);
  return notes;
}

Result<void> keep_notes(int fd, const ObjectNotes& notes, const ObjectRef& ref) {
  if (notes.empty()) {
    ::fremovexattr(fd, kNotes);
    return {};
  }
  Json object = Json::object();
  if (!notes.fields.empty()) object["fields"] = notes.fields;
  if (!notes.tags.empty()) object["tags"] = notes.tags;
  const auto text = print_json(object);
  if (::fsetxattr(fd, kNotes, text.data(), text.size(), 0) == 0) return {};
  // ext4 has one block for all attributes of a file.
  if (errno == ENOSPC || errno == E2BIG || errno == ENOTSUP) {
    return AslError{"Object.InvalidMetadata", "The file system keeps no more with object '" + ref.key + "'."};
  }
  return failure(errno, ref);
}

Result<ObjectStat> stat_of(int fd, const ObjectRef& ref, Detail detail, std::uint64_t* read_bytes) {
  struct stat stat {};
  if (::fstat(fd, &stat) != 0) return failure(errno, ref);
  ObjectStat answer;
  answer.size_bytes = static_cast<std::uint64_t>(stat.st_size);
  answer.modified = Instant{std::chrono::milliseconds{to_ns(stat.st_mtim) / 1'000'000}};
  auto facts = facts_of(fd, stat, read_bytes);
  answer.etag = std::move(facts.etag);
  answer.bytes = std::move(facts.bytes);
  answer.version = version_of(stat);
  answer.content_type = given_content_type(fd);
  if (answer.content_type.empty()) answer.content_type = content_type_of(ref.key);
  if (detail == Detail::All) {
    answer.metadata = given_metadata(fd);
    answer.attempt = attribute<kContentTypeMax>(fd, kAttempt);
    answer.lineage = lineage_of(fd, stat);
    answer.notes = given_notes(fd);
  }
  return answer;
}

Result<std::unique_ptr<ObjectReader>> make_reader(Descriptor fd, ObjectRef ref) {
  STEPD_TRY(ObjectStat stat, stat_of(fd.get(), ref, Detail::All, nullptr));
  return std::unique_ptr<ObjectReader>(std::make_unique<FileReader>(std::move(fd), std::move(ref), std::move(stat)));
}

Result<void> check_condition(const BucketDirectory& bucket, const ObjectRef& ref, const ObjectCondition& condition) {
  if (!condition) return {};
  const auto fd = open_every(bucket, ref);
  if (!fd) return fd.error().name == "Object.NotFound" ? condition(nullptr) : Result<void>(fd.error());
  STEPD_TRY(const ObjectStat present, stat_of(fd->get(), ref, Detail::Listed, nullptr));
  return condition(&present);
}

ObjectFile::ObjectFile(std::shared_ptr<const BucketDirectory> bucket, KeyLocks& locks, ObjectRef ref,
                       IfPresent if_present, Descriptor folder, std::string name, Descriptor fd)
    : bucket_(std::move(bucket)),
      locks_(locks),
      ref_(std::move(ref)),
      if_present_(if_present),
      folder_(std::move(folder)),
      name_(std::move(name)),
      fd_(std::move(fd)) {}

Result<std::unique_ptr<ObjectFile>> ObjectFile::create(std::shared_ptr<const BucketDirectory> bucket, KeyLocks& locks,
                                                       ObjectRef ref, IfPresent if_present) {
  STEPD_TRY(Descriptor folder, bucket->open_temporary_folder(ref));
  std::string name = temporary_name();
  Descriptor fd(::openat(folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (!fd) return failure(errno, ref);
  return std::unique_ptr<ObjectFile>(new ObjectFile(std::move(bucket), locks, std::move(ref), if_present,
                                                    std::move(folder), std::move(name), std::move(fd)));
}

ObjectFile::~ObjectFile() {
  if (!published_) ::unlinkat(folder_.get(), name_.c_str(), 0);
}

void ObjectFile::set_content_type(const std::string& content_type) {
  if (content_type.empty() || content_type.size() > kContentTypeMax) return;
  ::fsetxattr(fd_.get(), kContentType, content_type.data(), content_type.size(), 0);
}

Result<void> ObjectFile::set_metadata(const ObjectMetadata& metadata) {
  std::size_t bytes = 0;
  Json object = Json::object();
  for (const auto& [name, value] : metadata) {
    bytes += name.size() + value.size();
    object[name] = value;
  }
  if (bytes > limits::kObjectMetadataBytes) {
    return AslError{"Object.InvalidMetadata", "The metadata has " + std::to_string(bytes) + " bytes, " +
                                                  std::to_string(limits::kObjectMetadataBytes) + " are the limit."};
  }
  if (metadata.empty()) return {};
  const auto text = print_json(object);
  const int set = ::fsetxattr(fd_.get(), kMetadata, text.data(), text.size(), 0);
  if (set != 0 && errno != ENOTSUP) return failure(errno, ref_);
  return {};
}

void ObjectFile::set_attempt(const std::string& attempt) {
  if (attempt.empty() || attempt.size() > kContentTypeMax) return;
  ::fsetxattr(fd_.get(), kAttempt, attempt.data(), attempt.size(), 0);
}

Result<std::unique_ptr<ObjectReader>> ObjectFile::read_back() const {
  Descriptor fd(::openat(folder_.get(), name_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return failure(errno, ref_);
  return make_reader(std::move(fd), ref_);
}

Result<void> ObjectFile::write(std::string_view bytes) {
  STEPD_ASSERT(fd_);
  if (md5_) md5_->add(bytes);
  return write_whole(fd_.get(), bytes, ref_);
}

Result<void> ObjectFile::copy_from(int source) {
  struct stat before {};
  struct stat after {};
  md5_.reset();  // the bytes do not pass
  if (::fstat(source, &before) != 0) return failure(errno, ref_);
  // Shares the blocks where the file system can (copy_file_range(2)); else what is left goes through a buffer.
  for (;;) {
    const auto count = ::copy_file_range(source, nullptr, fd_.get(), nullptr, kCopyChunk, 0);
    if (count == 0) break;
    if (count > 0 || errno == EINTR) continue;
    if (errno == ENOSPC || errno == EDQUOT || errno == EIO) return failure(errno, ref_);
    break;
  }
  std::vector<char> buffer(kBufferBytes);
  for (;;) {
    const auto count = ::read(source, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno, ref_);
    if (count == 0) break;
    STEPD_CHECK(write_whole(fd_.get(), {buffer.data(), static_cast<std::size_t>(count)}, ref_));
  }
  if (::fstat(source, &after) != 0) return failure(errno, ref_);
  if (before.st_size != after.st_size || to_ns(before.st_mtim) != to_ns(after.st_mtim)) {
    return AslError{"Object.Failed", "The source changed while it was copied."};
  }
  return {};
}

Result<void> ObjectFile::set_notes(const ObjectNotes& notes) {
  return notes.empty() ? Result<void>() : keep_notes(fd_.get(), notes, ref_);
}

void ObjectFile::note_facts() {
  if (md5_ && facts_.etag.empty()) facts_.etag = to_hex(md5_->finish());
  md5_.reset();
  struct stat stat {};
  if (facts_.etag.empty() || ::fstat(fd_.get(), &stat) != 0) return;
  keep_facts(fd_.get(), stat, facts_);
}

void ObjectFile::note_lineage() {
  struct stat stat {};
  if (!lineage_ || ::fstat(fd_.get(), &stat) != 0) return;
  const auto text = lineage_text(*lineage_, stat);
  ::fsetxattr(fd_.get(), kLineage, text.data(), text.size(), 0);
}

Result<ObjectStat> ObjectFile::commit() {
  STEPD_ASSERT(fd_);
  note_lineage();
  note_facts();
  if (::fsync(fd_.get()) != 0) return failure(errno, ref_);
  // Closed for writing before it is seen: whoever watches the folder takes an open file for an unfinished one. Hence
  // the second descriptor, of the same file whatever happens to the name.
  const Descriptor finished(::openat(folder_.get(), name_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!finished) return failure(errno, ref_);
  fd_.reset();
  {
    const MutexLock lock(locks_.of(ref_));
    STEPD_CHECK(check_condition(*bucket_, ref_, condition_));
    STEPD_CHECK(publish());
  }
  return stat_of(finished.get(), ref_, Detail::All, nullptr);
}

bool ObjectFile::rename_to(int parent, const std::string& leaf) {
  if (if_present_ == IfPresent::Replace) {
    return ::renameat(folder_.get(), name_.c_str(), parent, leaf.c_str()) == 0;
  }
  if (::renameat2(folder_.get(), name_.c_str(), parent, leaf.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL) return false;
  // A file system without that flag; a second name is refused by all where there is one already.
  if (::linkat(folder_.get(), name_.c_str(), parent, leaf.c_str(), 0) != 0) return false;
  ::unlinkat(folder_.get(), name_.c_str(), 0);
  return true;
}

Result<void> ObjectFile::allow_odd_key() {
  odd_path_ = odd_path(ref_.key);
  only_odd_ = !check_key(ref_.key);
  return only_odd_ ? keep_odd_key(fd_.get(), ref_) : Result<void>();
}

Result<void> ObjectFile::publish() {
  if (only_odd_) return publish_at(odd_path_);
  auto published = publish_at(ref_.key);
  if (odd_path_.empty()) return published;
  // What lay there while something was in the way of its path is replaced by what lies in the tree now.
  if (published) return remove_odd(*bucket_, ref_);
  if (published.error().name != "Object.Conflict") return published;
  const Descriptor file(::openat(folder_.get(), name_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return failure(errno, ref_);
  STEPD_CHECK(keep_odd_key(file.get(), ref_));
  if (::fsync(file.get()) != 0) return failure(errno, ref_);
  return publish_at(odd_path_);
}

Result<void> ObjectFile::publish_at(const std::string& path) {
  const ObjectRef at{ref_.bucket, path};
  const std::string leaf = leaf_of(path);
  for (int attempt = 0;; ++attempt) {
    STEPD_TRY(const Descriptor parent, bucket_->open_parent(at, BucketDirectory::Missing::Make));
    if (rename_to(parent.get(), leaf)) {
      published_ = true;
      if (::fsync(parent.get()) != 0) return failure(errno, ref_);
      return {};
    }
    // ENOENT: the folder was pruned as empty between the two calls.
    if (errno == EEXIST && if_present_ == IfPresent::Refuse) {
      return AslError{"Object.Exists",
                      "There is an object '" + ref_.key + "' in bucket '" + ref_.bucket + "' already."};
    }
    if (errno == EXDEV) return AslError{"Object.Failed", "A folder of the key lies on another file system."};
    if (errno != ENOENT || attempt == kRenameAttempts) return failure(errno, ref_);
  }
}

}  // namespace stepd::storage::local
