#include "storage/sqlite/file_watch.h"

#include "storage/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace stepd::storage::sqlite {

FileWatch::FileWatch(const std::filesystem::path& file) : file_(file.string()), wal_(file_ + "-wal"), bytes_(0) {
  const auto opened = identity_of(file_);
  const auto wal = identity_of(wal_);
  if (!opened || !wal) throw StoreError("it is gone already: " + std::generic_category().message(errno));
  file_opened_ = *opened;
  wal_opened_ = *wal;
  bytes_ = opened->bytes;
}

std::optional<FileWatch::Identity> FileWatch::identity_of(const std::string& path) {
  struct stat stat {};
  if (::stat(path.c_str(), &stat) != 0) return std::nullopt;
  return Identity{stat.st_dev, stat.st_ino, stat.st_size};
}

std::optional<std::string> FileWatch::compare(const std::string& path, const Identity& opened, Identity& found) {
  const auto now = identity_of(path);
  if (!now) return path + " is not there any more: " + std::generic_category().message(errno);
  if (now->device != opened.device || now->inode != opened.inode) {
    return path + " is another file than the one that was opened; start stepd again to use it";
  }
  found = *now;
  return std::nullopt;
}

std::optional<std::string> FileWatch::trouble() const {
  Identity found;
  if (auto why = compare(wal_, wal_opened_, found)) return why;
  if (auto why = compare(file_, file_opened_, found)) return why;
  const auto known = bytes_.load();
  if (found.bytes < known) {
    return file_ + " has been cut to " + std::to_string(found.bytes) + " bytes, it had " + std::to_string(known);
  }
  if (found.bytes > known) bytes_ = found.bytes;
  return std::nullopt;
}

}  // namespace stepd::storage::sqlite
