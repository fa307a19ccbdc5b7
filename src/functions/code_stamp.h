// Notices that the files of a function have changed, so that the next call runs the new ones.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stepd::functions {

/// A number that changes when a file beneath `folder` is written, added or removed. Folders of installed packages
/// (node_modules, site-packages, ...) are looked at as such only, and at most kStampFiles files are.
inline constexpr std::size_t kStampFiles = 2'000;
std::uint64_t stamp_of(const std::filesystem::path& folder);

}  // namespace stepd::functions
