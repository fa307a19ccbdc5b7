// The options that `stepd up` and `stepd convert` share, and what both begin with.
#pragma once

#include "daemon/template_input/template_input.h"
#include "templates/convert.h"

#include <optional>

namespace CLI {
class App;
}

namespace stepd::daemon {

void add_template_options(CLI::App& command, TemplateOptions& options);

/// Tells on stderr what is wrong or remarkable. None, and an exit code, if there is nothing to go on with.
std::optional<templates::Converted> convert_input(const TemplateOptions& options, int& exit_code);

/// The file name that people gave, for titles.
std::string title_of(const TemplateOptions& options);

}  // namespace stepd::daemon
