#include "templates/template_node.h"

#include "base/value/escape.h"

#include <algorithm>
#include <utility>

namespace stepd::templates {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  const auto before = out.size();
  out.resize(before + printed_bytes(text));
  write_quoted(out.data() + before, text, false);
}

void append_json(std::string& out, const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null:
    case Node::Kind::Absent:
      out += "null";
      return;
    case Node::Kind::Bool:
    case Node::Kind::Number:
      out += node.text;
      return;
    case Node::Kind::Text:
      append_quoted(out, node.text);
      return;
    case Node::Kind::List:
      out += '[';
      for (const auto& item : node.items) {
        if (&item != &node.items.front()) out += ',';
        append_json(out, item);
      }
      out += ']';
      return;
    case Node::Kind::Map:
      out += '{';
      for (const auto& member : node.members) {
        if (&member != &node.members.front()) out += ',';
        append_quoted(out, member.name);
        out += ':';
        append_json(out, member.value);
      }
      out += '}';
      return;
  }
}

Node scalar(Node::Kind kind, std::string text, Place at) {
  Node node;
  node.kind = kind;
  node.text = std::move(text);
  node.at = at;
  return node;
}

}  // namespace

Node Node::of(std::string text, Place at) { return scalar(Kind::Text, std::move(text), at); }
Node Node::of(const char* text, Place at) { return scalar(Kind::Text, text, at); }
Node Node::of(bool value, Place at) { return scalar(Kind::Bool, value ? "true" : "false", at); }
Node Node::number(std::string digits, Place at) { return scalar(Kind::Number, std::move(digits), at); }
Node Node::list(Place at) { return scalar(Kind::List, "", at); }
Node Node::map(Place at) { return scalar(Kind::Map, "", at); }
Node Node::absent(Place at) { return scalar(Kind::Absent, "", at); }

Node Node::list(std::vector<Node> items, Place at) {
  Node node = scalar(Kind::List, "", at);
  node.items = std::move(items);
  return node;
}

const Node* Node::find(std::string_view name) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const Member& each) { return each.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view name) { return const_cast<Node*>(std::as_const(*this).find(name)); }

std::optional<std::string> Node::text_of(std::string_view name) const {
  const Node* found = find(name);
  return found != nullptr && found->is_scalar() ? std::optional(found->text) : std::nullopt;
}

Node& Node::set(std::string name, Node value) {
  if (Node* found = find(name)) return *found = std::move(value);
  const Place place = value.at;
  members.push_back({std::move(name), std::move(value), place, ""});
  return members.back().value;
}

void Node::erase(std::string_view name) {
  std::erase_if(members, [&](const Member& each) { return each.name == name; });
}

std::string_view function_of(const Node& node) {
  if (!node.is_map() || node.members.size() != 1) return {};
  const std::string_view name = node.members.front().name;
  return name == "Ref" || name.starts_with("Fn::") ? name : std::string_view();
}

Node call(std::string function, Node argument) {
  Node node = Node::map(argument.at);
  node.set(std::move(function), std::move(argument));
  return node;
}

std::string to_json(const Node& node) {
  std::string out;
  append_json(out, node);
  return out;
}

Node sorted(const Node& node) {
  Node copy = node;
  for (auto& item : copy.items) item = sorted(item);
  for (auto& member : copy.members) member.value = sorted(member.value);
  std::stable_sort(copy.members.begin(), copy.members.end(),
                   [](const Member& a, const Member& b) { return a.name < b.name; });
  return copy;
}

std::size_t weight_of(const Node& node) {
  constexpr std::size_t kOfNode = 16;  // what a node costs beside its text
  std::size_t weight = kOfNode + node.text.size();
  for (const auto& item : node.items) weight += weight_of(item);
  for (const auto& member : node.members) weight += member.name.size() + weight_of(member.value);
  return weight;
}

}  // namespace stepd::templates
