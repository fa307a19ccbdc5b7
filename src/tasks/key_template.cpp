#include "tasks/key_template.h"

#include "base/nearest_word.h"

#include <algorithm>

namespace stepd::tasks {
namespace {

using Part = std::string (*)(const KeyParts&);

std::string_view file_of(std::string_view key) { return key.substr(key.rfind('/') + 1); }

/// Where the extension's dot stands in a file name; its length if there is none.
std::size_t dot_of(std::string_view file) {
  const auto dot = file.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? file.size() : dot;
}

std::string dir(const KeyParts& parts) { return std::string(parts.key.substr(0, parts.key.rfind('/') + 1)); }
std::string ext(const KeyParts& parts) { return std::string(parts.ext); }
std::string file(const KeyParts& parts) { return std::string(file_of(parts.key)); }
std::string format(const KeyParts& parts) { return std::string(parts.format); }
std::string height(const KeyParts& parts) { return std::to_string(parts.height); }
std::string key(const KeyParts& parts) { return std::string(parts.key); }
std::string name(const KeyParts& parts) {
  const auto whole = file_of(parts.key);
  return std::string(whole.substr(0, dot_of(whole)));
}
std::string source_ext(const KeyParts& parts) {
  const auto whole = file_of(parts.key);
  const auto dot = dot_of(whole);
  return dot == whole.size() ? std::string() : std::string(whole.substr(dot + 1));
}
std::string width(const KeyParts& parts) { return std::to_string(parts.width); }

constexpr std::array<std::pair<std::string_view, Part>, 9> kParts{{
    {"dir", dir},
    {"ext", ext},
    {"file", file},
    {"format", format},
    {"height", height},
    {"key", key},
    {"name", name},
    {"sourceExt", source_ext},
    {"width", width},
}};

const Part* find_part(std::string_view wanted) {
  const auto* found =
      std::find_if(kParts.begin(), kParts.end(), [&](const auto& part) { return part.first == wanted; });
  return found == kParts.end() ? nullptr : &found->second;
}

AslError unknown_part(const std::string& wanted) {
  std::vector<std::string_view> known;
  std::string listed;
  for (const auto& part : kParts) {
    known.push_back(part.first);
    listed += (listed.empty() ? "{" : ", {") + std::string(part.first) + "}";
  }
  const std::string near(nearest_word(wanted, known));
  return {"",
          "{" + wanted + "} is unknown, " + (near.empty() ? "known are " + listed : "did you mean {" + near + "}?")};
}

}  // namespace

Result<KeyTemplate::Piece> KeyTemplate::read_part(std::string_view inside) {
  Piece piece{true, std::string(inside.substr(0, inside.find_first_of(":/"))), "", "", ""};
  if (find_part(piece.text) == nullptr) return unknown_part(piece.text);
  const auto rest = inside.substr(piece.text.size());
  if (rest.empty()) return piece;
  if (rest.starts_with(":-")) {
    piece.if_empty = rest.substr(2);
    return piece;
  }
  const auto second = rest.find('/', 1);
  if (rest.front() != '/' || second == std::string_view::npos || second == 1) {
    return AslError{"", "{" + std::string(inside) + "}: expected {part}, {part:-if empty} or {part/what/by what}"};
  }
  piece.replaced = rest.substr(1, second - 1);
  piece.by = rest.substr(second + 1);
  return piece;
}

Result<KeyTemplate> KeyTemplate::parse(std::string_view pattern) {
  KeyTemplate parsed;
  std::string literal;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c != '{' && c != '}') {
      literal += c;
      continue;
    }
    if (i + 1 < pattern.size() && pattern[i + 1] == c) {
      literal += c;
      ++i;
      continue;
    }
    const auto end = c == '{' ? pattern.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return AslError{"", std::string("a lone ") + c + " at character " + std::to_string(i + 1) +
                              "; a brace that is meant is written twice"};
    }
    STEPD_TRY(Piece piece, read_part(pattern.substr(i + 1, end - i - 1)));
    if (!literal.empty()) parsed.pieces_.push_back({false, std::move(literal), "", "", ""});
    literal.clear();
    parsed.pieces_.push_back(std::move(piece));
    i = end;
  }
  if (!literal.empty()) parsed.pieces_.push_back({false, std::move(literal), "", "", ""});
  return parsed;
}

std::string KeyTemplate::fill(const KeyParts& parts) const {
  std::string filled;
  for (const auto& piece : pieces_) {
    std::string text = piece.is_part ? (*find_part(piece.text))(parts) : piece.text;
    const auto at = piece.replaced.empty() ? std::string::npos : text.find(piece.replaced);
    if (at != std::string::npos) text.replace(at, piece.replaced.size(), piece.by);
    filled += text.empty() ? piece.if_empty : text;
  }
  return filled;
}

}  // namespace stepd::tasks
