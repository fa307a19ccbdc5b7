// The configuration's `labels`: the network that image.labels asks. It opens neither of its files.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/labels/label_model.h"

#include <optional>

namespace stepd::daemon {

/// None if the section is absent.
std::optional<tasks::labels::LabelOptions> read_labels(Mapping& root);

}  // namespace stepd::daemon
