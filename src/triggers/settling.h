// Decides when a file that is being looked at has arrived whole. Sees identities and moments only: no file, no clock.
#pragma once

#include "base/clock.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stepd::triggers {

/// Changes whenever a file is written to, replaced, or deleted and made anew. The birth time is there because file
/// systems give a deleted file's inode to the next one: with it, the same photo dropped twice is two files.
struct FileIdentity {
  std::uint64_t inode = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t born_ns = 0;  ///< 0 where the file system does not tell

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

std::string to_text(const FileIdentity& identity);

/// For how long a file must stay the same before it counts as whole.
struct QuietTimes {
  std::chrono::milliseconds filled{500};
  std::chrono::milliseconds empty{500};  ///< of an empty file; `filled` if that is longer
};

/// How a file was met.
enum class Sighting : std::uint8_t {
  Standing,   ///< it was there
  RenamedIn,  ///< it came by rename(2), hence whole
  Writing,    ///< somebody has it open for writing
};

/// Every identity of a key completes at most once, and only after it was the same for the quiet time with nobody
/// writing, or came by rename. Thread: one.
class Settling {
 public:
  explicit Settling(QuietTimes quiet) : quiet_(quiet) {}

  /// An arrival dealt with in an earlier life.
  void remember(std::string key, std::string identity);

  /// True when this sighting completes the file: it is then to be handed on, and will not complete again.
  bool observe(const std::string& key, const FileIdentity& identity, Sighting sighting, Instant now);

  /// True if the file had completed or was remembered: its record can go.
  bool vanish(const std::string& key);

  /// Stops waiting for a file that cannot be had at present; what completed before stays so.
  void give_up(const std::string& key);

  /// Completed with exactly this identity: nothing need be done about it.
  bool is_done(const std::string& key, const FileIdentity& identity) const;

  /// Keys whose quiet time is over and that should be looked at again.
  std::vector<std::string> due(Instant now) const;
  std::optional<Instant> next_due() const;
  /// Every key known of, waiting or complete.
  std::vector<std::string> keys() const;

 private:
  struct File {
    std::string done;                     ///< identity that completed last; empty: none yet
    std::optional<FileIdentity> waiting;  ///< identity seen last, not yet complete
    Instant since{};                      ///< of `waiting`
    Instant until{};                      ///< end of its quiet time: its place in the queue
    bool written = false;                 ///< somebody had it open for writing when it was seen last
  };
  void wait(const std::string& key, File& file, const FileIdentity& identity, Instant now);
  void stop_waiting(const std::string& key, File& file);

  std::chrono::milliseconds quiet_for(const FileIdentity& identity) const;

  QuietTimes quiet_;
  std::unordered_map<std::string, File> files_;
  std::set<std::pair<Instant, std::string>> queue_;  ///< end of quiet time, key
};

}  // namespace stepd::triggers
