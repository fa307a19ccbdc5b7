// Checksums of objects, as hexadecimal digits. It compares nothing.
#pragma once

#include "base/objects.h"
#include "base/result.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::tasks {

inline constexpr std::array<std::string_view, 3> kDigests{"md5", "sha1", "sha256"};

/// `digest` is a position in kDigests. Reads to the end.
Result<std::string> digest_of(ObjectReader& reader, std::size_t digest);

}  // namespace stepd::tasks
