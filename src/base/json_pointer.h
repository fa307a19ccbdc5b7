// JSON pointers (RFC 6901), which diagnostics use to name places.
#pragma once

#include <string>
#include <string_view>

namespace stepd {

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

/// One token of a pointer without its escapes.
inline std::string plain_token(std::string_view token) {
  std::string plain;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const char code = token[i] == '~' && i + 1 < token.size() ? token[i + 1] : '\0';
    if (code == '0' || code == '1') {
      plain += code == '0' ? '~' : '/';
      ++i;
    } else {
      plain += token[i];
    }
  }
  return plain;
}

}  // namespace stepd
