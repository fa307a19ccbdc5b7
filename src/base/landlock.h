// Landlock: the kernel's own list of the files that this process may still open. Debian 12's header knows only the
// first versions, so the names of the later ones stand in the source.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace stepd {

/// What stays allowed at a path and, if that is a folder, beneath it.
enum class FileRight : std::uint8_t { Read, ReadAndRun, Everything };

struct FileRule {
  std::string path;  ///< one that cannot be opened is left out
  FileRight right = FileRight::Read;
};

/// Whether TCP is taken away as well, where the kernel knows how.
enum class TcpAccess : std::uint8_t { Kept, Taken };

/// Takes away every file that no rule names, and abstract sockets and signals to others where the kernel knows how. For
/// this process and all that it forks, for ever. Answers the kernel's version of Landlock, 0 where it has none. Needs
/// no_new_privs. Throws std::system_error.
int restrict_process(std::span<const FileRule> rules, TcpAccess tcp);

/// The kernel's version of Landlock, 0 where it has none.
int landlock_version();

}  // namespace stepd
