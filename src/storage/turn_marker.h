// TurnMarker: records which execution each shard is working on, so that after a crash the engine knows which executions
// may have caused it. It only reports them, because a process may also die for other reasons (run/quarantine.h).
#pragma once

#include "base/mutex.h"
#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace stepd::storage {

/// An execution that was in a turn when the process last died.
struct TurnSuspect {
  ExecutionId id{};
  std::uint32_t deaths = 0;  ///< how often that has happened since its last turn that completed
};

struct TurnFile;

/// The record is a file that is mapped into memory. It survives a crash of the process, but not of the machine.
class TurnMarker {
 public:
  /// Reads what the last process left in the file, then clears it. A file of another format is replaced. If no file can
  /// be made, a warning is logged and nothing is recorded.
  explicit TurnMarker(const std::filesystem::path& file);
  TurnMarker(const TurnMarker&) = delete;
  TurnMarker& operator=(const TurnMarker&) = delete;
  ~TurnMarker();

  /// Takes a few nanoseconds and no system call. Shards are numbered from 0; the turns of shards from kShardsMax on are
  /// not recorded. Thread: the shard's.
  void enter(std::size_t shard, ExecutionId id) noexcept;
  void leave(std::size_t shard) noexcept;

  /// The suspects found at the start, without those absolved since. Thread: any.
  std::vector<TurnSuspect> suspects() const;
  /// The first turn of this execution has completed. Thread: any.
  void absolve(ExecutionId id) noexcept;

  static constexpr std::size_t kShardsMax = 1'024;
  static constexpr std::size_t kSuspectsMax = 64;  ///< more suspects replace the oldest ones

 private:
  void read(int fd, const std::filesystem::path& file);
  /// Null on success, else what failed; errno says why.
  const char* map(int fd);

  mutable Mutex mutex_;  // for what is known of suspects
  std::vector<ExecutionId> last_;
  std::unique_ptr<TurnFile> unmapped_;  // what is read at the start, and used where there is no file
  TurnFile* mapped_ = nullptr;
  TurnFile* turns_ = nullptr;  // either of them
};

}  // namespace stepd::storage
