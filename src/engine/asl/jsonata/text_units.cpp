#include "engine/asl/jsonata/text_units.h"

#include "engine/asl/jsonata/case_tables.h"

#include <algorithm>
#include <span>

namespace stepd::jsonata {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}
bool follows(std::string_view text, std::size_t at) { return (byte_at(text, at) & 0xC0U) == 0x80U; }

bool is_high(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool is_low(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

/// The place of a code point in the order of UTF-16: what lies beyond the basic plane comes before U+E000.
char32_t order_of(char32_t c) {
  if (c >= 0x10000) return c - 0x10000 + 0xD800;
  return c >= 0xE000 ? c + 0x100000 : c;
}

/// `c` itself if no run has it.
char32_t map_case(std::span<const CaseRun> runs, char32_t c) {
  const auto run =
      std::lower_bound(runs.begin(), runs.end(), c, [](const CaseRun& a, char32_t b) { return a.last < b; });
  if (run == runs.end() || c < run->first || (c - run->first) % run->step != 0) return c;
  return static_cast<char32_t>(static_cast<std::int64_t>(c) + run->delta);
}

bool is_cased(char32_t c) {
  const bool ascii_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return ascii_letter || (c >= 0x80 && (map_case(kUpperRuns, c) != c || map_case(kLowerRuns, c) != c));
}

constexpr char32_t kSigma = 0x3A3;
constexpr char32_t kFinalSigma = 0x3C2;
constexpr char32_t kDottedI = 0x130;

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const unsigned first = byte_at(text, at);
  if (first >= 0xF0 && follows(text, at + 1) && follows(text, at + 2) && follows(text, at + 3)) {
    const char32_t c = (first & 7U) << 18 | (byte_at(text, at + 1) & 63U) << 12 | (byte_at(text, at + 2) & 63U) << 6 |
                       (byte_at(text, at + 3) & 63U);
    at += 4;
    return c;
  }
  if (first >= 0xE0 && first < 0xF0 && follows(text, at + 1) && follows(text, at + 2)) {
    const char32_t c = (first & 15U) << 12 | (byte_at(text, at + 1) & 63U) << 6 | (byte_at(text, at + 2) & 63U);
    at += 3;
    return c;
  }
  if (first >= 0xC0 && first < 0xE0 && follows(text, at + 1)) {
    const char32_t c = (first & 31U) << 6 | (byte_at(text, at + 1) & 63U);
    at += 2;
    return c;
  }
  ++at;
  return first;
}

void append_code_point(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 63));
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  }
}

bool has_surrogates(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
    if (byte_at(text, at + 1) >= 0xA0) return true;
  }
  return false;
}

std::string replace_surrogates(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    append_code_point(out, is_high(c) || is_low(c) ? 0xFFFD : c);
  }
  return out;
}

void join_surrogates(std::string& text) {
  if (!has_surrogates(text)) return;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = next_code_point(text, at);
    if (is_high(c) && at < text.size()) {
      std::size_t after = at;
      const char32_t low = next_code_point(text, after);
      if (is_low(low)) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        at = after;
      }
    }
    append_code_point(out, c);
  }
  text = std::move(out);
}

std::size_t code_point_length(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += ((byte & 0xC0) != 0x80 ? 1 : 0) + (byte >= 0xF0 ? 1 : 0);
  }
  return units;
}

std::size_t code_point_offset(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (follows(text, at)) continue;
    if (count == 0) break;
    --count;
  }
  return at;
}

std::size_t utf16_offset(std::string_view text, std::size_t units) {
  std::size_t at = 0;
  while (at < text.size() && units > 0) {
    const char32_t c = next_code_point(text, at);
    units -= std::min<std::size_t>(units, c >= 0x10000 ? 2 : 1);
  }
  return at;
}

int compare_utf16(std::string_view a, std::string_view b) {
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (left == a.end() || right == b.end()) return left != a.end() ? 1 : right != b.end() ? -1 : 0;
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (is_ascii(*left) && is_ascii(*right)) return *left < *right ? -1 : 1;
  std::size_t at = static_cast<std::size_t>(left - a.begin());
  while (at > 0 && (follows(a, at) || follows(b, at))) --at;
  std::size_t other = at;
  const char32_t x = order_of(next_code_point(a, at));
  const char32_t y = order_of(next_code_point(b, other));
  return x < y ? -1 : x > y ? 1 : 0;
}

std::string to_upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c < 0x80) {
      out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      continue;
    }
    const auto* expansion = std::lower_bound(kUpperExpansions.begin(), kUpperExpansions.end(), c,
                                             [](const CaseExpansion& a, char32_t b) { return a.code_point < b; });
    if (expansion != kUpperExpansions.end() && expansion->code_point == c) {
      for (const char16_t part : expansion->text) append_code_point(out, part);
    } else {
      append_code_point(out, map_case(kUpperRuns, c));
    }
  }
  return out;
}

std::string to_lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  char32_t before = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (c < 0x80) {
      out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    } else if (c == kDottedI) {
      out += "i\xCC\x87";
    } else if (c == kSigma) {
      std::size_t after = at;
      const bool ends = at == text.size() || !is_cased(next_code_point(text, after));
      append_code_point(out, ends && is_cased(before) ? kFinalSigma : map_case(kLowerRuns, c));
    } else {
      append_code_point(out, map_case(kLowerRuns, c));
    }
    before = c;
  }
  return out;
}

}  // namespace stepd::jsonata
