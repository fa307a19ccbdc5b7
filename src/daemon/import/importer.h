// One import: places each file of a folder in a bucket, once, and follows the executions that this starts to their end.
// It shows nothing and decides nothing about the command line.
#pragma once

#include "base/mutex.h"
#include "base/objects.h"
#include "daemon/import/import_journal.h"
#include "daemon/import/outcomes.h"
#include "daemon/import/progress.h"
#include "daemon/import/source_folder.h"
#include "triggers/rules.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct ImportTask {
  std::filesystem::path folder;
  std::string bucket;
  bool watched = false;  ///< whether objects of the bucket start executions at all
  unsigned jobs = 4;     ///< files at once
  bool follow = true;    ///< wait for the executions
};

struct ImportFailure {
  std::string file;
  std::string why;
};

/// Thread: one. Everything given by reference outlives it.
class Importer {
 public:
  Importer(ImportTask task, ObjectStore& objects, const triggers::Rules& rules, ImportJournal& journal,
           Outcomes& outcomes);

  /// Returns when every file is done, failed or, where nobody answers or `follow` is off, placed; or soon after `stop`
  /// became true. `shown` is called now and then.
  void run(std::vector<SourceFile> files, const std::atomic<bool>& stop,
           const std::function<void(const Counts&)>& shown);

  const Counts& counts() const { return counts_; }
  const std::vector<ImportFailure>& failures() const { return failures_; }
  /// Nobody answered any more while executions were waited for.
  bool lost_daemon() const { return lost_; }

 private:
  struct Placed {
    SourceFile file;
    ImportNote note;
    std::string failure;      ///< empty: it is in the bucket
    unsigned absent = 0;      ///< times in a row that neither an execution nor the object was there
    bool is_earlier = false;  ///< noted by an earlier run, which may not have come to place it
  };

  void begin(std::vector<SourceFile> files);
  void work(const std::atomic<bool>& stop);
  Placed place(const SourceFile& file);
  Result<void> copy(const SourceFile& file, ObjectWriter& writer) const;
  void take_up(Placed placed);
  void follow_some();
  void judge(Placed placed, const std::vector<Standing>& standings);
  void finish(const Placed& placed, const std::string& failure);

  const ImportTask task_;
  ObjectStore& objects_;
  const triggers::Rules& rules_;
  ImportJournal& journal_;
  Outcomes& outcomes_;

  Mutex mutex_;
  ConditionVariable changed_;
  std::deque<SourceFile> waiting_ STEPD_GUARDED_BY(mutex_);
  std::deque<Placed> placed_ STEPD_GUARDED_BY(mutex_);
  std::size_t working_ STEPD_GUARDED_BY(mutex_) = 0;

  std::deque<Placed> followed_;  ///< the calling thread's alone, as what follows
  Counts counts_;
  std::vector<ImportFailure> failures_;
  unsigned silences_ = 0;
  bool lost_ = false;
};

}  // namespace stepd::daemon
