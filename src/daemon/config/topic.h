// The configuration's `topics`: what notify.publish writes to, and which function publishes for `sns:publish`.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/catalog.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct ConfiguredTopic {
  tasks::Topic topic;                   ///< file: `<data>/topics/<name>.jsonl` unless said otherwise
  std::optional<std::string> function;  ///< that publishes for the integration `sns:publish`
};

std::vector<ConfiguredTopic> read_topics(Mapping& root);

}  // namespace stepd::daemon
