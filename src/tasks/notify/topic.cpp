#include "tasks/notify/topic.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace stepd::tasks {

Result<std::string> Secret::read() const {
  if (!environment.empty()) {
    const char* value = std::getenv(environment.c_str());
    if (value == nullptr) return AslError{"Notify.Failed", "the environment variable " + environment + " is not set"};
    return std::string(value);
  }
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return AslError{"Notify.Failed", file.string() + " cannot be read or is empty"};
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string destination_of(const Topic& topic, const Subscriber& subscriber) {
  return "topic/" + topic.name + "/" + subscriber.name;
}

std::chrono::milliseconds pause_after(const Persistence& persistence, unsigned attempts, std::string_view seed) {
  constexpr unsigned kDoublingsMax = 30;
  const auto doublings = std::min(attempts > 0 ? attempts - 1 : 0, kDoublingsMax);
  const auto pause = std::min(persistence.first_pause * (std::int64_t{1} << doublings), persistence.longest_pause);
  const auto share = static_cast<std::int64_t>((std::hash<std::string_view>{}(seed) + attempts) % 21);
  return pause - pause * share / 100;
}

}  // namespace stepd::tasks
