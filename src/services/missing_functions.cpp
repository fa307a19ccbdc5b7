#include "services/missing_functions.h"

#include "base/payload.h"

#include <spdlog/spdlog.h>
#include <chrono>
#include <nlohmann/json.hpp>

namespace stepd::services {
namespace {

constexpr std::chrono::minutes kQuiet{1};
constexpr std::size_t kNamesMax = 100;

}  // namespace

void MissingFunctions::report(const std::string& function) {
  const auto now = clock_.now();
  {
    const MutexLock lock(mutex_);
    // A clock that was set back begins anew.
    std::erase_if(reported_, [&](const auto& each) { return now < each.second || now - each.second >= kQuiet; });
    if (reported_.size() >= kNamesMax || !reported_.emplace(function, now).second) return;
  }
  spdlog::error("the function {} is called, and nothing serves it; {}", print_json(Json(function)),
                nearest_name(function, inventory_.functions));
}

}  // namespace stepd::services
