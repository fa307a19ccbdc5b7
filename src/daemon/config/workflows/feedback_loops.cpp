#include "daemon/config/workflows/feedback_loops.h"

#include "base/json_pointer.h"
#include "base/payload.h"
#include "engine/run/arn.h"
#include "services/object_writes.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace stepd::daemon {
namespace {

using services::ObjectWrite;
using services::Reach;

constexpr std::size_t kHintsMax = 20;
constexpr std::array<std::uint64_t, 3> kSizes{1, 100'000, 10'000'000};

/// A rule or a notification.
struct Trigger {
  std::string label;  ///< `rule 'new'`
  std::string pointer;
  const triggers::EventRule* rule = nullptr;
  const triggers::Notification* notification = nullptr;
  std::vector<std::string> hints;  ///< texts of the rule's pattern for keys
  std::string state_machine;       ///< name; empty: `function`
  std::string function;
};

/// Everything that a trigger may lead to without a further event.
struct Effects {
  std::vector<ObjectWrite> writes;
  std::vector<std::string> state_machines;
};

/// Texts that stand anywhere beneath a field `key` of a pattern.
void collect_hints(const Json& value, bool of_key, std::vector<std::string>& hints) {
  if (hints.size() >= kHintsMax) return;
  if (value.is_string() && of_key) {
    auto text = value.get<std::string>();
    std::replace(text.begin(), text.end(), '*', 'x');
    hints.push_back(std::move(text));
  } else if (value.is_array()) {
    for (const auto& each : value) collect_hints(each, of_key, hints);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.items()) collect_hints(member, of_key || name == "key", hints);
  }
}

class LoopFinder {
 public:
  LoopFinder(Mapping& root, const EventGraph& graph) : root_(root), graph_(graph) {
    for (const auto& rule : graph.rules) add_rule(rule);
    for (const auto& each : graph.notifications) {
      Trigger trigger{"notification '" + each.id + "'", child_pointer("/notifications", each.id)};
      trigger.notification = &each;
      trigger.state_machine = name_of(each.state_machine_arn);
      trigger.function = each.function;
      triggers_.push_back(std::move(trigger));
    }
    for (const auto& trigger : triggers_) effects_.push_back(effects_of(trigger));
  }

  void report() {
    for (std::size_t first = 0; first < triggers_.size(); ++first) {
      if (const auto found = find_loop(first)) warn(triggers_[first], *found);
    }
  }

 private:
  struct Loop {
    ObjectWrite write;
    std::string bucket;
    std::vector<std::size_t> through;  ///< triggers between the first and the write
  };

  static std::string name_of(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

  void add_rule(const triggers::EventRule& rule) {
    if (!rule.topic.empty()) return;
    Trigger trigger{"rule '" + rule.name + "'", child_pointer("/rules", rule.name)};
    trigger.rule = &rule;
    trigger.state_machine = name_of(rule.state_machine_arn);
    trigger.function = rule.function;
    const Json* rules = root_.take("rules");
    if (rules != nullptr && rules->is_object() && rules->contains(rule.name)) {
      const Json& written = (*rules)[rule.name];
      if (written.is_object() && written.contains("pattern")) collect_hints(written["pattern"], false, trigger.hints);
    }
    triggers_.push_back(std::move(trigger));
  }

  // ---- what a trigger leads to ----

  Reach reach_of_machine(const std::string& name) const {
    for (const auto& machine : graph_.state_machines) {
      if (machine.name != name) continue;
      const auto definition = parse_json(machine.definition);
      return definition ? services::reach_of_definition(*definition) : Reach();
    }
    return {};
  }

  Reach reach_of_function(const std::string& name) const {
    for (const auto& function : graph_.functions) {
      if (function.name == name) return services::reach_of_function(function);
    }
    return {};
  }

  Effects effects_of(const Trigger& trigger) const {
    Effects effects;
    std::set<std::pair<bool, std::string>> seen;  // is it a function; its name
    std::deque<std::pair<bool, std::string>> left;
    const auto add = [&](bool function, const std::string& name) {
      if (!name.empty() && seen.emplace(function, name).second) left.emplace_back(function, name);
    };
    add(!trigger.function.empty(), trigger.function.empty() ? trigger.state_machine : trigger.function);
    while (!left.empty()) {
      const auto [function, name] = left.front();
      left.pop_front();
      auto reach = function ? reach_of_function(name) : reach_of_machine(name);
      for (const auto& each : reach.functions) add(true, each);
      for (const auto& each : reach.state_machines) add(false, each);
      for (auto& write : reach.writes) {
        if (!function) write.where += " of state machine '" + name + "'";
        effects.writes.push_back(std::move(write));
      }
      if (!function) effects.state_machines.push_back(name);
    }
    return effects;
  }

  // ---- who hears it ----

  bool hears_object(const Trigger& trigger, const std::string& bucket, const services::KeyShape& key) const {
    if (trigger.notification != nullptr) {
      return trigger.notification->bucket == bucket &&
             key.may_have(trigger.notification->prefix, trigger.notification->suffix);
    }
    const auto candidates = candidates_of(key, trigger.hints);
    return std::any_of(candidates.begin(), candidates.end(), [&](const std::string& candidate) {
      return std::any_of(kSizes.begin(), kSizes.end(), [&](std::uint64_t size) {
        triggers::ObjectCreated object;
        object.bucket = bucket;
        object.key = candidate;
        object.size_bytes = size;
        return trigger.rule->pattern.matches(triggers::eventbridge_event(object, graph_.origin));
      });
    });
  }

  /// Keys of that shape which the pattern, whose texts are given, is likely to match if it matches any.
  static std::vector<std::string> candidates_of(const services::KeyShape& key, std::vector<std::string> hints) {
    if (key.whole) return {key.head};
    hints.push_back("");
    std::vector<std::string> candidates;
    const auto add = [&](std::string candidate) {
      if (key.may_be(candidate)) candidates.push_back(std::move(candidate));
    };
    for (const auto& begin : hints) {
      add(begin);
      for (const auto& end : hints) {
        add(begin + "x" + end);
        add(begin + "x" + key.tail);
        add(key.head + "x" + end);
        if (begin.starts_with(key.head)) add(begin + "x" + key.tail);
      }
    }
    add(key.head + "x" + key.tail);
    return candidates;
  }

  bool hears_end(const Trigger& trigger, const std::string& machine) const {
    if (trigger.rule == nullptr || !trigger.rule->hears_executions) return false;
    const auto arn = run::state_machine_arn(graph_.origin.region, graph_.origin.account, machine);
    for (const char* status : {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}) {
      const Json event{{"source", "aws.states"},
                       {"detail-type", "Step Functions Execution Status Change"},
                       {"account", graph_.origin.account},
                       {"region", graph_.origin.region},
                       {"detail", Json{{"stateMachineArn", arn}, {"status", status}}}};
      if (trigger.rule->pattern.matches(event)) return true;
    }
    return false;
  }

  std::vector<std::string> buckets_of(const ObjectWrite& write, const Trigger& first) const {
    std::vector<std::string> found;
    for (const auto& bucket : graph_.buckets) {
      if (!bucket.watch) continue;
      const bool same = write.into_source ? hears_object(first, bucket.name, {}) : write.bucket == bucket.name;
      if (same) found.push_back(bucket.name);
    }
    return found;
  }

  /// The shortest way from a trigger of objects back to itself.
  std::optional<Loop> find_loop(std::size_t first) const {
    std::deque<std::vector<std::size_t>> left{{first}};
    std::set<std::size_t> seen{first};
    while (!left.empty()) {
      const auto way = left.front();
      left.pop_front();
      const auto& effects = effects_[way.back()];
      for (std::size_t next = 0; next < triggers_.size(); ++next) {
        const auto go_on = [&] {
          if (!seen.insert(next).second) return;
          auto longer = way;
          longer.push_back(next);
          left.push_back(std::move(longer));
        };
        for (const auto& write : effects.writes) {
          for (const auto& bucket : buckets_of(write, triggers_[way.back()])) {
            if (!hears_object(triggers_[next], bucket, write.key)) continue;
            if (next == first) return Loop{write, bucket, {way.begin() + 1, way.end()}};
            go_on();
          }
        }
        for (const auto& machine : effects.state_machines) {
          if (hears_end(triggers_[next], machine)) go_on();
        }
      }
    }
    return std::nullopt;
  }

  void warn(const Trigger& trigger, const Loop& loop) {
    std::string text = trigger.label + " may feed itself: what it ";
    text += trigger.function.empty() ? "starts, state machine '" + trigger.state_machine + "',"
                                     : "calls, function '" + trigger.function + "',";
    for (const auto at : loop.through) text += " leads to " + triggers_[at].label + ", which";
    text += " may write into bucket '" + loop.bucket + "' (" + loop.write.where + "), whose new objects it is for";
    asl::Diagnostic warning{asl::Severity::Warning, "FEEDBACK_LOOP", std::move(text), trigger.pointer};
    warning.hint = "write to another bucket, or under keys that it does not hear; limits.event_depth ends a loop";
    root_.reading().faults.push_back(std::move(warning));
  }

  Mapping& root_;
  const EventGraph& graph_;
  std::vector<Trigger> triggers_;
  std::vector<Effects> effects_;
};

}  // namespace

void check_feedback_loops(Mapping& root, const EventGraph& graph) { LoopFinder(root, graph).report(); }

}  // namespace stepd::daemon
