// Unpacks a .zip of code or of a layer. What it contains is not trusted.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace stepd::functions {

struct UnpackLimits {
  std::uint64_t bytes = 262'144'000;  ///< of all files together, unpacked (Lambda quotas: deployment package)
  std::size_t entries = 100'000;
};

/// Into `folder`, which is there; files that are there are replaced. A name that leads out of the folder is an error,
/// and so is a symbolic link whose target does. Nothing is written through a link. Error: cause only; some files may
/// have been written.
Result<void> unpack_zip(const std::filesystem::path& archive, const std::filesystem::path& folder,
                        const UnpackLimits& limits = {});

}  // namespace stepd::functions
