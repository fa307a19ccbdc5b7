// Says which executions the engine was working on when the process died, so that one that kills the process each time
// is found out. It decides nothing about them, and what it says is a suspicion: a process dies for other reasons too.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace stepd::storage {

/// An execution that was in a turn when the process last died.
struct TurnSuspect {
  ExecutionId id{};
  std::uint32_t deaths = 0;  ///< how often that happened since its last turn that ended well
};

struct TurnFile;

/// A file that is mapped into memory: what is noted survives the process, though not the machine.
class TurnMarker {
 public:
  /// Reads what the last process left in the file, then begins anew. A file that is not one of these is replaced; where
  /// none can be made, a warning is logged and nothing is remembered.
  explicit TurnMarker(const std::filesystem::path& file);
  TurnMarker(const TurnMarker&) = delete;
  TurnMarker& operator=(const TurnMarker&) = delete;
  ~TurnMarker();

  /// A few nanoseconds, no system call. Shards are numbered from 0; turns of those from kShardsMax on are not noted.
  /// Thread: the shard's.
  void enter(std::size_t shard, ExecutionId id) noexcept;
  void leave(std::size_t shard) noexcept;

  /// As of the start; those absolved since are left out. Thread: any.
  std::vector<TurnSuspect> suspects() const;
  /// Its first turn has ended well. Thread: any.
  void absolve(ExecutionId id) noexcept;

  static constexpr std::size_t kShardsMax = 1'024;
  static constexpr std::size_t kSuspectsMax = 64;  ///< those that were suspected first are forgotten

 private:
  void read(int fd, const std::filesystem::path& file);
  /// Null on success, else what failed; errno says why.
  const char* map(int fd);

  mutable std::mutex mutex_;  // for what is known of suspects
  std::vector<ExecutionId> last_;
  std::unique_ptr<TurnFile> unmapped_;  // what is read at the start, and used where there is no file
  TurnFile* mapped_ = nullptr;
  TurnFile* turns_ = nullptr;  // either of them
};

}  // namespace stepd::storage
