// The configuration's `labels`: the network or function that image.labels asks. It opens none of its files.
#pragma once

#include "daemon/config/mapping.h"
#include "services/service_options.h"
#include "tasks/labels/label_model.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

/// Neither if the section is absent, else one of them.
struct Labels {
  std::optional<tasks::labels::LabelOptions> network;
  std::string function;  ///< empty: none
};

/// `others`: whether functions that `functions` does not name are served elsewhere.
Labels read_labels(Mapping& root, const std::vector<services::Function>& functions, bool others);

}  // namespace stepd::daemon
