// Reads the files that log_files.h writes.
#pragma once

#include "base/log_reader.h"

#include <filesystem>
#include <memory>

namespace stepd::storage {

/// The folder may be absent. It keeps no file open between calls.
std::unique_ptr<LogReader> open_log_reader(std::filesystem::path folder);

}  // namespace stepd::storage
