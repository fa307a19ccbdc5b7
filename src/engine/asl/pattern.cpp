#include "engine/asl/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

namespace stepd::asl {
namespace {

constexpr std::size_t kPatternBytes = 1'024;
constexpr std::uint32_t kMatchSteps = 100'000;

/// Where the pattern ends: at a slash without backslash before it.
std::size_t closing_slash(std::string_view text) {
  std::size_t at = 1;
  while (at < text.size() && text[at] != '/') at += text[at] == '\\' ? 2 : 1;
  return at;
}

std::optional<std::uint32_t> option(char flag) {
  switch (flag) {
    case 'i':
      return PCRE2_CASELESS;
    case 'm':
      return PCRE2_MULTILINE;
    case 's':
      return PCRE2_DOTALL;
    case 'x':
      return PCRE2_EXTENDED;
    case 'd':
    case 'u':
      return 0;
    default:
      return std::nullopt;
  }
}

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 128> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* thing) const { free(thing); }
};
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data, pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context, pcre2_match_context_free>>;

}  // namespace

void Pattern::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }

Result<Pattern> Pattern::take(std::string_view& text) {
  const auto end = closing_slash(text);
  if (!text.starts_with('/') || end >= text.size()) return AslError{"", "a pattern stands between slashes"};
  const auto pattern = text.substr(1, end - 1);
  if (pattern.size() > kPatternBytes) return AslError{"", "a pattern has at most 1024 bytes"};
  text.remove_prefix(end + 1);
  // What the pattern matches must be all of the text, as with Java's Matcher.matches().
  std::uint32_t options = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0) {
    const auto bit = option(text[0]);
    if (!bit) return AslError{"", std::string("pattern flag '") + text[0] + "' is not known"};
    options |= *bit;
    text.remove_prefix(1);
  }
  int error = 0;
  PCRE2_SIZE offset = 0;
  auto* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error, &offset, nullptr);
  if (code == nullptr) return AslError{"", "pattern: " + message_of(error) + " at character " + std::to_string(offset)};
  return Pattern(code);
}

bool Pattern::matches(std::string_view subject, PathBudget& budget) const {
  const MatchData data(pcre2_match_data_create(1, nullptr));
  const MatchContext context(pcre2_match_context_create(nullptr));
  const auto steps = static_cast<std::uint32_t>(std::min<std::size_t>(budget.left(), kMatchSteps));
  pcre2_set_match_limit(context.get(), steps);
  pcre2_set_depth_limit(context.get(), 1'000);
  const int found = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(), 0, 0,
                                data.get(), context.get());
  // How many steps a match took is not told: a short one is charged by the text's length, a hopeless one in full.
  budget.spend(found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_DEPTHLIMIT ? budget.left()
                                                                                  : 16 + subject.size());
  return found >= 0;
}

}  // namespace stepd::asl
