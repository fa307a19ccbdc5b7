// Which files others than their owner may read: functions may run as a user to whom nothing belongs.
#pragma once

#include <filesystem>
#include <string>

namespace stepd::functions {

/// The first file or folder beneath `folder`, or itself, that not everybody may read; empty: there is none among the
/// first kFilesLookedAt.
std::filesystem::path find_private_file(const std::filesystem::path& folder);
inline constexpr std::size_t kFilesLookedAt = 50'000;

/// Lets everybody read all that lies beneath, as far as this process may.
void let_everybody_read(const std::filesystem::path& folder);

}  // namespace stepd::functions
