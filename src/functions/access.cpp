#include "functions/access.h"

#include <system_error>

namespace stepd::functions {
namespace {

namespace fs = std::filesystem;

/// Links are not looked at: what counts is where they lead.
fs::perms needed_by(const fs::file_status& status) {
  if (fs::is_directory(status)) return fs::perms::others_read | fs::perms::others_exec;
  return fs::is_regular_file(status) ? fs::perms::others_read : fs::perms::none;
}

/// Calls `look` with each path until it answers false, or until there have been kFilesLookedAt.
template <class Look>
void each_file(const fs::path& folder, Look look) {
  std::error_code failed;
  if (!look(folder, fs::status(folder, failed))) return;
  std::size_t seen = 0;
  for (fs::recursive_directory_iterator each(folder, failed), end; !failed && each != end && seen < kFilesLookedAt;
       each.increment(failed), ++seen) {
    std::error_code unknown;
    if (!look(each->path(), each->symlink_status(unknown))) return;
  }
}

}  // namespace

fs::path find_private_file(const fs::path& folder) {
  fs::path found;
  each_file(folder, [&](const fs::path& path, const fs::file_status& status) {
    const auto needed = needed_by(status);
    if ((status.permissions() & needed) != needed) found = path;
    return found.empty();
  });
  return found;
}

void let_everybody_read(const fs::path& folder) {
  each_file(folder, [](const fs::path& path, const fs::file_status& status) {
    auto wanted = needed_by(status);
    const bool runs = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
    if (wanted != fs::perms::none && runs) wanted |= fs::perms::others_exec;
    std::error_code ignored;
    if (wanted != fs::perms::none) fs::permissions(path, wanted, fs::perm_options::add, ignored);
    return true;
  });
}

}  // namespace stepd::functions
