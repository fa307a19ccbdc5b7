// A definition as it stands in a file: read, its placeholders filled in, checked, with every fault at its line.
// It stores and runs nothing.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "daemon/fault.h"
#include "engine/asl/source.h"
#include "engine/run/validation.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

/// What a definition is checked for.
struct DefinitionUse {
  storage::StateMachineType type = storage::StateMachineType::Standard;
  run::TaskCheck check_tasks = {};  ///< empty: what its tasks name is not looked at
};

struct CheckedDefinition {
  std::string json;                   ///< with its placeholders filled in; to be used only if there is no error
  std::vector<std::string> unfilled;  ///< placeholders that have no value
  Faults faults;                      ///< errors and warnings, in the order of lines

  bool is_valid() const;
};

/// Error: the file cannot be read; its cause says why.
Result<CheckedDefinition> check_definition(const std::filesystem::path& file,
                                           const std::map<std::string, std::string>& substitutions,
                                           const DefinitionUse& use);

/// The same for a text that was read already.
CheckedDefinition check_definition_text(const std::filesystem::path& file, const std::string& text,
                                        const std::map<std::string, std::string>& substitutions,
                                        const DefinitionUse& use);

/// The same for a definition that stands within another document: pointers of the diagnostics begin in the definition.
struct CheckedTree {
  std::string json;
  std::vector<std::string> unfilled;
  asl::Diagnostics diagnostics;
};
CheckedTree check_definition_tree(Json definition, const std::map<std::string, std::string>& substitutions,
                                  const DefinitionUse& use);

/// A template is judged as far as it can be: ${placeholders} may stand for anything, even outside the quotes of JSON.
Faults check_template_text(const std::filesystem::path& file, std::string text, asl::Format format,
                           const DefinitionUse& use);

}  // namespace stepd::daemon
