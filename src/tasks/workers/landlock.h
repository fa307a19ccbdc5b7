// Landlock: the kernel's own list of the files that this process may still open. Debian 12's header knows only the
// first versions, so the names of the later ones stand in the source.
#pragma once

#include <span>

namespace stepd::tasks::workers {

/// Takes away every file, and TCP, abstract sockets and signals to others where the kernel knows how; what lies in
/// `readable` stays readable. For this process and all that it forks, for ever. Answers the kernel's version of
/// Landlock, 0 where it has none. Needs no_new_privs. Throws std::system_error.
int restrict_files(std::span<const char* const> readable);

}  // namespace stepd::tasks::workers
