#include "daemon/fault.h"

#include <cstdio>

namespace stepd::daemon {

std::string to_text(const Fault& fault) {
  std::string text = fault.file.string() + ":" + std::to_string(fault.at.line) + ":" + std::to_string(fault.at.column);
  text += fault.severity == asl::Severity::Warning ? ": warning: " : ": ";
  text += fault.message;
  if (!fault.pointer.empty()) text += " (" + fault.pointer + ")";
  return text;
}

Fault syntax_fault(const std::filesystem::path& file, const std::string& cause) {
  asl::Position at{1, 1};
  int length = 0;
  if (std::sscanf(cause.c_str(), "line %d, column %d: %n", &at.line, &at.column, &length) == 2 && length > 0) {
    return {file, at, cause.substr(static_cast<std::size_t>(length)), ""};
  }
  return {file, {1, 1}, cause, ""};
}

}  // namespace stepd::daemon
