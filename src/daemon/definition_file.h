// A definition as it stands in a file: read, its placeholders filled in, checked, with every fault at its line.
// It stores and runs nothing.
#pragma once

#include "base/result.h"
#include "daemon/fault.h"
#include "engine/asl/source.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct CheckedDefinition {
  std::string json;                   ///< with its placeholders filled in; to be used only if there is no error
  std::vector<std::string> unfilled;  ///< placeholders that have no value
  Faults faults;                      ///< errors and warnings, in the order of lines

  bool is_valid() const;
};

/// Error: the file cannot be read; its cause says why.
Result<CheckedDefinition> check_definition(const std::filesystem::path& file,
                                           const std::map<std::string, std::string>& substitutions);

/// The same for a text that was read already.
CheckedDefinition check_definition_text(const std::filesystem::path& file, const std::string& text,
                                        const std::map<std::string, std::string>& substitutions);

/// A template is judged as far as it can be: ${placeholders} may stand for anything, even outside the quotes of JSON.
Faults check_template_text(const std::filesystem::path& file, std::string text, asl::Format format);

}  // namespace stepd::daemon
