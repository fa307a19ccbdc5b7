// Checksums of a whole file, in one pass each. They name content; none but SHA-256 defends against forgery.
#pragma once

#include "base/json.h"

#include <string_view>

namespace stepd::tasks::image {

/// `{md5, sha1, sha256, crc32}` in lower-case hexadecimal; null for one that this OpenSSL was built or set not to do.
Json make_checksums(std::string_view bytes);

}  // namespace stepd::tasks::image
