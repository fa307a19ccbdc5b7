// A disk that fails at the n-th call of a kind, beneath every SQLite connection opened while it exists.
#pragma once

#include <cstdint>

namespace stepd::storage::test {

enum class DiskCall : std::uint8_t { Write, Sync, Truncate, Read, SharedMemory };

/// One at a time. Stores opened while it exists must be closed before it goes.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// Counting from now, the `nth` such call answers `code` (SQLITE_FULL, SQLITE_IOERR_FSYNC, ...), with `error` as
  /// its errno.
  void fail(DiskCall call, std::uint64_t nth, int code, int error);
  /// Whether the planned failure has happened.
  bool has_failed() const;
  /// Calls since fail(), or since the beginning.
  std::uint64_t calls(DiskCall call) const;
};

}  // namespace stepd::storage::test
