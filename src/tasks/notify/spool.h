// A topic's spool: a folder with one file for each message that some subscriber has not got yet. It is what survives a
// crash; it delivers nothing and knows no clock.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stepd::tasks {

/// Thread: any for put(), one for the rest. Errors: `Notify.Failed`.
class Spool {
 public:
  struct Letter {
    std::string record;                    ///< the message, printed JSON
    std::map<std::string, unsigned> open;  ///< subscriber that has not got it -> attempts so far
  };

  explicit Spool(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Durable when it returns. A message that is there already stays as it is.
  Result<void> put(const std::string& id, const std::string& record, const std::vector<std::string>& subscribers);
  /// A line that a crash cut short counts as not written.
  Result<Letter> read(const std::string& id) const;
  /// Survives a crash of the process, not necessarily one of the machine: it costs one attempt more then.
  Result<void> note_attempts(const std::string& id, const std::string& subscriber, unsigned attempts);
  /// Durable when it returns.
  Result<void> note_done(const std::string& id, const std::string& subscriber);
  /// Durable when it returns.
  Result<void> remove(const std::string& id);
  std::vector<std::string> ids() const;

  /// Whether this process is the one that delivers from the folder; the claim goes with the process.
  bool claim();
  bool is_claimed() const { return static_cast<bool>(lock_); }

 private:
  std::filesystem::path file_of(const std::string& id) const { return folder_ / (id + ".jsonl"); }
  Result<void> append(const std::string& id, const std::string& line, bool durable);

  const std::filesystem::path folder_;
  Descriptor lock_;
};

}  // namespace stepd::tasks
