// The functions of Evaluator that are no conditions.
#include "base/encoding.h"
#include "templates/function_evaluator.h"
#include "templates/template.h"
#include "templates/template_limits.h"

#include <algorithm>
#include <charconv>

namespace stepd::templates {
namespace {

std::optional<std::size_t> index_of(const std::string& text) {
  std::size_t index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return index;
}

bool is_sub_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == ':' || c == '-';
  });
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Node Evaluator::ref(const Node& argument, Place at) {
  if (!argument.is_scalar()) return fail(at, "Ref: expected a name");
  return references_.ref(argument.text, at);
}

Node Evaluator::get_att(const Node& argument, Place at) {
  if (argument.is_text()) {
    const auto dot = argument.text.find('.');
    if (dot == std::string::npos) return fail(at, "Fn::GetAtt: expected RESOURCE.ATTRIBUTE, got " + argument.text);
    return references_.attribute(argument.text.substr(0, dot), argument.text.substr(dot + 1), at);
  }
  if (!argument.is_list() || argument.items.size() < 2 || !argument.items.front().is_text()) {
    return fail(at, "Fn::GetAtt: expected [RESOURCE, ATTRIBUTE]");
  }
  std::string attribute;
  for (std::size_t i = 1; i < argument.items.size(); ++i) {
    const auto part = text(argument.items[i], "Fn::GetAtt");
    if (!part) return Node::absent(at);
    attribute += (i == 1 ? "" : ".") + *part;
  }
  return references_.attribute(argument.items.front().text, attribute, at);
}

Node Evaluator::sub(const Node& argument, Place at) {
  std::map<std::string, std::string, std::less<>> values;
  const Node* written = &argument;
  if (argument.is_list()) {
    if (argument.items.size() != 2 || !argument.items[1].is_map()) {
      return fail(at, "Fn::Sub: expected a text, or [text, {name: value}]");
    }
    written = &argument.items[0];
    for (const auto& member : argument.items[1].members) {
      const auto value = text(member.value, "Fn::Sub: " + member.name);
      if (!value) return Node::absent(at);
      values[member.name] = *value;
    }
  }
  if (!written->is_scalar()) return fail(at, "Fn::Sub: expected a text, or [text, {name: value}]");
  const std::string& from = written->text;
  std::string out;
  for (std::size_t i = 0; i < from.size();) {
    if (from.compare(i, 2, "${") != 0) {
      out += from[i++];
      continue;
    }
    const auto end = from.find('}', i);
    if (end == std::string::npos) {
      out += from.substr(i);
      break;
    }
    const auto inner = std::string_view(from).substr(i + 2, end - i - 2);
    i = end + 1;
    if (inner.starts_with('!')) {
      out += "${" + std::string(inner.substr(1)) + "}";
      continue;
    }
    const std::string name(without_blanks(inner));
    if (!is_sub_name(name)) {
      return fail(at,
                  "Fn::Sub: '${" + std::string(inner) + "}' names nothing; a ${...} that is meant is written ${!...}");
    }
    if (const auto given = values.find(name); given != values.end()) {
      out += given->second;
    } else {
      const auto dot = name.find('.');
      const Node value = dot == std::string::npos
                             ? references_.ref(name, at)
                             : references_.attribute(name.substr(0, dot), name.substr(dot + 1), at);
      if (value.is_absent()) return value;
      if (!value.is_scalar()) return fail(at, "Fn::Sub: ${" + name + "} is a list");
      out += value.text;
    }
    if (out.size() > limits::kEvaluated) break;  // charged() says so
  }
  return Node::of(std::move(out), at);
}

Node Evaluator::join(const Node& argument, Place at) {
  const auto* two = parts(argument, 2, 2, "Fn::Join", at);
  if (two == nullptr) return Node::absent(at);
  const auto delimiter = text((*two)[0], "Fn::Join: the delimiter");
  const auto items = list((*two)[1], "Fn::Join");
  if (!delimiter || !items) return Node::absent(at);
  std::string out;
  for (const auto& item : *items) {
    if (!item.is_scalar()) return fail(at, "Fn::Join: expected texts, got " + to_json(item).substr(0, 60));
    if (&item != &items->front()) out += *delimiter;
    out += item.text;
    if (out.size() > limits::kEvaluated) break;
  }
  return Node::of(std::move(out), at);
}

Node Evaluator::select(const Node& argument, Place at) {
  const auto* two = parts(argument, 2, 2, "Fn::Select", at);
  if (two == nullptr) return Node::absent(at);
  const auto written = text((*two)[0], "Fn::Select: the index");
  auto items = list((*two)[1], "Fn::Select");
  if (!written || !items) return Node::absent(at);
  const auto index = index_of(*written);
  if (!index) return fail(at, "Fn::Select: the index '" + *written + "' is no number");
  if (*index >= items->size()) {
    return fail(at, "Fn::Select: there is no item " + *written + " in a list of " + std::to_string(items->size()));
  }
  return std::move((*items)[*index]);
}

Node Evaluator::split(const Node& argument, Place at) {
  const auto* two = parts(argument, 2, 2, "Fn::Split", at);
  if (two == nullptr) return Node::absent(at);
  const auto delimiter = text((*two)[0], "Fn::Split: the delimiter");
  const auto source = text((*two)[1], "Fn::Split");
  if (!delimiter || !source) return Node::absent(at);
  if (delimiter->empty()) return fail(at, "Fn::Split: the delimiter is empty");
  Node out = Node::list(at);
  std::size_t from = 0;
  for (std::size_t end = 0; (end = source->find(*delimiter, from)) != std::string::npos;
       from = end + delimiter->size()) {
    out.items.push_back(Node::of(source->substr(from, end - from), at));
  }
  out.items.push_back(Node::of(source->substr(from), at));
  return out;
}

Node Evaluator::find_in_map(const Node& argument, Place at) {
  const auto* keys = parts(argument, 3, 4, "Fn::FindInMap", at);
  if (keys == nullptr) return Node::absent(at);
  const Node* found = &mappings_;
  std::string path;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto key = text((*keys)[i], "Fn::FindInMap");
    if (!key) return Node::absent(at);
    const Node* within = found->find(*key);
    path += (i == 0 ? "" : ".") + *key;
    if (within != nullptr) {
      found = within;
      continue;
    }
    if (keys->size() == 4 && (*keys)[3].has("DefaultValue")) return resolve(*(*keys)[3].find("DefaultValue"));
    std::vector<std::string_view> known;
    for (const auto& member : found->members) known.push_back(member.name);
    return fail(at, "Fn::FindInMap: the template has no mapping " + path + suggestion(*key, known));
  }
  Node copy = *found;
  copy.at = at;
  return copy;
}

Node Evaluator::base64(const Node& argument, Place at) {
  const auto value = text(argument, "Fn::Base64");
  return value ? Node::of(to_base64(*value), at) : Node::absent(at);
}

Node Evaluator::import_value(const Node& argument, Place at) {
  const auto name = text(argument, "Fn::ImportValue");
  return name ? references_.imported(*name, at) : Node::absent(at);
}

/// Networks are not made, so any answer will do that has the right form.
Node Evaluator::cidr(const Node& argument, Place at) {
  const auto* some = parts(argument, 2, 3, "Fn::Cidr", at);
  if (some == nullptr) return Node::absent(at);
  const auto written = text((*some)[1], "Fn::Cidr: the count");
  const auto count = written ? index_of(*written) : std::nullopt;
  if (!count || *count == 0 || *count > 256) return fail(at, "Fn::Cidr: expected a count from 1 to 256");
  Node out = Node::list(at);
  for (std::size_t i = 0; i < *count; ++i) out.items.push_back(Node::of("10.0." + std::to_string(i) + ".0/24", at));
  return out;
}

Node Evaluator::zones(const Node& argument, Place at) {
  auto region = text(argument, "Fn::GetAZs");
  if (!region) return Node::absent(at);
  if (region->empty()) region = references_.ref("AWS::Region", at).text;
  Node out = Node::list(at);
  for (const char zone : {'a', 'b', 'c'}) out.items.push_back(Node::of(*region + zone, at));
  return out;
}

Node Evaluator::length(const Node& argument, Place at) {
  const auto items = list(argument, "Fn::Length");
  return items ? Node::number(std::to_string(items->size()), at) : Node::absent(at);
}

Node Evaluator::to_json_string(const Node& argument, Place at) {
  const Node value = resolve(argument);
  return value.is_absent() ? value : Node::of(to_json(value), at);
}

Node Evaluator::transform(const Node& argument, Place at) {
  const auto name = argument.text_of("Name").value_or("");
  const Node* parameters = argument.find("Parameters");
  const Node* location = parameters == nullptr ? nullptr : parameters->find("Location");
  if (name != "AWS::Include" || location == nullptr) {
    return fail(at, "Fn::Transform: only AWS::Include with a Location is known, got '" + name + "'");
  }
  const auto file = text(*location, "Fn::Transform: Location");
  return file ? resolve(references_.included(*file, at)) : Node::absent(at);
}

}  // namespace stepd::templates
