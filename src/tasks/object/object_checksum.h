// Checksums of objects, as hexadecimal digits. It compares nothing.
#pragma once

#include "base/objects.h"
#include "base/result.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::tasks {

inline constexpr std::array<std::string_view, 3> kChecksums{"md5", "sha1", "sha256"};

/// `kind` is a position in kChecksums. Reads to the end.
Result<std::string> checksum_of(ObjectReader& reader, std::size_t kind);

}  // namespace stepd::tasks
