#include "tasks/image/format/sniff_markup.h"

#include <string>

namespace stepd::tasks::image {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSpace = " \t\r\n\f";

void skip_space(std::string_view& text) {
  const auto start = text.find_first_not_of(kSpace);
  text.remove_prefix(start == std::string_view::npos ? text.size() : start);
}

/// Past the next `end`, or to the end of the text.
void skip_past(std::string_view& text, std::string_view end) {
  const auto at = text.find(end);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
}

/// XML 1.0 §2.8: a document type may hold quoted text and an internal subset in brackets, with `>` in either.
void skip_doctype(std::string_view& text) {
  char quote = 0;
  int brackets = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[') {
      ++brackets;
    } else if (c == ']') {
      --brackets;
    } else if (c == '>' && brackets <= 0) {
      text.remove_prefix(i + 1);
      return;
    }
  }
  text = {};
}

/// The ASCII of UTF-16 text; other characters become `?`, which no prolog needs.
std::string from_utf16(std::string_view bytes, bool little) {
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const char low = bytes[little ? i : i + 1];
    const char high = bytes[little ? i + 1 : i];
    text += high == 0 ? low : '?';
  }
  return text;
}

bool is_svg_root(std::string_view text) {
  if (!text.starts_with('<')) return false;
  const auto name = text.substr(1, text.substr(1).find_first_of(" \t\r\n\f/>"));
  if (name.size() + 1 >= text.size()) return false;
  return name.substr(name.find(':') == std::string_view::npos ? 0 : name.find(':') + 1) == "svg";
}

bool is_svg(std::string_view text) {
  for (;;) {
    skip_space(text);
    if (text.starts_with("<?")) {
      skip_past(text, "?>");
    } else if (text.starts_with("<!--")) {
      skip_past(text, "-->");
    } else if (text.starts_with("<!DOCTYPE")) {
      skip_doctype(text);
    } else {
      return is_svg_root(text);
    }
  }
}

}  // namespace

std::string_view sniff_markup(std::string_view bytes) {
  std::string widened;
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    bytes.remove_prefix(3);
  } else if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    widened = from_utf16(bytes.substr(2), bytes[0] == '\xFF');
    bytes = widened;
  }
  skip_space(bytes);
  if (bytes.starts_with("%PDF-")) return "pdf";
  return is_svg(bytes) ? "svg"sv : ""sv;
}

}  // namespace stepd::tasks::image
