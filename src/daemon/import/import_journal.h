// What an import has done so far, so that the same command goes on where it was interrupted: JSON lines, the last one
// of a file counts. It neither copies nor asks.
#pragma once

#include "base/descriptor.h"
#include "base/mutex.h"
#include "base/result.h"
#include "daemon/import/source_folder.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stepd::daemon {

struct ImportNote {
  enum class State : std::uint8_t { Placing, Done, Failed };
  State state = State::Placing;
  std::uint64_t size_bytes = 0;  ///< of the source, as its time of modification: a changed file is another one
  std::int64_t modified_ns = 0;
  std::string identity;                 ///< of the object, see triggers::to_text
  std::vector<std::string> executions;  ///< ARNs that it starts
};

/// Thread: any.
class ImportJournal {
 public:
  /// Reads what an earlier run left; makes the folders. Error: cause only.
  static Result<std::unique_ptr<ImportJournal>> open(const std::filesystem::path& file);

  /// What the earlier run noted of exactly this file; null if nothing.
  const ImportNote* find(const SourceFile& file) const;
  /// Survives the end of the process.
  Result<void> note(const std::string& name, const ImportNote& note);

 private:
  explicit ImportJournal(Descriptor file) : file_(std::move(file)) {}

  const Descriptor file_;
  Mutex mutex_;                              ///< one line is written at a time
  std::map<std::string, ImportNote> notes_;  ///< the earlier run's; not changed once open() has read them
};

}  // namespace stepd::daemon
