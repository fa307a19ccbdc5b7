#include "engine/asl/payload_template.h"

#include "engine/asl/expression.h"
#include "engine/asl/pointer.h"

#include <nlohmann/json.hpp>
#include <set>
#include <variant>

namespace stepd::asl {

struct PayloadTemplate::Node {
  using Shared = std::shared_ptr<const Node>;
  struct Object {
    std::vector<std::pair<std::string, Shared>> members;
  };
  struct Array {
    std::vector<Shared> items;
  };
  std::variant<Json, Expression, Object, Array> value;
};

namespace {

using Node = PayloadTemplate::Node;

class Compiler {
 public:
  explicit Compiler(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Node::Shared compile(const Json& value, const std::string& pointer) {
    if (value.is_object()) return object(value, pointer);
    if (value.is_array()) return array(value, pointer);
    return std::make_shared<Node>(Node{value});
  }

 private:
  Node::Shared object(const Json& value, const std::string& pointer) {
    Node::Object object;
    std::set<std::string> names;
    const auto add = [&](const std::string& name, Node::Shared node) {
      if (!names.insert(name).second) {
        fault(child_pointer(pointer, name + ".$"),
              "The payload template defines both '" + name + "' and '" + name + ".$'");
      }
      object.members.emplace_back(name, std::move(node));
    };
    for (const auto& [key, member] : value.items()) {
      if (!key.ends_with(".$")) add(key, compile(member, child_pointer(pointer, key)));
    }
    for (const auto& [key, member] : value.items()) {
      if (key.ends_with(".$")) add(key.substr(0, key.size() - 2), dynamic(key, member, pointer));
    }
    if (is_constant(object)) return std::make_shared<Node>(Node{value});
    return std::make_shared<Node>(Node{std::move(object)});
  }

  Node::Shared array(const Json& value, const std::string& pointer) {
    Node::Array array;
    for (std::size_t i = 0; i < value.size(); ++i)
      array.items.push_back(compile(value[i], child_pointer(pointer, std::to_string(i))));
    const bool constant = std::all_of(array.items.begin(), array.items.end(),
                                      [](const auto& item) { return std::holds_alternative<Json>(item->value); });
    if (constant) return std::make_shared<Node>(Node{value});
    return std::make_shared<Node>(Node{std::move(array)});
  }

  Node::Shared dynamic(const std::string& key, const Json& member, const std::string& pointer) {
    if (member.is_string()) {
      auto expression = Expression::parse(member.get_ref<const std::string&>(), key);
      if (expression) return std::make_shared<Node>(Node{*std::move(expression)});
    }
    fault(child_pointer(pointer, key),
          "The value for the field '" + key + "' must be a valid JSONPath or a valid intrinsic function call");
    return std::make_shared<Node>(Node{Json()});
  }

  static bool is_constant(const Node::Object& object) {
    return std::all_of(object.members.begin(), object.members.end(),
                       [](const auto& member) { return std::holds_alternative<Json>(member.second->value); });
  }

  void fault(const std::string& pointer, std::string message) {
    // AWS names the object around the field.
    diagnostics_.push_back({Severity::Error, codes::kSchema, std::move(message), pointer, Located::Parent});
  }

  Diagnostics& diagnostics_;
};

Result<Json> evaluate_node(const Node& node, const Scope& scope) {
  if (const auto* constant = std::get_if<Json>(&node.value)) return *constant;
  if (const auto* expression = std::get_if<Expression>(&node.value)) {
    STEPD_TRY(auto selected, expression->evaluate(scope));
    return std::move(selected).take();
  }
  if (const auto* object = std::get_if<Node::Object>(&node.value)) {
    Json out = Json::object();
    for (const auto& [name, member] : object->members) {
      STEPD_TRY(auto value, evaluate_node(*member, scope));
      out.get_ref<Json::object_t&>().emplace_back(name, std::move(value));  // names are known to differ
    }
    return out;
  }
  Json out = Json::array();
  for (const auto& item : std::get<Node::Array>(node.value).items) {
    STEPD_TRY(auto value, evaluate_node(*item, scope));
    out.push_back(std::move(value));
  }
  return out;
}

void collect_variables(const Node& node, std::set<std::string>& names) {
  if (const auto* expression = std::get_if<Expression>(&node.value)) {
    expression->for_each_path([&](const Path& path) {
      if (path.root_kind() == Path::Root::Variable) names.insert(path.variable());
    });
  } else if (const auto* object = std::get_if<Node::Object>(&node.value)) {
    for (const auto& [name, member] : object->members) collect_variables(*member, names);
  } else if (const auto* array = std::get_if<Node::Array>(&node.value)) {
    for (const auto& item : array->items) collect_variables(*item, names);
  }
}

}  // namespace

PayloadTemplate PayloadTemplate::compile(const Json& value, const std::string& pointer, Diagnostics& diagnostics) {
  PayloadTemplate compiled;
  compiled.root_ = Compiler(diagnostics).compile(value, pointer);
  return compiled;
}

Result<Json> PayloadTemplate::evaluate(const Scope& scope) const { return evaluate_node(*root_, scope); }

std::vector<std::string> PayloadTemplate::variables() const {
  std::set<std::string> names;
  collect_variables(*root_, names);
  return {names.begin(), names.end()};
}

}  // namespace stepd::asl
