#include "storage/local/bucket.h"

#include "base/mutex.h"
#include "base/open_beneath.h"
#include "storage/local/hard_links.h"
#include "storage/local/local_objects.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace stepd::storage::local {
namespace {

// How often a path is made again that another call pruned meanwhile.
constexpr int kAttempts = 100;

std::string about(const ObjectRef& ref) { return "Object '" + ref.key + "' of bucket '" + ref.bucket + "'"; }

Descriptor open_directory(const std::filesystem::path& path) {
  return Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

/// Only when nobody else has the bucket open: half-written objects of another process are not leftovers. Folders are
/// left alone: what is to outlive a restart, such as the parts of an upload, has one of its own.
void remove_leftovers(int directory) {
  if (::flock(directory, LOCK_EX | LOCK_NB) == 0) {
    Descriptor folder = open_beneath(directory, std::string(kTemporaryFolder), O_RDONLY | O_DIRECTORY);
    if (DIR* entries = folder ? ::fdopendir(::dup(folder.get())) : nullptr) {
      while (const dirent* entry = ::readdir(entries)) ::unlinkat(folder.get(), entry->d_name, 0);
      ::closedir(entries);
    }
  }
  ::flock(directory, LOCK_SH | LOCK_NB);
}

}  // namespace

AslError failure(int error, const ObjectRef& ref) {
  switch (error) {
    case ENOENT:
      return {"Object.NotFound", about(ref) + " does not exist."};
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
      return {"Object.Conflict", about(ref) + " would be both an object and a folder of objects."};
    case ELOOP:
    case EXDEV:
      return {"Object.AccessDenied", about(ref) + " is reached through a symbolic link, which is never followed."};
    case ENXIO:
      return {"Object.AccessDenied", about(ref) + " is not a regular file."};
    case EACCES:
    case EPERM:
      return {"Object.AccessDenied", about(ref) + " may not be accessed by this process."};
    case ENAMETOOLONG:
      return {"Object.InvalidKey", about(ref) + " has a name too long for the file system."};
    case ENOSPC:
    case EDQUOT:
      return {"Object.StorageFull", about(ref) + " could not be stored: the disk is full."};
    default:
      return {"Object.Failed", about(ref) + ": " + std::generic_category().message(error) + "."};
  }
}

std::string_view parent_of(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

std::string leaf_of(std::string_view key) { return std::string(key.substr(key.rfind('/') + 1)); }

// ---- BucketDirectory ----------------------------------------------------------------------------------------------

Result<Descriptor> BucketDirectory::open_object(const ObjectRef& ref) const {
  // O_NONBLOCK: a FIFO under that name must not hold up the caller.
  Descriptor fd = open_beneath(fd_.get(), ref.key, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!fd) return failure(errno == ENOTDIR ? ENOENT : errno, ref);
  struct stat stat {};
  if (::fstat(fd.get(), &stat) != 0) return failure(errno, ref);
  if (S_ISDIR(stat.st_mode)) return failure(ENOENT, ref);
  if (!S_ISREG(stat.st_mode)) return failure(ENXIO, ref);
  STEPD_CHECK(check_links(ref, stat));
  return fd;
}

Result<void> BucketDirectory::check_links(const ObjectRef& ref, const struct stat& file) const {
  if (file.st_nlink <= 1 || kernel_protects_hard_links()) return {};
  STEPD_TRY(const Descriptor parent, open_parent(ref, Missing::Refuse));
  struct stat folder {};
  if (::fstat(parent.get(), &folder) != 0) return failure(errno, ref);
  if (may_be_object(file, folder, false)) return {};
  return AslError{"Object.AccessDenied", about(ref) + " is a hard link that may lead to somebody else's file."};
}

Result<Descriptor> BucketDirectory::open_parent(const ObjectRef& ref, Missing missing) const {
  const std::string parent(parent_of(ref.key));
  Descriptor fd = open_beneath(fd_.get(), parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  if (fd) return fd;
  if (errno != ENOENT || missing == Missing::Refuse) return failure(errno, ref);
  return make_parent(ref);
}

Result<Descriptor> BucketDirectory::make_parent(const ObjectRef& ref) const {
  int error = ENOENT;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Descriptor at = open_beneath(fd_.get(), ".", O_RDONLY | O_DIRECTORY);
    std::string_view rest = parent_of(ref.key);
    while (at && !rest.empty()) {
      const auto slash = rest.find('/');
      const std::string part(rest.substr(0, slash));
      rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
      if (::mkdirat(at.get(), part.c_str(), 0777) == 0) {
        if (::fsync(at.get()) != 0) return failure(errno, ref);
      } else if (errno != EEXIST) {
        error = errno;
        at.reset();
        break;
      }
      Descriptor next = open_beneath(at.get(), part, O_RDONLY | O_DIRECTORY);
      error = errno;
      at = std::move(next);
    }
    if (at) return at;
    if (error != ENOENT) break;  // else a folder was pruned as empty between two of our steps
  }
  return failure(error, ref);
}

void BucketDirectory::prune(std::string_view key) const {
  for (auto folder = parent_of(key); !folder.empty(); folder = parent_of(folder)) {
    const std::string above(parent_of(folder));
    const Descriptor parent = open_beneath(fd_.get(), above.empty() ? "." : above, O_RDONLY | O_DIRECTORY);
    if (!parent || ::unlinkat(parent.get(), leaf_of(folder).c_str(), AT_REMOVEDIR) != 0) return;
  }
}

Result<Descriptor> BucketDirectory::open_temporary_folder(const ObjectRef& ref) const {
  const std::string name(kTemporaryFolder);
  Descriptor fd = open_beneath(fd_.get(), name, O_RDONLY | O_DIRECTORY);
  if (!fd && errno == ENOENT) {
    if (::mkdirat(fd_.get(), name.c_str(), 0700) != 0 && errno != EEXIST) return failure(errno, ref);
    fd = open_beneath(fd_.get(), name, O_RDONLY | O_DIRECTORY);
  }
  if (!fd) return failure(errno, ref);
  return fd;
}

// ---- Bucket -------------------------------------------------------------------------------------------------------

Bucket::Bucket(std::string name, std::filesystem::path path) : name_(std::move(name)), path_(std::move(path)) {
  std::filesystem::create_directories(path_);
  Descriptor fd = open_directory(path_);
  struct stat stat {};
  if (!fd || ::fstat(fd.get(), &stat) != 0) {
    throw std::system_error(errno, std::generic_category(), "bucket " + name_ + ": " + path_.string());
  }
  remove_leftovers(fd.get());
  device_ = stat.st_dev;
  inode_ = stat.st_ino;
  directory_ = std::make_shared<const BucketDirectory>(std::move(fd));
}

Result<std::shared_ptr<const BucketDirectory>> Bucket::directory() const {
  struct stat named {};
  const bool exists = ::stat(path_.c_str(), &named) == 0;
  const MutexLock lock(mutex_);
  if (exists && named.st_dev == device_ && named.st_ino == inode_) return directory_;
  Descriptor fd = open_directory(path_);
  if (!fd || ::fstat(fd.get(), &named) != 0) {
    return AslError{"Object.NoSuchBucket", "The directory of bucket '" + name_ + "' is gone."};
  }
  ::flock(fd.get(), LOCK_SH | LOCK_NB);
  device_ = named.st_dev;
  inode_ = named.st_ino;
  directory_ = std::make_shared<const BucketDirectory>(std::move(fd));
  return directory_;
}

}  // namespace stepd::storage::local
