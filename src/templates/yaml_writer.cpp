#include "templates/yaml_writer.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

constexpr std::size_t kWidth = 120;

/// `10s`, `128 MiB`: no number of any base.
bool is_measure(const std::string& text) {
  const auto unit = text.find_first_not_of("0123456789");
  return unit != std::string::npos && unit > 0 && (text[unit] == ' ' || text[unit] == 's' || text[unit] == 'm');
}

bool is_safe_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '$' || c == '_' || c == '.';
}

/// Whether a plain scalar of YAML is read as this very text, in a block and on one line with others.
bool is_plain_scalar(const std::string& text) {
  static constexpr std::array<std::string_view, 9> kWords{"true", "false", "null", "yes", "no",
                                                          "on",   "off",   ".inf", ".nan"};
  if (text.empty() || (!is_safe_start(text.front()) && !is_measure(text)) || text.back() == ':' || text.back() == ' ')
    return false;
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (std::find(kWords.begin(), kWords.end(), lower) != kWords.end()) return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c != 0x7F && std::string_view("{}[],\"'`\\").find(c) == std::string_view::npos;
  });
}

std::string written_scalar(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Bool:
    case Node::Kind::Number:
      return node.text;
    case Node::Kind::Text:
      break;
    default:
      return "null";
  }
  const auto& text = node.text;
  if (is_plain_scalar(text)) return text;
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return (c >= ' ' || c < 0) && c != 0x7F; });
  if (!printable || text.find('"') == std::string::npos || text.find('\'') != std::string::npos) return to_json(node);
  return "'" + text + "'";
}

std::string key(const std::string& name) { return written_scalar(Node::of(name)); }

bool has_comment(const Node& node) {
  return std::any_of(node.members.begin(), node.members.end(),
                     [](const Member& each) { return !each.comment.empty(); });
}

/// On one line; empty if that does not fit into `room`.
std::string flow(const Node& node, std::size_t room) {
  if (!node.is_list() && !node.is_map()) {
    auto text = written_scalar(node);
    return text.size() <= room ? text : "";
  }
  if (has_comment(node)) return "";
  std::string out = node.is_list() ? "[" : "{";
  const auto append = [&](const std::string& name, const Node& value) {
    const auto text = flow(value, room);
    if (text.empty()) return false;
    out += (out.size() == 1 ? (node.is_map() ? " " : "") : ", ") + name + text;
    return out.size() <= room;
  };
  for (const auto& item : node.items) {
    if (!append("", item)) return "";
  }
  for (const auto& member : node.members) {
    if (!append(key(member.name) + ": ", member.value)) return "";
  }
  out += node.is_list() ? "]" : (node.members.empty() ? "}" : " }");
  return out.size() <= room ? out : "";
}

/// A text of several lines as a block, where nothing of it would be lost.
bool is_block(const Node& node) {
  if (!node.is_text() || node.text.find('\n') == std::string::npos) return false;
  const auto& text = node.text;
  if (text.front() == ' ' || text.front() == '\n' || text.front() == '\t' || text.ends_with("\n\n")) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' || c < 0 || c == '\n'; });
}

class Writer {
 public:
  std::string take() && { return std::move(out_); }

  void write_members(const Node& map, std::size_t indent) {
    for (const auto& member : map.members) {
      if (!member.comment.empty()) out_ += as_comment(member.comment, indent);
      out_ += std::string(indent, ' ') + key(member.name) + ":";
      write_value(member.value, indent);
    }
  }

 private:
  /// Behind `key:` or `-`.
  void write_value(const Node& value, std::size_t indent) {
    if (value.is_map() && value.members.empty()) {
      out_ += indent_ends_with_dash() ? " {}\n" : "\n";
      return;
    }
    if (is_block(value)) return write_block(value.text, indent + 2);
    const bool scalar_value = !value.is_map() && !value.is_list();
    const auto line_start = out_.rfind('\n') + 1;
    const auto used = out_.size() - line_start;
    auto text = flow(value, kWidth > used + 1 ? kWidth - used - 1 : 0);
    if (text.empty() && scalar_value) text = written_scalar(value);
    const bool nests =
        value.is_map() && std::any_of(value.members.begin(), value.members.end(), [](const Member& each) {
          return !each.value.members.empty() && each.value.is_map();
        });
    if (!text.empty() && (scalar_value || !nests)) {
      out_ += " " + text + "\n";
      return;
    }
    out_ += "\n";
    if (value.is_map()) return write_members(value, indent + 2);
    for (const auto& item : value.items) {
      out_ += std::string(indent + 2, ' ') + "-";
      write_value(item, indent + 2);
    }
  }

  bool indent_ends_with_dash() const { return out_.ends_with('-'); }

  void write_block(const std::string& text, std::size_t indent) {
    out_ += text.ends_with('\n') ? " |\n" : " |-\n";
    for (std::size_t from = 0; from < text.size();) {
      const auto end = std::min(text.find('\n', from), text.size());
      if (end > from) out_ += std::string(indent, ' ') + text.substr(from, end - from);
      out_ += "\n";
      from = end + 1;
    }
  }

  std::string out_;
};

}  // namespace

std::string to_yaml(const Node& node) {
  Writer writer;
  writer.write_members(node, 0);
  return std::move(writer).take();
}

std::string as_comment(const std::string& text, std::size_t indent) {
  const std::string begin = std::string(indent, ' ') + "#";
  std::string out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    std::string line = text.substr(from, end - from);
    while (line.size() + begin.size() + 1 > kWidth) {
      const auto space = line.rfind(' ', kWidth - begin.size() - 1);
      if (space == std::string::npos || space == 0) break;
      out += begin + " " + line.substr(0, space) + "\n";
      line = "  " + line.substr(space + 1);
      if (line.find(' ', 2) == std::string::npos) break;
    }
    for (auto& c : line) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    out += line.empty() ? begin + "\n" : begin + " " + line + "\n";
    from = end + 1;
  }
  return out;
}

}  // namespace stepd::templates
