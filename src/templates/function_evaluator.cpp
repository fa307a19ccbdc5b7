#include "templates/function_evaluator.h"

#include "templates/template.h"
#include "templates/template_limits.h"

#include <algorithm>

namespace stepd::templates {
namespace {

constexpr int kDepthMax = 2 * limits::kDepth;

struct Within {
  explicit Within(int& depth) : depth_(depth) { ++depth_; }
  ~Within() { --depth_; }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  int& depth_;
};

}  // namespace

Evaluator::Evaluator(const Node& mappings, const Node& conditions, References& references, Problems& problems,
                     Allowance& allowance)
    : mappings_(mappings),
      conditions_(conditions),
      references_(references),
      problems_(problems),
      allowance_(allowance) {}

const std::vector<Evaluator::Named>& Evaluator::functions() {
  static const std::vector<Named> kFunctions{
      {"Ref", &Evaluator::ref},
      {"Fn::GetAtt", &Evaluator::get_att},
      {"Fn::Sub", &Evaluator::sub},
      {"Fn::Join", &Evaluator::join},
      {"Fn::Select", &Evaluator::select},
      {"Fn::Split", &Evaluator::split},
      {"Fn::If", &Evaluator::choose},
      {"Fn::FindInMap", &Evaluator::find_in_map},
      {"Fn::Base64", &Evaluator::base64},
      {"Fn::ImportValue", &Evaluator::import_value},
      {"Fn::Cidr", &Evaluator::cidr},
      {"Fn::GetAZs", &Evaluator::zones},
      {"Fn::Length", &Evaluator::length},
      {"Fn::ToJsonString", &Evaluator::to_json_string},
      {"Fn::Transform", &Evaluator::transform},
      {"Fn::Equals", &Evaluator::equals},
      {"Fn::And", &Evaluator::all_of},
      {"Fn::Or", &Evaluator::any_of},
      {"Fn::Not", &Evaluator::none_of},
  };
  return kFunctions;
}

bool Evaluator::enter(Place at) {
  if (allowance_.spent) return false;
  if (allowance_.depth < kDepthMax) return true;
  allowance_.spent = true;
  problems_.error(at, "functions and references lead to each other more than " + std::to_string(kDepthMax) + " deep");
  return false;
}

Node Evaluator::charged(Node made, Place at) {
  allowance_.weight += weight_of(made);
  if (allowance_.weight <= limits::kEvaluated || allowance_.spent) return made;
  allowance_.spent = true;
  return fail(at, "the functions of the template make more than " + std::to_string(limits::kEvaluated >> 20) + " MiB");
}

Node Evaluator::fail(Place at, const std::string& why) {
  problems_.error(at, why);
  return Node::absent(at);
}

Node Evaluator::resolve(const Node& node) {
  if (!enter(node.at)) return Node::absent(node.at);
  const Within within(allowance_.depth);
  if (node.is_map()) return resolve_map(node);
  if (!node.is_list()) return node;
  Node list = Node::list(node.at);
  for (const auto& item : node.items) {
    Node value = resolve(item);
    if (!value.is_absent()) list.items.push_back(std::move(value));
  }
  return list;
}

Node Evaluator::resolve_map(const Node& node) {
  if (const auto function = function_of(node); !function.empty()) {
    return apply(function, node.members.front().value, node.at);
  }
  Node map = Node::map(node.at);
  for (const auto& member : node.members) {
    if (member.name == "Fn::Transform") {
      // AWS::Include stands among the members that it adds to.
      for (auto& added : transform(member.value, member.at).members) map.set(added.name, std::move(added.value));
      continue;
    }
    Node value = resolve(member.value);
    if (!value.is_absent()) map.members.push_back({member.name, std::move(value), member.at, member.comment});
  }
  return map;
}

Node Evaluator::apply(std::string_view function, const Node& argument, Place at) {
  const auto& known = functions();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Named& each) { return each.name == function; });
  if (found != known.end()) return charged((this->*found->function)(argument, at), at);
  std::vector<std::string_view> names;
  for (const auto& each : known) names.push_back(each.name);
  return fail(at, "unknown function " + std::string(function) + suggestion(function, names));
}

std::optional<std::string> Evaluator::text(const Node& node, const std::string& what) {
  const auto before = problems_.has_errors();
  const Node value = resolve(node);
  if (value.is_scalar()) return value.text;
  if (value.is_absent() && (problems_.has_errors() || before)) return std::nullopt;  // told already
  problems_.error(node.at, what + ": expected a text, got " + to_json(value).substr(0, 60));
  return std::nullopt;
}

std::optional<std::vector<Node>> Evaluator::list(const Node& node, const std::string& what) {
  Node value = resolve(node);
  if (value.is_list()) return std::move(value.items);
  if (!value.is_absent()) problems_.error(node.at, what + ": expected a list, got " + to_json(value).substr(0, 60));
  return std::nullopt;
}

const std::vector<Node>* Evaluator::parts(const Node& argument, std::size_t least, std::size_t most,
                                          std::string_view function, Place at) {
  if (argument.is_list() && argument.items.size() >= least && argument.items.size() <= most) return &argument.items;
  const auto wanted = least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  problems_.error(at, std::string(function) + ": expected a list of " + wanted + " values");
  return nullptr;
}

// ---- conditions -----------------------------------------------------------------------------------------------------

bool Evaluator::condition(const std::string& name, Place at) {
  if (const auto known = known_conditions_.find(name); known != known_conditions_.end()) return known->second;
  const Node* expression = conditions_.find(name);
  if (expression == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& member : conditions_.members) names.push_back(member.name);
    problems_.error(at, "there is no condition '" + name + "'" + suggestion(name, names));
    return false;
  }
  if (std::find(open_conditions_.begin(), open_conditions_.end(), name) != open_conditions_.end()) {
    std::string chain;
    for (const auto& each : open_conditions_) chain += each + " -> ";
    problems_.error(at, "conditions that need each other: " + chain + name);
    return false;
  }
  open_conditions_.push_back(name);
  const bool value = condition_value(*expression);
  open_conditions_.pop_back();
  known_conditions_[name] = value;
  return value;
}

bool Evaluator::condition_value(const Node& node) {
  if (!enter(node.at)) return false;
  const Within within(allowance_.depth);
  if (node.is_map() && node.members.size() == 1 && node.members.front().name == "Condition") {
    const Node& name = node.members.front().value;
    if (name.is_text()) return condition(name.text, node.at);
  }
  const Node value = resolve(node);
  if (value.is_scalar() && (value.text == "true" || value.text == "false")) return value.text == "true";
  if (!value.is_absent()) fail(node.at, "expected a condition: Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition");
  return false;
}

Node Evaluator::equals(const Node& argument, Place at) {
  const auto* two = parts(argument, 2, 2, "Fn::Equals", at);
  if (two == nullptr) return Node::absent(at);
  const Node left = resolve((*two)[0]);
  const Node right = resolve((*two)[1]);
  const bool same = left.is_scalar() && right.is_scalar() ? left.text == right.text : to_json(left) == to_json(right);
  return Node::of(same, at);
}

Node Evaluator::all_of(const Node& argument, Place at) {
  const auto* some = parts(argument, 2, 10, "Fn::And", at);
  if (some == nullptr) return Node::absent(at);
  return Node::of(std::all_of(some->begin(), some->end(), [&](const Node& each) { return condition_value(each); }), at);
}

Node Evaluator::any_of(const Node& argument, Place at) {
  const auto* some = parts(argument, 2, 10, "Fn::Or", at);
  if (some == nullptr) return Node::absent(at);
  return Node::of(std::any_of(some->begin(), some->end(), [&](const Node& each) { return condition_value(each); }), at);
}

Node Evaluator::none_of(const Node& argument, Place at) {
  const auto* one = parts(argument, 1, 1, "Fn::Not", at);
  return one == nullptr ? Node::absent(at) : Node::of(!condition_value(one->front()), at);
}

Node Evaluator::choose(const Node& argument, Place at) {
  const auto* three = parts(argument, 3, 3, "Fn::If", at);
  if (three == nullptr) return Node::absent(at);
  const auto& name = (*three)[0];
  if (!name.is_text()) return fail(at, "Fn::If: expected the name of a condition first");
  return resolve(condition(name.text, at) ? (*three)[1] : (*three)[2]);
}

}  // namespace stepd::templates
