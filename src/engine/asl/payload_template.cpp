#include "engine/asl/payload_template.h"

#include "base/json_pointer.h"
#include "base/value/builder.h"
#include "base/value/json_border.h"
#include "engine/asl/errors.h"
#include "engine/asl/expression.h"
#include "engine/asl/hash_map_order.h"
#include "engine/asl/query.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <variant>

namespace stepd::asl {

struct PayloadTemplate::Node {
  using Shared = std::shared_ptr<const Node>;
  struct Object {
    std::vector<std::pair<Key, Shared>> members;
  };
  struct Array {
    std::vector<Shared> items;
  };
  std::variant<Value, Expression, Query, Object, Array> value;
};

namespace {

using Node = PayloadTemplate::Node;

class Compiler {
 public:
  Compiler(Diagnostics& diagnostics, DynamicOrder order) : diagnostics_(diagnostics), order_(order) {}

  Node::Shared compile(const Json& value, const std::string& pointer) {
    if (value.is_object()) return object(value, pointer);
    if (value.is_array()) return array(value, pointer);
    return constant(value);
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
      object.members.emplace_back(Key(name), std::move(node));
    };
    for (const auto& [key, member] : value.items()) {
      if (!key.ends_with(".$")) add(key, compile(member, child_pointer(pointer, key)));
    }
    std::vector<std::string> dynamic_names;
    for (const auto& [key, member] : value.items()) {
      if (key.ends_with(".$")) dynamic_names.push_back(key.substr(0, key.size() - 2));
    }
    if (order_ == DynamicOrder::HashMap) order_as_hash_map(dynamic_names);
    for (const auto& name : dynamic_names) add(name, dynamic(name + ".$", value[name + ".$"], pointer));
    if (is_constant(object)) return constant(value);
    return std::make_shared<Node>(Node{std::move(object)});
  }

  Node::Shared array(const Json& value, const std::string& pointer) {
    Node::Array array;
    for (std::size_t i = 0; i < value.size(); ++i)
      array.items.push_back(compile(value[i], child_pointer(pointer, std::to_string(i))));
    const bool constant_items = std::all_of(array.items.begin(), array.items.end(), [](const auto& item) {
      return std::holds_alternative<Value>(item->value);
    });
    if (constant_items) return constant(value);
    return std::make_shared<Node>(Node{std::move(array)});
  }

  Node::Shared dynamic(const std::string& key, const Json& member, const std::string& pointer) {
    if (member.is_string()) {
      auto expression = Expression::parse(member.get_ref<const std::string&>(), key);
      if (expression) return std::make_shared<Node>(Node{*std::move(expression)});
    }
    fault(child_pointer(pointer, key),
          "The value for the field '" + key + "' must be a valid JSONPath or a valid intrinsic function call");
    return constant(Json());
  }

  static Node::Shared constant(const Json& value) { return std::make_shared<Node>(Node{from_json(value)}); }

  static bool is_constant(const Node::Object& object) {
    return std::all_of(object.members.begin(), object.members.end(),
                       [](const auto& member) { return std::holds_alternative<Value>(member.second->value); });
  }

  void fault(const std::string& pointer, std::string message) {
    // AWS names the object around the field.
    diagnostics_.push_back({Severity::Error, codes::kSchema, std::move(message), pointer, Located::Parent});
  }

  Diagnostics& diagnostics_;
  DynamicOrder order_;
};

class QueryCompiler {
 public:
  explicit QueryCompiler(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Node::Shared compile(const Json& value, const QueryPlace& place) {
    if (value.is_string() && Query::is_meant(value.get_ref<const std::string&>())) {
      auto query = Query::compile(value.get_ref<const std::string&>(), place, diagnostics_);
      if (query) return make(*std::move(query));
    } else if (value.is_object()) {
      Node::Object object;
      bool constant = true;
      for (const auto& [key, member] : value.items())
        constant =
            is_constant(object.members.emplace_back(Key(key), compile(member, place.member(key))).second) && constant;
      if (!constant) return make(std::move(object));
    } else if (value.is_array()) {
      Node::Array array;
      bool constant = true;
      for (std::size_t i = 0; i < value.size(); ++i)
        constant = is_constant(array.items.emplace_back(compile(value[i], place.item(i)))) && constant;
      if (!constant) return make(std::move(array));
    }
    return make(from_json(value));
  }

 private:
  template <class Alternative>
  static Node::Shared make(Alternative value) {
    return std::make_shared<Node>(Node{std::move(value)});
  }
  static bool is_constant(const Node::Shared& node) { return std::holds_alternative<Value>(node->value); }

  Diagnostics& diagnostics_;
};

/// Adds what the node evaluates to. The recursion is bounded by the depth of the template.
Evaluated<void> evaluate_node(const Node& node, const Scope& scope, Builder& out) {
  if (const auto* constant = std::get_if<Value>(&node.value)) {
    out.add(*constant);
  } else if (const auto* expression = std::get_if<Expression>(&node.value)) {
    STEPD_TRY(auto value, expression->evaluate(scope, PastEnd::IsNull));
    out.add(std::move(value));
  } else if (const auto* query = std::get_if<Query>(&node.value)) {
    STEPD_TRY(auto value, query->evaluate(scope));
    out.add(std::move(value));
  } else if (const auto* object = std::get_if<Node::Object>(&node.value)) {
    out.begin_object();
    for (const auto& [name, member] : object->members) {
      out.key(name);
      STEPD_CHECK(evaluate_node(*member, scope, out));
    }
    out.end();
  } else {
    out.begin_array();
    for (const auto& item : std::get<Node::Array>(node.value).items) STEPD_CHECK(evaluate_node(*item, scope, out));
    out.end();
  }
  if (out.limit() != Limit::None) return errors::of_limit(out.limit());
  return {};
}

void collect_variables(const Node& node, std::set<std::string>& names) {
  if (const auto* expression = std::get_if<Expression>(&node.value)) {
    expression->for_each_path([&](const Path& path) {
      if (path.root_kind() == Path::Root::Variable) names.insert(path.variable());
    });
  } else if (const auto* query = std::get_if<Query>(&node.value)) {
    names.insert(query->variables().begin(), query->variables().end());
  } else if (const auto* object = std::get_if<Node::Object>(&node.value)) {
    for (const auto& [name, member] : object->members) collect_variables(*member, names);
  } else if (const auto* array = std::get_if<Node::Array>(&node.value)) {
    for (const auto& item : array->items) collect_variables(*item, names);
  }
}

}  // namespace

PayloadTemplate PayloadTemplate::compile(const Json& value, const std::string& pointer, Diagnostics& diagnostics,
                                         DynamicOrder order) {
  PayloadTemplate compiled;
  compiled.root_ = Compiler(diagnostics, order).compile(value, pointer);
  return compiled;
}

PayloadTemplate PayloadTemplate::compile_jsonata(const Json& value, const QueryPlace& place, Diagnostics& diagnostics) {
  PayloadTemplate compiled;
  compiled.root_ = QueryCompiler(diagnostics).compile(value, place);
  return compiled;
}

const Query* PayloadTemplate::query() const { return std::get_if<Query>(&root_->value); }

Evaluated<Value> PayloadTemplate::evaluate(const Scope& scope) const {
  Builder out(scope.budget());
  STEPD_CHECK(evaluate_node(*root_, scope, out));
  return std::move(out).finish();
}

std::vector<std::string> PayloadTemplate::variables() const {
  std::set<std::string> names;
  collect_variables(*root_, names);
  return {names.begin(), names.end()};
}

}  // namespace stepd::asl
