// One directory that is an inbox: finds out which files have arrived whole and which are gone, by inotify where that
// works and by scanning always. It starts nothing and stores nothing.
#pragma once

#include "base/clock.h"
#include "triggers/file_inspection.h"
#include "triggers/ignored_names.h"
#include "triggers/settling.h"
#include "triggers/tree_watch.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace stepd::triggers {

struct WatchedDirectory {
  std::string bucket;
  std::filesystem::path path;
  std::chrono::milliseconds settle{500};      ///< a file must stay the same for so long
  std::chrono::seconds rescan{5};             ///< also finds what inotify cannot see (network file systems)
  std::chrono::milliseconds settle_empty{0};  ///< instead of `settle` for an empty file, if it is longer
  IgnorePatterns ignore = {};                 ///< names that are left alone, beside those of is_ignored()
};

struct Arrival {
  std::string key;
  FileIdentity identity;
};

struct Findings {
  std::vector<Arrival> arrived;
  std::vector<std::string> vanished;  ///< keys that had arrived before
};

/// Thread: one.
class WatchedBucket {
 public:
  explicit WatchedBucket(WatchedDirectory directory);

  const std::string& name() const { return directory_.bucket; }
  /// An arrival dealt with before a restart.
  void remember(std::string key, std::string identity) { settling_.remember(std::move(key), std::move(identity)); }

  /// To poll for reading; -1 while there is nothing to poll.
  int fd() const { return watch_.fd(); }
  /// When step() should be called again even if fd() is quiet.
  Instant next_due() const;
  /// Everything that was found out since the last call.
  Findings step(Instant now);

 private:
  bool has_root(Instant now);
  void lose_root();
  void handle(const Change& change, Instant now, Findings& findings);
  void meet(const std::string& key, bool renamed_in, Instant now, Findings& findings);
  bool scan_beneath(const std::string& prefix, Instant now, Findings& findings,
                    std::unordered_set<std::string>* seen = nullptr);
  void scan_all(Instant now, Findings& findings);
  bool is_left_alone(const std::string& key) const;
  bool is_marked_unfinished(const std::string& key, const FileIdentity& identity) const;
  bool is_fit_key(const std::string& key);
  void warn_once(const std::string& about, const std::string& message);

  WatchedDirectory directory_;
  Settling settling_;
  TreeWatch watch_;
  Descriptor root_;
  Instant last_step_{};
  Instant next_scan_{};
  std::unordered_set<std::string> warned_;
};

}  // namespace stepd::triggers
