#include "daemon/cli/settings.h"

namespace stepd::daemon {

Result<Substitutions> read_settings(const std::vector<std::string>& pairs) {
  Substitutions values;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) return AslError{"", "--set takes NAME=VALUE, got " + pair};
    values[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return values;
}

}  // namespace stepd::daemon
