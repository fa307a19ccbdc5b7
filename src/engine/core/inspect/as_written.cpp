#include "engine/core/inspect/as_written.h"

#include <vector>

namespace stepd::core {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Calls `visit(index, in_string)` for each character.
template <class Visit>
void scan(std::string_view text, Visit visit) {
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    visit(i, in_string);
    if (in_string && c == '\\' && i + 1 < text.size())
      visit(++i, true);
    else if (c == '"')
      in_string = !in_string;
  }
}

bool is_same(std::string_view written, std::string_view compact) {
  std::size_t at = 0;
  bool same = true;
  scan(written, [&](std::size_t i, bool in_string) {
    if (!in_string && is_space(written[i])) return;
    same = same && at < compact.size() && compact[at] == written[i];
    ++at;
  });
  return same && at == compact.size();
}

}  // namespace

std::optional<std::string_view> find_as_written(std::string_view text, std::string_view compact) {
  struct Open {
    std::size_t at;
    std::size_t solid;  ///< characters before it that a compact text has, too
  };
  std::vector<Open> open;
  std::optional<std::string_view> found;
  std::size_t solid = 0;
  scan(text, [&](std::size_t i, bool in_string) {
    const char c = text[i];
    if (!in_string && is_space(c)) return;
    if (!in_string && (c == '[' || c == '{')) open.push_back({i, solid});
    ++solid;
    if (in_string || (c != ']' && c != '}') || open.empty()) return;
    const auto [from, before] = open.back();
    open.pop_back();
    // Arrays of the same length do not overlap, so that all comparisons together read the text once.
    const bool fits = !found && c == ']' && solid - before == compact.size();
    if (fits && is_same(text.substr(from, i + 1 - from), compact)) found = text.substr(from, i + 1 - from);
  });
  return found;
}

}  // namespace stepd::core
