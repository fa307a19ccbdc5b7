#include "templates/serverless_variables.h"

#include "templates/resource_types.h"
#include "templates/template_limits.h"
#include "templates/template_reader.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

constexpr int kVariableDepth = 300;  // of variables and trees within each other
constexpr std::array<std::string_view, 12> kSources{
    "self:", "opt:", "env:", "sls:", "aws:", "param:", "file(", "ssm:", "cf:", "cf(", "s3:", "strToBool("};

bool is_variable(std::string_view inner) {
  return std::any_of(kSources.begin(), kSources.end(), [&](std::string_view each) { return inner.starts_with(each); });
}

std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

/// `self:a, 'b, c'` at its commas outside quotes and parentheses.
std::vector<std::string> alternatives(std::string_view inner) {
  std::vector<std::string> parts{""};
  char quote = 0;
  int parentheses = 0;
  for (const char c : inner) {
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(' || c == ')') {
      parentheses += c == '(' ? 1 : -1;
    } else if (c == ',' && parentheses == 0) {
      parts.emplace_back();
      continue;
    }
    parts.back() += c;
  }
  for (auto& part : parts) part = trimmed(part);
  return parts;
}

std::optional<Node> literal(const std::string& term, Place at) {
  const bool quoted = term.size() >= 2 && (term.front() == '\'' || term.front() == '"') && term.back() == term.front();
  if (quoted) return Node::of(term.substr(1, term.size() - 2), at);
  if (term == "true" || term == "false") return Node::of(term == "true", at);
  if (!term.empty() && term.find_first_not_of("0123456789") == std::string::npos &&
      (term == "0" || term.front() != '0')) {
    return Node::number(term, at);
  }
  if (term == "null") return Node();
  return std::nullopt;
}

std::optional<Node> in(const std::map<std::string, std::string, std::less<>>& texts, const std::string& name,
                       Place at) {
  const auto found = texts.find(name);
  return found == texts.end() ? std::nullopt : std::optional(Node::of(found->second, at));
}

}  // namespace

bool ServerlessVariables::enter(Place at) {
  if (spent_) return false;
  if (depth_ < kVariableDepth && weight_ <= limits::kEvaluated) return true;
  spent_ = true;
  problems_.error(at, depth_ < kVariableDepth ? "the variables make too much of the file"
                                              : "variables that need each other, or too many within each other");
  return false;
}

Node ServerlessVariables::resolve(const Node& node) {
  if (!enter(node.at)) return {};
  ++depth_;
  Node copy;
  if (node.is_text()) {
    copy = resolve_text(node);
  } else {
    copy = node;
    for (auto& item : copy.items) item = resolve(item);
    for (auto& member : copy.members) member.value = resolve(member.value);
  }
  --depth_;
  weight_ += 16 + copy.text.size();
  return copy;
}

std::string ServerlessVariables::stage() {
  if (const auto given = in(sources_.request.options, "stage", {})) return given->text;
  const Node* provider = root_.find("provider");
  const Node* written = provider == nullptr ? nullptr : provider->find("stage");
  const auto stage = written == nullptr ? Node() : resolve(*written);
  return stage.is_scalar() ? stage.text : "dev";
}

std::optional<ServerlessVariables::Variable> ServerlessVariables::next(std::string_view text, std::size_t from) {
  for (auto at = text.find("${", from); at != std::string_view::npos; at = text.find("${", at + 2)) {
    if (!is_variable(text.substr(at + 2))) continue;
    int braces = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      if (text.compare(i, 2, "${") == 0) ++braces;
      if (text[i] == '}' && --braces == 0) return Variable{at, i + 1, std::string(text.substr(at + 2, i - at - 2))};
    }
    return std::nullopt;
  }
  return std::nullopt;
}

Node ServerlessVariables::resolve_text(const Node& node) {
  std::string out;
  std::size_t from = 0;
  while (const auto variable = next(node.text, from)) {
    Node value = value_of(variable->inner, node.at);
    if (variable->begin == 0 && variable->end == node.text.size()) return value;
    if (!value.is_scalar() && !value.is_null()) {
      problems_.error(node.at, "${" + variable->inner + "} is no text, and stands within one");
      value = Node();
    }
    out += node.text.substr(from, variable->begin - from) + value.text;
    from = variable->end;
    weight_ += out.size();
    if (spent_ || weight_ > limits::kEvaluated) break;
  }
  if (from == 0) return node;
  return Node::of(out + node.text.substr(from), node.at);
}

Node ServerlessVariables::value_of(const std::string& inner, Place at) {
  // Variables within the address come first.
  const Node address = resolve(Node::of(inner, at));
  if (!address.is_scalar()) return {};
  for (const auto& term : alternatives(address.text)) {
    auto value = literal(term, at);
    if (!value) value = look_up(term, at);
    if (value && !spent_) return *std::move(value);
  }
  if (!spent_) {
    problems_.error(
        at, "${" + inner + "} has no value here; `serverless package` fills in everything, then convert .serverless");
  }
  return {};
}

std::optional<Node> ServerlessVariables::look_up(const std::string& term, Place at) {
  const auto colon = std::min(term.find(':'), term.size());
  const auto source = term.substr(0, colon);
  const auto address = term.substr(std::min(colon + 1, term.size()));
  if (term.starts_with("file(")) return look_up_file(term, at);
  if (source == "self") return look_up_self(address, at);
  if (source == "opt") return in(sources_.request.options, address, at);
  if (source == "env") return in(sources_.request.process, address, at);
  if (source == "sls") return address == "stage" ? Node::of(stage(), at) : Node::of(stable_id(term, 10, {}), at);
  if (source == "aws" && address == "region") return Node::of(sources_.request.region, at);
  if (source == "aws" && address == "accountId") return Node::of(sources_.request.account, at);
  if (source == "param") {
    auto value = look_up_self("params." + stage() + "." + address, at);
    return value ? value : look_up_self("params.default." + address, at);
  }
  return std::nullopt;
}

std::optional<Node> ServerlessVariables::follow(const Node& from, const std::string& address) {
  const Node* at = &from;
  Node held;  // what a variable on the way gave
  for (std::size_t begin = 0; begin < address.size();) {
    const auto dot = std::min(address.find('.', begin), address.size());
    const auto step = address.substr(begin, dot - begin);
    if (at->is_text()) {
      held = resolve(*at);
      at = &held;
    }
    const bool index = at->is_list() && !step.empty() && step.size() < 6 &&
                       step.find_first_not_of("0123456789") == std::string::npos && std::stoul(step) < at->items.size();
    at = index ? &at->items[std::stoul(step)] : at->find(step);
    if (at == nullptr) return std::nullopt;
    begin = dot + 1;
  }
  return *at;
}

std::optional<Node> ServerlessVariables::look_up_self(const std::string& address, Place at) {
  if (address == "service" && root_.find("service") != nullptr && root_.find("service")->is_map()) {
    return look_up_self("service.name", at);
  }
  const auto found = follow(root_, address);
  if (!found || found->is_null()) return std::nullopt;
  return resolve(*found);
}

std::optional<Node> ServerlessVariables::look_up_file(const std::string& term, Place at) {
  const auto end = term.find(')');
  if (end == std::string::npos) return std::nullopt;
  const auto path = (sources_.folder / trimmed(std::string_view(term).substr(5, end - 5))).lexically_normal();
  const auto text = sources_.files.read(path);
  if (!text) return std::nullopt;
  if (path.extension() == ".js" || path.extension() == ".ts") {
    problems_.error(
        at, "${" + term + "} is a program, which is not run; `serverless package` does, then convert .serverless");
    return Node();
  }
  const auto before = problems_.file();
  problems_.enter(path.string());
  auto tree = read_tree(*text, problems_);
  problems_.enter(before);
  if (!tree) return Node();
  const auto rest = term.substr(end + 1);
  const auto found = rest.starts_with(':') ? follow(*tree, rest.substr(1)) : tree;
  return found ? std::optional(resolve(*found)) : std::nullopt;
}

}  // namespace stepd::templates
