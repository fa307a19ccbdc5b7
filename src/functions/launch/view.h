// What a function sees of the file system where the kernel lets a process build that: the system's programs, its code
// at /var/task, its layers at /opt, a /tmp of its own, and nothing else.
#pragma once

#include "functions/launch/launch_orders.h"

#include <string>
#include <vector>

namespace stepd::functions {

/// Folders with the system's programs and their settings: what functions may read and run.
std::vector<std::string> system_folders();

/// For a process that is the first of new user, mount and process namespaces, `user` and `group` being those outside.
/// Afterwards the root of files is the view. `staging` is an empty folder. Throws std::system_error.
void enter_view(const Launch& launch, const std::string& staging, unsigned user, unsigned group);

}  // namespace stepd::functions
