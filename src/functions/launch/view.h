// What a function sees of the file system where the kernel lets a process build that: the system's programs, its code
// at /var/task, its layers at /opt, a /tmp of its own, and nothing else.
#pragma once

#include "functions/launch/launch_orders.h"

#include <sys/types.h>

#include <string>
#include <vector>

namespace stepd::functions {

/// Folders with the system's programs and their settings: what functions may read and run.
std::vector<std::string> system_folders();

/// For a process that is the first of a new user namespace: it stays the user that it is outside, and there is no
/// other. Throws std::system_error.
void map_own_user(unsigned user, unsigned group);
/// For its parent, which is root outside: in the namespace of `pid` there are root and `user`. Throws
/// std::system_error.
void map_lent_user(pid_t pid, unsigned user);

/// For a process that is the first of new user, mount and process namespaces whose users are mapped. Afterwards the
/// root of files is the view. `staging` is an empty folder. Throws std::system_error.
void enter_view(const Launch& launch, const std::string& staging);

}  // namespace stepd::functions
