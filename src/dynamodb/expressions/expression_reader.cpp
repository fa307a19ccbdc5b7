#include "dynamodb/expressions/expression_reader.h"

#include "dynamodb/expressions/reserved_words.h"

#include <strings.h>
#include <algorithm>
#include <charconv>
#include <utility>

namespace stepd::dynamodb {

AslError validation_error(std::string message) { return {"ValidationException", std::move(message)}; }

ExpressionReader::ExpressionReader(std::string_view kind, std::string_view text, Placeholders& placeholders)
    : kind_(kind), text_(text), placeholders_(placeholders) {
  if (text.size() <= kExpressionBytes) tokens_ = split_expression(text);
}

Result<void> ExpressionReader::check_size() const {
  if (text_.size() > kExpressionBytes) {
    return error("Expression size has exceeded the maximum allowed size; expression size: " +
                 std::to_string(text_.size()));
  }
  if (at_end()) return error("The expression can not be empty;");
  return {};
}

const Token& ExpressionReader::peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

bool ExpressionReader::is_keyword(std::string_view keyword, std::size_t ahead) const {
  const auto& token = peek(ahead);
  return token.kind == Token::Kind::Name && token.text.size() == keyword.size() &&
         ::strncasecmp(token.text.data(), keyword.data(), keyword.size()) == 0;
}

bool ExpressionReader::take_keyword(std::string_view keyword) {
  const bool found = is_keyword(keyword);
  if (found) ++at_;
  return found;
}

bool ExpressionReader::is_symbol(std::string_view symbol, std::size_t ahead) const {
  return peek(ahead).kind == Token::Kind::Symbol && peek(ahead).text == symbol;
}

bool ExpressionReader::take(std::string_view symbol) {
  const bool found = is_symbol(symbol);
  if (found) ++at_;
  return found;
}

Result<void> ExpressionReader::expect(std::string_view symbol) {
  if (take(symbol)) return {};
  return syntax_error();
}

std::string_view ExpressionReader::take_call() {
  if (peek().kind != Token::Kind::Name || !is_symbol("(", 1)) return {};
  const auto function = peek().text;
  at_ += 2;
  return function;
}

Attribute ExpressionReader::value() {
  const auto placeholder = peek().text;
  ++at_;
  if (const auto* found = placeholders_.value(placeholder)) return *found;
  note(ExpressionFault::Undefined,
       "An expression attribute value used in expression is not defined; attribute value: " + std::string(placeholder));
  return {};
}

Result<PathStep> ExpressionReader::name() {
  const auto& token = peek();
  if (token.kind == Token::Kind::NamePlaceholder) {
    ++at_;
    if (const auto* found = placeholders_.name(token.text)) return PathStep(*found);
    note(ExpressionFault::Undefined,
         "An expression attribute name used in the document path is not defined; attribute name: " +
             std::string(token.text));
    return PathStep(std::string(token.text));
  }
  if (token.kind != Token::Kind::Name) return syntax_error();
  ++at_;
  if (is_reserved(token.text)) {
    note(ExpressionFault::ReservedWord,
         "Attribute name is a reserved keyword; reserved keyword: " + std::string(token.text));
  }
  return PathStep(std::string(token.text));
}

Result<PathStep> ExpressionReader::index() {
  const auto& token = peek();
  if (token.kind != Token::Kind::Index) return syntax_error();
  ++at_;
  std::int32_t index = 0;
  if (std::from_chars(token.text.data(), token.text.data() + token.text.size(), index).ec != std::errc()) {
    note(ExpressionFault::Nesting,
         "List index is not within the allowable range; index: [" + std::string(token.text) + "]");
  }
  STEPD_CHECK(expect("]"));
  return PathStep(static_cast<std::size_t>(index));
}

Result<DocumentPath> ExpressionReader::path() {
  DocumentPath path;
  STEPD_TRY(PathStep first, name());
  path.push_back(std::move(first));
  for (;;) {
    if (take(".")) {
      STEPD_TRY(PathStep step, name());
      path.push_back(std::move(step));
    } else if (take("[")) {
      STEPD_TRY(PathStep step, index());
      path.push_back(std::move(step));
    } else {
      break;
    }
  }
  if (path.size() > kPathStepsMax) {
    note(ExpressionFault::Nesting,
         "The document path has too many nesting levels; nesting levels: " + std::to_string(path.size()));
  }
  return path;
}

void ExpressionReader::note(ExpressionFault fault, std::string message) {
  auto& noted = faults_.at(static_cast<std::size_t>(fault));
  if (noted.empty()) noted = std::move(message);
}

void ExpressionReader::note_count(std::string_view function, std::size_t operands) {
  note(ExpressionFault::OperandCount, "Incorrect number of operands for operator or function; operator or function: " +
                                          std::string(function) + ", number of operands: " + std::to_string(operands));
}

void ExpressionReader::note_type(std::string_view function, AttributeType type) {
  note(ExpressionFault::OperandType, "Incorrect operand type for operator or function; operator or function: " +
                                         std::string(function) + ", operand type: " + std::string(name_of(type)));
}

AslError ExpressionReader::error(const std::string& why) const {
  return validation_error("Invalid " + std::string(kind_) + ": " + why);
}

/// The token, and the text from the token before it to the one behind it.
AslError ExpressionReader::syntax_error() const {
  const auto& before = tokens_[at_ == 0 ? 0 : std::min(at_, tokens_.size() - 1) - 1];
  const auto& behind = peek(1);
  const auto end = behind.kind == Token::Kind::End ? text_.size() : behind.offset + behind.text.size();
  auto near = text_.substr(before.offset, end - before.offset);
  while (near.ends_with(' ')) near.remove_suffix(1);
  return error("Syntax error; token: \"" + std::string(peek().text) + "\", near: \"" + std::string(near) + "\"");
}

Result<void> ExpressionReader::verdict() {
  if (operators_ > kOperatorsMax) {
    note(ExpressionFault::Operators,
         "The expression contains too many operators; operator count: " + std::to_string(operators_));
  }
  for (const auto& message : faults_) {
    if (!message.empty()) return error(message);
  }
  return {};
}

}  // namespace stepd::dynamodb
