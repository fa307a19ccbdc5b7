#include "functions/sessions.h"

#include "base/encoding.h"

#include <sys/random.h>

#include <array>

namespace stepd::functions {

std::string Sessions::open() {
  std::array<char, 24> bytes{};
  [[maybe_unused]] const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
  auto token = "stepd-session-" + to_hex({bytes.data(), bytes.size()});
  const MutexLock lock(mutex_);
  lineages_.emplace(token, Lineage());
  return token;
}

void Sessions::note(const std::string& token, const Lineage& lineage) {
  const MutexLock lock(mutex_);
  const auto found = lineages_.find(token);
  if (found != lineages_.end()) found->second = lineage;
}

void Sessions::close(const std::string& token) {
  const MutexLock lock(mutex_);
  lineages_.erase(token);
}

std::optional<Lineage> Sessions::lineage_of(std::string_view token) const {
  const MutexLock lock(mutex_);
  const auto found = lineages_.find(token);
  if (found == lineages_.end()) return std::nullopt;
  return found->second;
}

}  // namespace stepd::functions
