// One thing that is wrong with a file that a person wrote, said so that an editor can jump to it.
// It does not decide what is wrong.
#pragma once

#include "engine/asl/diagnostic.h"
#include "engine/asl/source.h"

#include <filesystem>
#include <string>
#include <vector>

namespace stepd::daemon {

struct Fault {
  std::filesystem::path file;
  asl::Position at{1, 1};
  std::string message;
  std::string pointer;  ///< JSON pointer where the reader may want it, as in a definition
  asl::Severity severity = asl::Severity::Error;
  std::string code = {};     ///< asl::codes of a definition's fault, else empty
  std::string hint = {};     ///< what may have been meant; empty if nothing comes near
  std::string excerpt = {};  ///< lines that show the place within a JSONata expression; empty, or ends with \n
};

using Faults = std::vector<Fault>;

/// `file:line:column: message; hint (pointer)`; a warning says so before its message. The excerpt follows on lines of
/// its own.
std::string to_text(const Fault& fault);

/// For a text that is no JSON or YAML: takes the position out of the parser's own words.
Fault syntax_fault(const std::filesystem::path& file, const std::string& cause);

}  // namespace stepd::daemon
