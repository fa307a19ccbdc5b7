#include "engine/asl/jsonata/regex.h"

#include "base/value/escape.h"
#include "engine/asl/jsonata/failure.h"
#include "engine/asl/jsonata/item.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace stepd::jsonata {

namespace {

// The first attempt of a match may backtrack little and costs little; one that needs more is charged for much.
constexpr std::uint32_t kFewBacktracks = 5'000;
constexpr std::uint32_t kManyBacktracks = 2'000'000;
constexpr std::uint64_t kStepsOfMany = 1'000'000;
constexpr std::uint32_t kHeapKilobytes = 20'000;

/// JavaScript's white space, for a character class.
constexpr std::string_view kSpaces =
    "\\t\\n\\x0B\\f\\r \\xA0\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";
constexpr std::string_view kLineEnds = "\\n\\r\\x{2028}\\x{2029}";

[[noreturn]] void fail_pattern(std::string_view reason) {
  std::string json;
  append_quoted(reason, json);
  throw Failure("S0303").with_value(std::move(json));
}

class Translator {
 public:
  explicit Translator(std::string_view pattern) : pattern_(pattern) {}

  std::string run() {
    while (at_ < pattern_.size()) step();
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0'; }

  void step() {
    const char c = pattern_[at_];
    if (c == '\\') return escape();
    ++at_;
    if (in_class_) {
      if (c == ']') in_class_ = false;
      if (c == '[') out_ += '\\';  // JavaScript has no [:names:]
      out_ += c;
    } else if (c == '[') {
      in_class_ = true;
      out_ += c;
      if (peek(0) == '^') {
        out_ += '^';
        ++at_;
      }
    } else if (c == '.') {
      out_.append("[^").append(kLineEnds).append("]");
    } else if (c == '(') {
      check_group();
      out_ += c;
    } else {
      out_ += c;
      if ((c == '*' || c == '+' || c == '?' || c == '}') && peek(0) == '+') fail_pattern("Nothing to repeat");
    }
  }

  /// Only the groups that JavaScript has: PCRE2's others call, recurse or change options.
  void check_group() {
    if (peek(0) == '*') fail_pattern("Nothing to repeat");
    if (peek(0) != '?') return;
    const char kind = peek(1);
    const bool known = kind == ':' || kind == '=' || kind == '!' || (kind == '<' && peek(2) != '\0');
    if (!known) fail_pattern("Invalid group");
  }

  void escape() {
    const char c = peek(1);
    if (c == '\0' && at_ + 1 >= pattern_.size()) fail_pattern("\\ at end of pattern");
    at_ += 2;
    switch (c) {
      case 's':
        in_class_ ? out_.append(kSpaces) : out_.append("[").append(kSpaces).append("]");
        return;
      case 'S':
        in_class_ ? out_.append("\\S") : out_.append("[^").append(kSpaces).append("]");
        return;
      case 'v':
        out_ += "\\x0B";
        return;
      case 'b':
        out_ += in_class_ ? "\\x08" : "\\b";
        return;
      case 'u':
      case 'x':
        return code(c == 'u' ? 4 : 2, c);
      case 'c':
        out_ += "\\c";
        return;
      case '0':
        out_ += "\\x00";
        return;
      default:
        break;
    }
    constexpr std::string_view kSame = "BdDwWnrtfk123456789";
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (kSame.find(c) != std::string_view::npos || (!letter && static_cast<unsigned char>(c) < 0x80)) out_ += '\\';
    out_ += c;  // any other letter stands for itself
  }

  void code(std::size_t digits, char letter) {
    std::string hex;
    while (hex.size() < digits && std::isxdigit(static_cast<unsigned char>(peek(hex.size()))) != 0)
      hex += peek(hex.size());
    if (hex.size() < digits) {
      out_ += letter;
      return;
    }
    at_ += digits;
    unsigned value = static_cast<unsigned>(std::stoul(hex, nullptr, 16));
    // A pair of surrogates is one character for PCRE2.
    if (value >= 0xD800 && value <= 0xDBFF && peek(0) == '\\' && peek(1) == 'u') {
      const std::string low(pattern_.substr(at_ + 2, 4));
      if (low.size() == 4 && low.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
        const unsigned second = static_cast<unsigned>(std::stoul(low, nullptr, 16));
        if (second >= 0xDC00 && second <= 0xDFFF) {
          value = 0x10000 + ((value - 0xD800) << 10) + (second - 0xDC00);
          at_ += 6;
        }
      }
    }
    if (value >= 0xD800 && value <= 0xDFFF) {
      out_ += in_class_ ? "" : "(?!)";  // no text that PCRE2 sees has lone surrogates
      return;
    }
    std::array<char, 16> text;
    std::snprintf(text.data(), text.size(), "\\x{%X}", value);
    out_ += text.data();
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool in_class_ = false;
  std::string out_;
};

}  // namespace

std::string translate_pattern(std::string_view pattern) { return Translator(pattern).run(); }

void Regex::Free::operator()(pcre2_real_code_8* code) const { pcre2_code_free_8(code); }

Regex::Regex(std::string_view pattern, bool ignore_case, bool multiline) : pattern_(pattern) {
  const std::string translated = translate_pattern(pattern);
  std::uint32_t options =
      PCRE2_UTF | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
  if (ignore_case) options |= PCRE2_CASELESS;
  if (multiline) options |= PCRE2_MULTILINE;
  struct FreeCompile {
    void operator()(pcre2_compile_context_8* context) const { pcre2_compile_context_free_8(context); }
  };
  const std::unique_ptr<pcre2_compile_context_8, FreeCompile> context(pcre2_compile_context_create_8(nullptr));
  if (context == nullptr) throw std::bad_alloc();
  pcre2_set_newline_8(context.get(), PCRE2_NEWLINE_ANYCRLF);
  pcre2_set_parens_nest_limit_8(context.get(), 200);
  int error = 0;
  PCRE2_SIZE offset = 0;
  code_.reset(pcre2_compile_8(reinterpret_cast<PCRE2_SPTR8>(translated.data()), translated.size(), options, &error,
                              &offset, context.get()));
  if (code_ != nullptr) return;
  std::array<PCRE2_UCHAR8, 256> text{};
  pcre2_get_error_message_8(error, text.data(), text.size());
  fail_pattern(reinterpret_cast<const char*>(text.data()));
}

Regex::Workspace::Workspace(const Regex& regex)
    : data_(pcre2_match_data_create_from_pattern_8(regex.code_.get(), nullptr)),
      context_(pcre2_match_context_create_8(nullptr)) {
  if (data_ != nullptr && context_ != nullptr) {
    pcre2_set_heap_limit_8(context_, kHeapKilobytes);
    return;
  }
  pcre2_match_data_free_8(data_);
  pcre2_match_context_free_8(context_);
  throw std::bad_alloc();
}

Regex::Workspace::~Workspace() {
  pcre2_match_data_free_8(data_);
  pcre2_match_context_free_8(context_);
}

std::optional<Regex::Match> Regex::find(std::string_view text, std::size_t from, Meter& meter) const {
  Workspace workspace(*this);
  return find(text, from, meter, workspace);
}

std::optional<Regex::Match> Regex::find(std::string_view text, std::size_t from, Meter& meter,
                                        Workspace& workspace) const {
  // PCRE2 sees only UTF-8, so that it need not check what it sees; `from` is the beginning of a character.
  if (from > text.size() || has_surrogates(text)) return std::nullopt;
  const auto attempt = [&](std::uint32_t backtracks) {
    pcre2_set_match_limit_8(workspace.context_, backtracks);
    return pcre2_match_8(code_.get(), reinterpret_cast<PCRE2_SPTR8>(text.data()), text.size(), from, PCRE2_NO_UTF_CHECK,
                         workspace.data_, workspace.context_);
  };
  meter.step(10 + text.size() / 64);
  int found = attempt(kFewBacktracks);
  if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_HEAPLIMIT) {
    meter.step(kStepsOfMany);
    found = attempt(kManyBacktracks);
  }
  if (found == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (found == PCRE2_ERROR_NOMEMORY) throw std::bad_alloc();
  if (found < 0) {
    if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_HEAPLIMIT || found == PCRE2_ERROR_DEPTHLIMIT) {
      Failure failure("");
      failure.bound = Bound::Steps;
      failure.message = "Expression evaluation timeout: Check for infinite loop";
      failure.hint = "the regular expression backtracks too often";
      throw failure;
    }
    return std::nullopt;
  }
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer_8(workspace.data_);
  Match match;
  match.whole = {offsets[0], offsets[1]};
  const std::uint32_t groups = pcre2_get_ovector_count_8(workspace.data_);
  for (std::uint32_t i = 1; i < groups; ++i) {
    if (static_cast<int>(i) < found && offsets[2 * i] != PCRE2_UNSET) {
      match.groups.push_back(Range{offsets[2 * i], offsets[2 * i + 1]});
    } else {
      match.groups.push_back(std::nullopt);
    }
  }
  return match;
}

}  // namespace stepd::jsonata
