#include "storage/turn_marker.h"

#include "base/descriptor.h"
#include "base/mutex.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <type_traits>

namespace stepd::storage {
namespace {

constexpr std::array<char, 8> kTurnMagic{'s', 't', 'p', 'd', 't', 'u', 'r', 'n'};
constexpr std::uint32_t kTurnVersion = 1;

}  // namespace

/// The file, as it is on the disk.
struct TurnFile {
  struct Suspect {
    std::int64_t execution = 0;
    std::uint32_t deaths = 0;
    std::uint32_t spare = 0;
  };
  /// A cache line of its own, so that shards do not slow each other down.
  struct alignas(64) Turn {
    std::int64_t execution = 0;  ///< 0: none
  };

  std::array<char, 8> magic = kTurnMagic;
  std::uint32_t version = kTurnVersion;
  std::uint32_t suspect_count = 0;
  std::array<Suspect, TurnMarker::kSuspectsMax> suspects{};  ///< those that were suspected first come first
  std::array<Turn, TurnMarker::kShardsMax> turns{};          ///< by shard
};
static_assert(std::is_trivially_copyable_v<TurnFile>);

namespace {

bool is_sound(const TurnFile& file) {
  if (file.magic != kTurnMagic || file.version != kTurnVersion) return false;
  if (file.suspect_count > file.suspects.size()) return false;
  const auto is_named = [](const TurnFile::Suspect& suspect) { return suspect.execution > 0; };
  const auto is_turn = [](const TurnFile::Turn& turn) { return turn.execution >= 0; };
  return std::all_of(file.suspects.begin(), file.suspects.begin() + file.suspect_count, is_named) &&
         std::all_of(file.turns.begin(), file.turns.end(), is_turn);
}

std::uint32_t deaths_of(const TurnFile& file, std::int64_t execution) {
  for (std::uint32_t i = 0; i < file.suspect_count; ++i) {
    if (file.suspects[i].execution == execution) return file.suspects[i].deaths;
  }
  return 0;
}

void remove_suspect(TurnFile& file, std::int64_t execution) {
  const auto kept = std::remove_if(file.suspects.begin(), file.suspects.begin() + file.suspect_count,
                                   [&](const auto& suspect) { return suspect.execution == execution; });
  file.suspect_count = static_cast<std::uint32_t>(kept - file.suspects.begin());
}

void add_death(TurnFile& file, std::int64_t execution) {
  const auto deaths = deaths_of(file, execution) + 1;
  remove_suspect(file, execution);
  if (file.suspect_count == file.suspects.size()) remove_suspect(file, file.suspects.front().execution);
  file.suspects[file.suspect_count++] = {execution, deaths, 0};
}

/// False if the file is not what a TurnMarker writes; `file` may hold anything then.
bool read_turns(int fd, TurnFile& file) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || status.st_size != static_cast<off_t>(sizeof file)) return false;
  return ::pread(fd, &file, sizeof file, 0) == static_cast<ssize_t>(sizeof file) && is_sound(file);
}

bool has_no_bytes(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && status.st_size == 0;
}

}  // namespace

TurnMarker::TurnMarker(const std::filesystem::path& file) : unmapped_(std::make_unique<TurnFile>()) {
  turns_ = unmapped_.get();
  const Descriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const char* failed = "open";
  if (fd) {
    read(fd.get(), file);
    failed = map(fd.get());
  }
  if (failed == nullptr) return;
  spdlog::warn("cannot {} {}: {}; executions that end this process will not be recognised", failed, file.string(),
               std::generic_category().message(errno));
}

void TurnMarker::read(int fd, const std::filesystem::path& file) {
  if (!read_turns(fd, *turns_)) {
    if (!has_no_bytes(fd)) spdlog::warn("{} holds no record of turns and is replaced", file.string());
    *turns_ = {};
  }
  for (auto& turn : turns_->turns) {
    if (turn.execution == 0) continue;
    add_death(*turns_, turn.execution);
    last_.push_back(ExecutionId{turn.execution});
    turn.execution = 0;
  }
}

const char* TurnMarker::map(int fd) {
  constexpr auto kBytes = sizeof(TurnFile);
  // Every byte is written, so that the file has its blocks: a store to a page without one would end the process where
  // the disk is full.
  if (::pwrite(fd, turns_, kBytes, 0) != static_cast<ssize_t>(kBytes)) return "write";
  if (::ftruncate(fd, static_cast<off_t>(kBytes)) != 0) return "write";
  void* mapping = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapping == MAP_FAILED) return "map";
  turns_ = mapped_ = static_cast<TurnFile*>(mapping);
  unmapped_.reset();
  return nullptr;
}

TurnMarker::~TurnMarker() {
  if (mapped_ != nullptr) ::munmap(mapped_, sizeof(TurnFile));
}

void TurnMarker::enter(std::size_t shard, ExecutionId id) noexcept {
  if (shard >= kShardsMax) return;
  std::atomic_ref<std::int64_t>(turns_->turns[shard].execution)
      .store(static_cast<std::int64_t>(id), std::memory_order_relaxed);
  // The kernel sees what this thread has stored, in its order: only the compiler must keep it too.
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

void TurnMarker::leave(std::size_t shard) noexcept {
  if (shard >= kShardsMax) return;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  std::atomic_ref<std::int64_t>(turns_->turns[shard].execution).store(0, std::memory_order_relaxed);
}

std::vector<TurnSuspect> TurnMarker::suspects() const {
  const MutexLock lock(mutex_);
  std::vector<TurnSuspect> found;
  for (const auto id : last_) {
    const auto deaths = deaths_of(*turns_, static_cast<std::int64_t>(id));
    if (deaths > 0) found.push_back({id, deaths});
  }
  return found;
}

void TurnMarker::absolve(ExecutionId id) noexcept {
  const MutexLock lock(mutex_);
  remove_suspect(*turns_, static_cast<std::int64_t>(id));
}

}  // namespace stepd::storage
