// SHA-256 as the triggers use it: to make short, stable names out of long ones. Not for secrets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace stepd::triggers {

/// 64 lower-case hexadecimal digits. Each part is preceded by its length, so that no two lists of parts are alike.
std::string digest_of(std::initializer_list<std::string_view> parts);

/// The first 128 bits of a digest in the form of a UUID, for fields in which AWS writes one.
std::string as_uuid(const std::string& digest);

}  // namespace stepd::triggers
