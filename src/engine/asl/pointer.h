// RFC 6901 JSON pointers, as diagnostics name places.
#pragma once

#include <string>
#include <string_view>

namespace stepd::asl {

inline std::string child_pointer(const std::string& parent, std::string_view token) {
  std::string pointer = parent + "/";
  for (const char c : token) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

}  // namespace stepd::asl
