#include "triggers/event_pattern.h"

#include "base/condition.h"
#include "base/json_pointer.h"
#include "base/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace stepd::triggers {

/// All fields and, where there are any, one of the alternatives (`$or`).
struct Pattern::Node {
  using Shared = std::shared_ptr<const Node>;
  struct Field {
    std::string name;
    Shared object;                      ///< a nested pattern, or
    std::vector<Condition> conditions;  ///< any of these
  };
  std::vector<Field> fields;
  std::vector<Shared> alternatives;
};

namespace {

using Node = Pattern::Node;

class Compiler {
 public:
  explicit Compiler(asl::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Node::Shared object(const Json& value, const std::string& pointer) {
    auto node = std::make_shared<Node>();
    if (!value.is_object() || value.empty()) {
      fault(pointer, "a pattern is a mapping with at least one field");
      return node;
    }
    for (const auto& [name, member] : value.items()) {
      const std::string place = child_pointer(pointer, name);
      if (name == "$or") {
        alternatives(member, place, *node);
      } else {
        node->fields.push_back(field(name, member, place));
      }
    }
    return node;
  }

 private:
  void alternatives(const Json& value, const std::string& pointer, Node& node) {
    if (!value.is_array() || value.size() < 2) return fault(pointer, "$or takes a list of two or more patterns");
    for (std::size_t i = 0; i < value.size(); ++i) {
      node.alternatives.push_back(object(value[i], child_pointer(pointer, std::to_string(i))));
    }
  }

  Node::Field field(const std::string& name, const Json& value, const std::string& pointer) {
    Node::Field field{name, nullptr, {}};
    if (value.is_object()) {
      field.object = object(value, pointer);
    } else if (value.is_array() && !value.empty()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        auto condition = compile_condition(value[i]);
        if (condition) {
          field.conditions.push_back(*std::move(condition));
        } else {
          fault(child_pointer(pointer, std::to_string(i)), condition.error().cause);
        }
      }
    } else {
      fault(pointer, "the values to match stand in a list: [" + print_json(value) + "]");
    }
    return field;
  }

  void fault(const std::string& pointer, std::string message) {
    diagnostics_.push_back({asl::Severity::Error, "INVALID_EVENT_PATTERN", std::move(message), pointer});
  }

  asl::Diagnostics& diagnostics_;
};

bool node_matches(const Node& node, const Json& event);

/// `value` is null where the event has no such field.
bool field_matches(const Node::Field& field, const Json* value) {
  if (field.object != nullptr) {
    if (value != nullptr && value->is_array()) {  // EventBridge looks into each object of a list
      return std::any_of(value->begin(), value->end(),
                         [&](const Json& element) { return node_matches(*field.object, element); });
    }
    static const Json kNothing = Json::object();  // so that `exists: false` can hold beneath what is absent
    return node_matches(*field.object, value != nullptr && value->is_object() ? *value : kNothing);
  }
  return std::any_of(field.conditions.begin(), field.conditions.end(), [&](const Condition& condition) {
    if (value == nullptr) return condition(nullptr);
    if (!value->is_array()) return condition(value);
    return std::any_of(value->begin(), value->end(), [&](const Json& element) { return condition(&element); });
  });
}

bool node_matches(const Node& node, const Json& event) {
  if (!event.is_object()) return false;
  const bool fields = std::all_of(node.fields.begin(), node.fields.end(), [&](const Node::Field& field) {
    const auto found = event.find(field.name);
    return field_matches(field, found == event.end() ? nullptr : &*found);
  });
  return fields && (node.alternatives.empty() ||
                    std::any_of(node.alternatives.begin(), node.alternatives.end(),
                                [&](const Node::Shared& alternative) { return node_matches(*alternative, event); }));
}

}  // namespace

Pattern Pattern::compile(const Json& value, const std::string& pointer, asl::Diagnostics& diagnostics) {
  Pattern pattern;
  pattern.root_ = Compiler(diagnostics).object(value, pointer);
  return pattern;
}

bool Pattern::matches(const Json& event) const { return node_matches(*root_, event); }

}  // namespace stepd::triggers
