#include "base/alien_byte.h"

#include <algorithm>

namespace stepd {

std::optional<std::string> find_alien_byte(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return "parse error at line 1, column 1: a byte order mark is no JSON";
  const auto at = text.find('\0');
  if (at == std::string_view::npos) return std::nullopt;
  const auto before = text.substr(0, at);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto start = before.rfind('\n') + 1;  // 0 where there is no line before
  return "parse error at line " + std::to_string(line) + ", column " + std::to_string(at - start + 1) +
         ": a NUL byte is no JSON";
}

}  // namespace stepd
