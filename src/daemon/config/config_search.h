// Where a configuration is looked for when none is named. It reads none.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace stepd::daemon {

/// In this order: `config/stepd.yaml` in the working directory, `/etc/stepd/stepd.yaml`, and
/// `../share/stepd/config/stepd.yaml` seen from the folder of the program.
std::vector<std::filesystem::path> config_places();

/// The first of them that exists.
std::optional<std::filesystem::path> find_config();

}  // namespace stepd::daemon
