// Log groups that keep what they are told, for tests to look at.
#pragma once

#include "base/log_groups.h"
#include "base/payload.h"

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace stepd::test {

class KeptLogs final : public LogGroups {
 public:
  void append(std::string_view group, std::string line) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(std::string(group), parse_json(line).value());
  }

  /// The messages of all groups, in order.
  std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> messages;
    for (const auto& [group, line] : lines_) messages.push_back(line["message"].get<std::string>());
    return messages;
  }

  std::vector<std::string> groups() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> groups;
    for (const auto& [group, line] : lines_) groups.push_back(group);
    return groups;
  }

  bool has(const std::string& part) const {
    const auto all = messages();
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.find(part) != std::string::npos; });
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, Json>> lines_;
};

}  // namespace stepd::test
