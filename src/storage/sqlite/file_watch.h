// Whether the database is still where it was opened. SQLite goes on with a file that was deleted, moved away or
// replaced, and whatever it stores there is lost.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace stepd::storage::sqlite {

/// Thread: any. Costs two calls of stat(2).
class FileWatch {
 public:
  /// `file` and its WAL are open in this process.
  explicit FileWatch(const std::filesystem::path& file);

  /// Why nothing may be stored or opened at present, none if all is well. It may be well again later: if the folder is
  /// moved back, or a file system is mounted again.
  std::optional<std::string> trouble() const;

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    std::int64_t bytes = 0;
  };
  static std::optional<Identity> identity_of(const std::string& path);
  static std::optional<std::string> compare(const std::string& path, const Identity& opened, Identity& found);

  const std::string file_;
  const std::string wal_;
  Identity file_opened_;
  Identity wal_opened_;
  mutable std::atomic<std::int64_t> bytes_;  ///< of the file, which never shrinks while it is open
};

}  // namespace stepd::storage::sqlite
