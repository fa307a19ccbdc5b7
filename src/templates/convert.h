// The conversion of templates: what they ask for, as a project.
#pragma once

#include "templates/files.h"
#include "templates/problems.h"
#include "templates/project.h"
#include "templates/request.h"

#include <string>
#include <vector>

namespace stepd::templates {

struct Converted {
  Project project;  ///< to be used only if there is no error
  std::vector<Problem> problems;
  std::vector<std::string> secrets;  ///< values of NoEcho parameters, which must not be shown

  bool is_valid() const;
};

/// Reads the templates of `request`, those they nest, and the definitions they name. Opens nothing else. Takes memory
/// and time within template_limits.h, whatever stands in the files. Thread: any.
Converted convert_templates(const Request& request, const Files& files);

/// What is shown instead of a secret.
inline constexpr const char* kMasked = "********";

/// The text without any of the secrets.
std::string masked(std::string text, const std::vector<std::string>& secrets);

}  // namespace stepd::templates
