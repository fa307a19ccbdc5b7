#include "services/integrations/dynamodb/expression_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::services::dynamodb {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '#' || c == ':';
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t word_length(std::string_view text) {
  if (is_name_character(text.front())) {
    std::size_t length = 1;
    while (length < text.size() && is_name_character(text[length])) ++length;
    return length;
  }
  return text.starts_with("<>") || text.starts_with("<=") || text.starts_with(">=") ? 2 : 1;
}

}  // namespace

ExpressionReader::ExpressionReader(std::string_view kind, std::string_view text, const Placeholders& placeholders)
    : kind_(kind), placeholders_(placeholders) {
  split(text);
}

void ExpressionReader::split(std::string_view text) {
  while (!text.empty()) {
    if (is_blank(text.front())) {
      text.remove_prefix(1);
      continue;
    }
    const auto length = word_length(text);
    words_.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

std::string_view ExpressionReader::word(std::size_t ahead) const {
  return at_ + ahead < words_.size() ? words_[at_ + ahead] : std::string_view();
}

bool ExpressionReader::is_keyword(std::string_view keyword) const {
  return word().size() == keyword.size() && ::strncasecmp(word().data(), keyword.data(), keyword.size()) == 0;
}

bool ExpressionReader::take_keyword(std::string_view keyword) {
  const bool found = is_keyword(keyword);
  if (found) ++at_;
  return found;
}

bool ExpressionReader::take(std::string_view symbol) {
  const bool found = word() == symbol;
  if (found) ++at_;
  return found;
}

Result<void> ExpressionReader::expect(std::string_view symbol) {
  if (take(symbol)) return {};
  return syntax_error();
}

bool ExpressionReader::take_call(std::string_view function) {
  if (word() != function || word(1) != "(") return false;
  at_ += 2;
  return true;
}

Result<Json> ExpressionReader::value() {
  const std::string wanted(word());
  if (!is_value()) return syntax_error();
  const auto found = placeholders_.values.is_object() ? placeholders_.values.find(wanted) : placeholders_.values.end();
  if (found == placeholders_.values.end())
    return error("An expression attribute value used in expression is not defined; attribute value: " + wanted);
  ++at_;
  return *found;
}

Result<std::string> ExpressionReader::name() {
  const std::string wanted(word());
  const char first = wanted.empty() ? '\0' : wanted.front();
  if (first == '#') {
    const auto found = placeholders_.names.is_object() ? placeholders_.names.find(wanted) : placeholders_.names.end();
    if (found == placeholders_.names.end() || !found->is_string())
      return error("An expression attribute name used in the document path is not defined; attribute name: " + wanted);
    ++at_;
    return found->get<std::string>();
  }
  if (first == ':' || !is_name_character(first) || (first >= '0' && first <= '9')) return syntax_error();
  ++at_;
  return wanted;
}

Result<Json> ExpressionReader::path() {
  STEPD_TRY(std::string first, name());
  Json steps = Json::array({std::move(first)});
  for (;;) {
    if (take(".")) {
      STEPD_TRY(std::string next, name());
      steps.push_back(std::move(next));
    } else if (take("[")) {
      std::uint32_t index = 0;
      const auto digits = word();
      const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
      if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return syntax_error();
      ++at_;
      STEPD_CHECK(expect("]"));
      steps.push_back(index);
    } else {
      break;
    }
  }
  if (steps.size() > 1) return steps;
  Json only = std::move(steps.front());
  return only;
}

AslError ExpressionReader::error(const std::string& why) const {
  return {"", "Invalid " + std::string(kind_) + ": " + why};
}

AslError ExpressionReader::syntax_error() const {
  if (at_end()) return error(words_.empty() ? "The expression can not be empty;" : "Syntax error; token: \"<EOF>\"");
  std::string near;
  for (std::size_t i = at_ == 0 ? 0 : at_ - 1; i < std::min(words_.size(), at_ + 2); ++i) {
    near += (near.empty() ? "" : " ") + std::string(words_[i]);
  }
  return error("Syntax error; token: \"" + std::string(word()) + "\", near: \"" + near + "\"");
}

}  // namespace stepd::services::dynamodb
