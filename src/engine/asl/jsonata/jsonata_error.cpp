// How an Error is shown: as one sentence, and as a caret below the expression.
#include "engine/asl/jsonata/jsonata.h"

#include <algorithm>

namespace stepd::jsonata {

std::string Error::text() const { return code.empty() ? message : code + ": " + message; }

std::string show_position(std::string_view text, std::uint32_t byte_position) {
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kAfter = 30;
  const std::size_t at = std::min<std::size_t>(byte_position, text.size());
  const auto is_inside = [&](std::size_t i) {  // a UTF-8 sequence
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::size_t end = std::min(text.find('\n', at), text.size());
  const bool cut_before = at - begin > kBefore;
  if (cut_before) begin = at - kBefore;
  const bool cut_after = end - at > kAfter;
  if (cut_after) end = at + kAfter;
  while (is_inside(begin)) ++begin;
  while (is_inside(end)) ++end;
  std::string line = cut_before ? "..." : "";
  std::string caret = cut_before ? "   " : "";
  for (std::size_t i = begin; i < end; ++i) {
    const bool control = static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7F;
    line += control ? ' ' : text[i];
    // The position is just behind the token: the caret stands under its last character.
    if (i + 1 < at && !is_inside(i)) caret += ' ';
  }
  if (at > begin && is_inside(at - 1) && !caret.empty()) caret.pop_back();
  return line + (cut_after ? "..." : "") + "\n" + caret + "^\n";
}

}  // namespace stepd::jsonata
