#include "daemon/config/rule.h"

#include "engine/run/arn.h"

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

}  // namespace

std::vector<EventRule> read_rules(Mapping& root, const triggers::Origin& origin,
                                  const std::vector<StateMachine>& machines) {
  std::vector<EventRule> rules;
  root.each("rules", [&](const std::string& name, Mapping& mapping) {
    EventRule rule;
    rule.name = name;
    if (const Json* pattern = mapping.object("pattern", true)) {
      rule.pattern = triggers::Pattern::compile(*pattern, mapping.pointer_to("pattern"), mapping.reading().faults);
    }
    read_input_path(mapping, rule);
    read_transformer(mapping, rule);
    rule.state_machine_arn =
        run::state_machine_arn(origin.region, origin.account, read_target(mapping, "state_machine", machines));
    rules.push_back(std::move(rule));
  });
  return rules;
}

}  // namespace stepd::daemon
