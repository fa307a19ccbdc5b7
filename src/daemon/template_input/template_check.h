// `stepd validate` of a SAM or CloudFormation template or a serverless.yml.
#pragma once

#include "daemon/fault.h"

#include <filesystem>
#include <string>
#include <vector>

namespace stepd::daemon {

/// Whether a file is a template rather than a definition or a configuration: by its name, or by members at its top.
bool looks_like_template(const std::filesystem::path& file, const std::string& text);

/// All that `stepd up` would say of the template before it serves it: of the template itself, or, where that is in
/// order, of the configuration and the definitions that it stands for. Nothing is written. Parameters are NAME=VALUE.
Faults check_template(const std::filesystem::path& file, const std::vector<std::string>& parameters);

}  // namespace stepd::daemon
