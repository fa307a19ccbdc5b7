#include "daemon/config/topic.h"

namespace stepd::daemon {

std::vector<ConfiguredTopic> read_topics(Mapping& root) {
  std::vector<ConfiguredTopic> topics;
  root.each("topics", [&](const std::string& name, Mapping& mapping) {
    const auto file = mapping.reading().places.data / "topics" / (name + ".jsonl");
    topics.push_back({{name, mapping.path("file").value_or(file)}, mapping.optional_text("function")});
    if (name.find('/') != std::string::npos) mapping.fault_here("the name of a topic has no slash");
  });
  return topics;
}

}  // namespace stepd::daemon
