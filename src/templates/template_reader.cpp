#include "templates/template_reader.h"

#include "base/value/escape.h"
#include "base/value/parse.h"
#include "templates/template_limits.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace stepd::templates {
namespace {

/// Leaves yaml-cpp's parser, which has no other way out.
struct Stop : std::runtime_error {
  Stop(Place where, const std::string& why) : std::runtime_error(why), at(where) {}
  Place at;
};

Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

/// JSON's grammar: what YAML calls a number and JSON does not (`012`, `1_000`) stays a text.
bool is_number(std::string_view text) {
  const auto digits = [&] {
    const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const auto whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

Node plain_scalar(const std::string& text, Place at) {
  static const std::set<std::string_view> kTrue{"true", "True", "TRUE"};
  static const std::set<std::string_view> kFalse{"false", "False", "FALSE"};
  if (kTrue.contains(text)) return Node::of(true, at);
  if (kFalse.contains(text)) return Node::of(false, at);
  return is_number(text) ? Node::number(text, at) : Node::of(text, at);
}

/// `!Sub` -> `Fn::Sub`. None for YAML's own tags.
std::optional<std::string> function_of_tag(const std::string& tag) {
  if (tag.size() < 2 || tag.front() != '!' || tag[1] == '!') return std::nullopt;
  const auto name = tag.substr(1);
  return name == "Ref" || name == "Condition" ? name : "Fn::" + name;
}

Node wrapped(const std::string& tag, Node node) {
  const auto function = function_of_tag(tag);
  if (!function) return node;
  const Place at = node.at;
  if (*function == "Fn::GetAtt" && node.is_scalar()) {
    const auto dot = std::min(node.text.find('.'), node.text.size());
    std::vector<Node> parts{Node::of(node.text.substr(0, dot), at)};
    if (dot < node.text.size()) parts.push_back(Node::of(node.text.substr(dot + 1), at));
    node = Node::list(std::move(parts), at);
  }
  return call(*function, std::move(node));
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems& problems) : problems_(problems) {}

  Node take_root() { return root_ ? *std::move(root_) : Node(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Stop(place_of(mark), "the template has ended, and more follows");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.at = place_of(mark);
    complete(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) throw Stop(place_of(mark), "an alias of what it stands in");
    charge(found->second.nodes - 1, place_of(mark));
    Node copy = found->second.node;
    place(std::move(copy), found->second.nodes);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Place at = place_of(mark);
    if (!is_utf8(value)) throw Stop(at, "the text is not UTF-8");
    // "?": plain and without a tag; a value behind a tag of CloudFormation is a text.
    complete(wrapped(tag, tag == "?" ? plain_scalar(value, at) : Node::of(value, at)), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::list(place_of(mark)), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::map(place_of(mark)), tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    std::string tag;
    YAML::anchor_t anchor = 0;
    std::size_t nodes = 1;
    std::optional<Member> key;  ///< of a map: whose value comes next
    std::map<std::string, std::size_t, std::less<>> names;
    std::vector<Node> merged;
  };
  struct Anchored {
    Node node;
    std::size_t nodes = 0;
  };

  void charge(std::size_t nodes, Place at) {
    nodes_ += nodes;
    if (nodes_ <= limits::kNodes) return;
    throw Stop(at, "the template has more than " + std::to_string(limits::kNodes) + " values, aliases counted");
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() >= static_cast<std::size_t>(limits::kDepth)) {
      throw Stop(node.at, "nested more than " + std::to_string(limits::kDepth) + " levels deep");
    }
    charge(1, node.at);
    Open opened;
    opened.node = std::move(node);
    opened.tag = tag;
    opened.anchor = anchor;
    open_.push_back(std::move(opened));
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    for (auto& base : closed.merged) merge(closed, std::move(base));
    place(anchored(wrapped(closed.tag, std::move(closed.node)), closed.anchor, closed.nodes), closed.nodes);
  }

  void complete(Node node, YAML::anchor_t anchor) {
    charge(1, node.at);
    place(anchored(std::move(node), anchor, 1), 1);
  }

  Node anchored(Node node, YAML::anchor_t anchor, std::size_t nodes) {
    if (anchor != 0) anchored_[anchor] = {node, nodes};
    return node;
  }

  void place(Node node, std::size_t nodes) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& top = open_.back();
    top.nodes += nodes;
    if (top.node.is_list()) {
      top.node.items.push_back(std::move(node));
    } else if (!top.key) {
      if (!node.is_scalar()) throw Stop(node.at, "a key must be a text");
      const Place at = node.at;
      top.key = Member{std::move(node.text), {}, at, ""};
    } else {
      add_member(top, std::move(node));
    }
  }

  void add_member(Open& top, Node node) {
    Member member = *std::move(top.key);
    top.key.reset();
    if (member.name == "<<") {
      if (node.is_list()) {
        for (auto& each : node.items) top.merged.push_back(std::move(each));
      } else {
        top.merged.push_back(std::move(node));
      }
      return;
    }
    if (top.names.size() >= limits::kMembers) {
      throw Stop(member.at, "a mapping has more than " + std::to_string(limits::kMembers) + " members");
    }
    const auto [at, fresh] = top.names.try_emplace(member.name, top.node.members.size());
    if (!fresh) {
      problems_.warning(member.at, "the key '" + member.name + "' stands twice; the last one counts");
      top.node.members[at->second].value = std::move(node);
      return;
    }
    member.value = std::move(node);
    top.node.members.push_back(std::move(member));
  }

  static void merge(Open& into, Node base) {
    if (!base.is_map()) throw Stop(base.at, "'<<' takes an alias of a map, or a list of such");
    for (auto& member : base.members) {
      if (!into.names.try_emplace(member.name, into.node.members.size()).second) continue;
      into.node.members.push_back(std::move(member));
    }
  }

  Problems& problems_;
  std::optional<Node> root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchored_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

Node from_value(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return {};
    case Kind::Bool:
      return Node::of(value.boolean());
    case Kind::Integer:
    case Kind::Decimal:
      return Node::number(value.number_text());
    case Kind::String:
      return Node::of(std::string(value.string()));
    case Kind::Array: {
      Node list = Node::list();
      for (const auto& item : value.items()) list.items.push_back(from_value(item));
      return list;
    }
    case Kind::Object: {
      Node map = Node::map();
      for (const auto& [key, member] : value.members())
        map.members.push_back({std::string(key), from_value(member), {}, ""});
      return map;
    }
  }
  return {};
}

/// Escapes of JSON that YAML's reader refuses: a pair of surrogates becomes the character that it stands for.
std::string without_surrogates(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    unsigned high = 0;
    unsigned low = 0;
    const std::string escape(text.substr(i, 12));
    int length = 0;
    const bool pair = std::sscanf(escape.c_str(), "\\u%4x\\u%4x%n", &high, &low, &length) == 2 && length == 12 &&
                      high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000;
    if (!pair) {
      out += text.substr(i, 2);
      ++i;
      continue;
    }
    const unsigned point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    for (const unsigned byte :
         {0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F), 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)}) {
      out += static_cast<char>(byte);
    }
    i += 11;
  }
  return out;
}

bool is_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

std::optional<Node> read_tree(std::string_view text, Problems& problems) {
  if (text.size() > limits::kTemplateBytes) {
    problems.error({1, 1}, "the template has " + std::to_string(text.size()) + " bytes; the limit is " +
                               std::to_string(limits::kTemplateBytes));
    return std::nullopt;
  }
  // JSON is read as the YAML that it is, which gives its places.
  std::istringstream in(is_json(text) ? without_surrogates(text) : std::string(text));
  TreeBuilder builder(problems);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const Stop& stop) {
    problems.error(stop.at, stop.what());
  } catch (const YAML::Exception& error) {
    problems.error({error.mark.line + 1, error.mark.column + 1}, error.msg);
  }
  return std::nullopt;
}

Result<Node> read_json_tree(std::string_view text) {
  Budget budget;
  budget.bytes = limits::kTemplateBytes;
  budget.depth = static_cast<std::uint32_t>(limits::kDepth);
  budget.nodes = limits::kNodes;
  STEPD_TRY(const Value value, parse(text, budget));
  return from_value(value);
}

}  // namespace stepd::templates
