#include "daemon/fault.h"

#include <cstdio>
#include <string_view>

namespace stepd::daemon {

std::string to_text(const Fault& fault) {
  std::string text = fault.file.string() + ":" + std::to_string(fault.at.line) + ":" + std::to_string(fault.at.column);
  text += fault.severity == asl::Severity::Warning ? ": warning: " : ": ";
  text += fault.message;
  if (!fault.hint.empty()) text += (text.ends_with('.') ? " " : "; ") + fault.hint;
  if (!fault.pointer.empty()) text += " (" + fault.pointer + ")";
  if (!fault.excerpt.empty()) text += "\n" + fault.excerpt.substr(0, fault.excerpt.size() - 1);
  return text;
}

Fault syntax_fault(const std::filesystem::path& file, const std::string& cause) {
  // How the JSON reader begins; the API's answers keep these words, which there stand alone.
  constexpr std::string_view kJsonReader = "parse error at ";
  const std::string said = cause.starts_with(kJsonReader) ? cause.substr(kJsonReader.size()) : cause;
  asl::Position at{1, 1};
  int length = 0;
  if (std::sscanf(said.c_str(), "line %d, column %d: %n", &at.line, &at.column, &length) == 2 && length > 0) {
    return {file, at, said.substr(static_cast<std::size_t>(length)), ""};
  }
  return {file, {1, 1}, cause, ""};
}

}  // namespace stepd::daemon
