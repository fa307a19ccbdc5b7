#include "daemon/config/config_search.h"

#include <algorithm>

namespace stepd::daemon {

std::vector<std::filesystem::path> config_places() {
  std::vector<std::filesystem::path> places{"config/stepd.yaml", "/etc/stepd/stepd.yaml"};
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) places.push_back(program.parent_path().parent_path() / "share/stepd/config/stepd.yaml");
  return places;
}

std::optional<std::filesystem::path> find_config() {
  const auto places = config_places();
  const auto found = std::find_if(places.begin(), places.end(), [](const std::filesystem::path& place) {
    std::error_code error;
    return std::filesystem::exists(place, error);
  });
  return found == places.end() ? std::nullopt : std::optional(*found);
}

}  // namespace stepd::daemon
