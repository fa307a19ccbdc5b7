// Log groups as files: one per group, rotated by size, written by a thread of its own. Lines are opaque here.
#pragma once

#include "base/log_groups.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace stepd::storage {

struct LogFileOptions {
  std::uint64_t file_bytes = 64ull << 20;   ///< then the file becomes `NAME.1.log`, that one `NAME.2.log`, ...
  unsigned files = 5;                       ///< kept of a group beside the one that is written
  std::uint64_t queue_bytes = 16ull << 20;  ///< of lines that wait for the disk; further ones are dropped
};

/// The folder is made when there is a line. What cannot be written, on a full disk for instance, is lost and reported
/// once in a while. The destructor writes what waits.
std::unique_ptr<LogGroups> open_log_files(std::filesystem::path folder, LogFileOptions options);

/// The file of a group in that folder: a slash is `+`, which no name of AWS's has, and other characters that AWS does
/// not allow are percent-encoded, so that no name leads out of the folder.
std::filesystem::path log_file_of(const std::filesystem::path& folder, std::string_view group);

}  // namespace stepd::storage
