// The configuration's `topics`: where messages are kept, who is told of them, and which function, if not notify.publish
// itself, publishes for `sns:publish`.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/notify/topic.h"
#include "triggers/object_events.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct ConfiguredTopic {
  tasks::Topic topic;                   ///< its files lie in `<data>/topics` unless said otherwise
  std::optional<std::string> function;  ///< that publishes for the integration `sns:publish`
};

std::vector<ConfiguredTopic> read_topics(Mapping& root, const triggers::Origin& origin);

}  // namespace stepd::daemon
