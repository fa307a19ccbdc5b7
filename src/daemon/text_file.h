// Reads a whole file that a person wrote. It does not know what is in it.
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string>

namespace stepd::daemon {

/// At most 4 MiB of a regular file. The error's cause names the file and the system's reason.
Result<std::string> read_text_file(const std::filesystem::path& file);

}  // namespace stepd::daemon
