// The folder that is imported: which of its files are meant, and under which keys. It changes nothing and reads no
// content.
#pragma once

#include "base/result.h"
#include "triggers/ignored_names.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct SourceFile {
  std::string name;  ///< beneath the folder
  std::string key;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_ns = 0;
};

/// Shell patterns (fnmatch(3), without regard to case). One with a slash is for the name beneath the folder, one
/// without for its last part.
struct Selection {
  std::vector<std::string> include;  ///< none: everything
  std::vector<std::string> exclude;
  std::string prefix;                                  ///< before every key
  std::optional<triggers::IgnorePatterns> inbox = {};  ///< of a bucket that is an inbox: keys that it leaves alone
};

struct Source {
  std::vector<SourceFile> files;     ///< by name
  std::vector<std::string> refused;  ///< names that cannot be keys, and why
};

/// Regular files only. Symbolic links, hidden files and those that say they are unfinished are left out, as an inbox
/// does. Error: cause only.
Result<Source> list_source(const std::filesystem::path& folder, const Selection& selection);

}  // namespace stepd::daemon
