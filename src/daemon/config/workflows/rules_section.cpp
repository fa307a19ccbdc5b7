#include "daemon/config/workflows/rules_section.h"

#include "base/payload.h"
#include "triggers/execution_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

using triggers::EventRule;

void read_input_path(Mapping& mapping, EventRule& rule) {
  const auto text = mapping.optional_text("input_path");
  if (!text) return;
  auto path = asl::Path::parse(*text);
  if (!path) return mapping.fault("input_path", path.error().cause);
  if (path->root_kind() != asl::Path::Root::Input) {
    return mapping.fault("input_path", "a path looks into the event: it begins with a single $");
  }
  rule.input = *std::move(path);
}

void read_transformer(Mapping& mapping, EventRule& rule) {
  if (!mapping.has("input_transformer")) {
    mapping.take("input_transformer");
    return;
  }
  if (mapping.has("input_path")) mapping.fault("input_transformer", "there is 'input_path' as well");
  mapping.section("input_transformer", [&](Mapping& transformer) {
    static const Json kNone = Json::object();
    const Json* paths = transformer.object("paths", false);
    const auto text = transformer.text("template");
    if (text.empty()) return;
    rule.input =
        triggers::Transformer::compile(paths == nullptr ? kNone : *paths, text, transformer.pointer_to("paths"),
                                       transformer.pointer_to("template"), transformer.reading().faults);
  });
}

void read_topic(Mapping& mapping, EventRule& rule, const std::vector<ConfiguredTopic>& topics) {
  rule.topic = mapping.text("topic");
  for (const auto* other : {"state_machine", "function"}) {
    if (mapping.take(other) != nullptr) mapping.fault("topic", "there is '" + std::string(other) + "' as well");
  }
  std::vector<std::string> known;
  for (const auto& each : topics) known.push_back(each.topic.name);
  if (!rule.topic.empty() && std::find(known.begin(), known.end(), rule.topic) == known.end()) {
    mapping.fault("topic", "there is no topic '" + rule.topic + "'" + suggestion(rule.topic, known));
  }
  const Json* pattern = mapping.take("pattern");
  if (pattern == nullptr || !pattern->is_object()) return;
  const auto source = pattern->find("source");
  if (source == pattern->end() || *source != Json::array({"aws.states"})) {
    mapping.fault("topic", "a topic is told of executions alone: the pattern needs source: [aws.states]");
  }
}

}  // namespace

std::vector<EventRule> read_rules(Mapping& root, const triggers::Origin& origin,
                                  const std::vector<StateMachine>& machines, const std::vector<ConfiguredTopic>& topics,
                                  const services::Inventory& inventory) {
  std::vector<EventRule> rules;
  root.each("rules", [&](const std::string& name, Mapping& mapping) {
    EventRule rule;
    rule.name = name;
    if (const Json* pattern = mapping.object("pattern", true)) {
      rule.hears_executions = triggers::hears_executions(*pattern);
      rule.pattern_text = print_json(*pattern);
      rule.pattern = triggers::Pattern::compile(*pattern, mapping.pointer_to("pattern"), mapping.reading().faults);
    }
    read_input_path(mapping, rule);
    read_transformer(mapping, rule);
    if (mapping.has("topic")) {
      read_topic(mapping, rule, topics);
    } else {
      mapping.take("topic");
      auto target = read_event_target(mapping, origin, machines, inventory);
      rule.state_machine_arn = std::move(target.state_machine_arn);
      rule.function = std::move(target.function);
    }
    rules.push_back(std::move(rule));
  });
  return rules;
}

}  // namespace stepd::daemon
