#include "api/aws/log_filter.h"

#include "base/payload.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>
#include <vector>

namespace stepd::api {

class LogFilter::Test {
 public:
  virtual ~Test() = default;
  virtual bool holds(std::string_view message) const = 0;
};

namespace {

constexpr int kNestingMax = 16;

AslError bad_pattern(std::string why) { return {"", std::move(why)}; }

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// ---- terms ----------------------------------------------------------------------------------------------------------

class Terms final : public LogFilter::Test {
 public:
  static Result<std::unique_ptr<LogFilter::Test>> read(std::string_view text) {
    auto terms = std::make_unique<Terms>();
    std::size_t at = 0;
    while (at < text.size()) {
      if (is_blank(text[at])) {
        ++at;
        continue;
      }
      auto* list = &terms->all_;
      if (text[at] == '-' || text[at] == '?') list = text[at++] == '-' ? &terms->none_ : &terms->any_;
      std::string term;
      const bool quoted = at < text.size() && text[at] == '"';
      if (quoted) ++at;
      for (; at < text.size() && (quoted ? text[at] != '"' : !is_blank(text[at])); ++at) {
        if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
        term += text[at];
      }
      if (quoted && at++ == text.size()) return bad_pattern("a quotation mark is not closed");
      if (!quoted && term.size() > 1 && term.front() == '%' && term.back() == '%') {
        return bad_pattern("regular expressions are not served");
      }
      if (term.empty()) return bad_pattern("a term is empty");
      list->push_back(std::move(term));
    }
    return {std::move(terms)};
  }

  bool holds(std::string_view message) const override {
    const auto has = [&](const std::string& term) { return message.find(term) != std::string_view::npos; };
    for (const auto& term : none_) {
      if (has(term)) return false;
    }
    for (const auto& term : all_) {
      if (!has(term)) return false;
    }
    for (const auto& term : any_) {
      if (has(term)) return true;
    }
    return any_.empty();
  }

 private:
  std::vector<std::string> all_, any_, none_;
};

// ---- JSON -----------------------------------------------------------------------------------------------------------

enum class Comparison : std::uint8_t { Equal, Unequal, Less, Greater, At_most, At_least, Null, True, False, Absent };

/// `*` stands for any text.
bool is_like(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (auto next = pattern.find('*'); next != std::string_view::npos; next = pattern.find('*')) {
    const auto found = text.find(pattern.substr(0, next));
    if (found == std::string_view::npos) return false;
    text.remove_prefix(found + next);
    pattern.remove_prefix(next + 1);
  }
  return text.size() >= pattern.size() && text.ends_with(pattern);
}

struct Clause {
  std::vector<std::variant<std::string, std::size_t>> path;
  Comparison comparison = Comparison::Equal;
  std::string text;
  std::optional<double> number;

  bool holds(const Json& root) const {
    const Json* at = &root;
    for (const auto& step : path) {
      const auto* name = std::get_if<std::string>(&step);
      if (name != nullptr && at->is_object() && at->contains(*name)) {
        at = &at->at(*name);
      } else if (name == nullptr && at->is_array() && std::get<std::size_t>(step) < at->size()) {
        at = &at->at(std::get<std::size_t>(step));
      } else {
        return comparison == Comparison::Absent;
      }
    }
    switch (comparison) {
      case Comparison::Absent:
        return false;
      case Comparison::Null:
        return at->is_null();
      case Comparison::True:
        return at->is_boolean() && at->get<bool>();
      case Comparison::False:
        return at->is_boolean() && !at->get<bool>();
      case Comparison::Equal:
        return equals(*at);
      case Comparison::Unequal:
        return !equals(*at);
      default:
        return at->is_number() && number && is_ordered(at->get<double>());
    }
  }

 private:
  bool equals(const Json& value) const {
    if (value.is_number() && number) return value.get<double>() == *number;
    if (value.is_string()) return is_like(text, value.get_ref<const std::string&>());
    return value.is_boolean() && text == (value.get<bool>() ? "true" : "false");
  }
  bool is_ordered(double value) const {
    switch (comparison) {
      case Comparison::Less:
        return value < *number;
      case Comparison::Greater:
        return value > *number;
      case Comparison::At_most:
        return value <= *number;
      default:
        return value >= *number;
    }
  }
};

/// `all` of the inner ones must hold, or one of them.
struct Group {
  bool all = true;
  std::vector<std::variant<Clause, std::unique_ptr<Group>>> members;

  bool holds(const Json& root) const {
    for (const auto& member : members) {
      const auto* clause = std::get_if<Clause>(&member);
      const bool held = clause != nullptr ? clause->holds(root) : std::get<std::unique_ptr<Group>>(member)->holds(root);
      if (held != all) return held;
    }
    return all;
  }
};

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  Result<std::unique_ptr<Group>> read_whole() {
    STEPD_TRY(auto group, read_any(0));
    skip();
    if (!text_.empty()) return bad_pattern("unexpected '" + std::string(text_.substr(0, 20)) + "'");
    return {std::move(group)};
  }

 private:
  void skip() {
    while (!text_.empty() && is_blank(text_.front())) text_.remove_prefix(1);
  }
  bool take(std::string_view word) {
    skip();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  Result<std::unique_ptr<Group>> read_any(int depth) {
    auto group = std::make_unique<Group>();
    group->all = false;
    do {
      STEPD_TRY(auto inner, read_all(depth));
      group->members.emplace_back(std::move(inner));
    } while (take("||"));
    return {std::move(group)};
  }

  Result<std::unique_ptr<Group>> read_all(int depth) {
    if (depth > kNestingMax) return bad_pattern("too many parentheses");
    auto group = std::make_unique<Group>();
    do {
      if (take("(")) {
        STEPD_TRY(auto inner, read_any(depth + 1));
        if (!take(")")) return bad_pattern("a parenthesis is not closed");
        group->members.emplace_back(std::move(inner));
      } else {
        STEPD_TRY(auto clause, read_clause());
        group->members.emplace_back(std::move(clause));
      }
    } while (take("&&"));
    return {std::move(group)};
  }

  Result<Clause> read_clause() {
    Clause clause;
    STEPD_CHECK(read_path(clause));
    if (take("NOT EXISTS")) {
      clause.comparison = Comparison::Absent;
    } else if (take("IS NULL")) {
      clause.comparison = Comparison::Null;
    } else if (take("IS TRUE")) {
      clause.comparison = Comparison::True;
    } else if (take("IS FALSE")) {
      clause.comparison = Comparison::False;
    } else {
      STEPD_CHECK(read_operator(clause));
      STEPD_CHECK(read_value(clause));
    }
    return clause;
  }

  Result<void> read_path(Clause& clause) {
    if (!take("$")) return bad_pattern("a property must begin with $.");
    for (;;) {
      if (text_.starts_with('.')) {
        text_.remove_prefix(1);
        const auto end = text_.find_first_of(" \t\r\n.[=!<>)&|");
        clause.path.emplace_back(std::string(text_.substr(0, end)));
        if (std::get<std::string>(clause.path.back()).empty()) return bad_pattern("a property has no name");
        text_.remove_prefix(std::min(end, text_.size()));
      } else if (text_.starts_with('[')) {
        std::size_t index = 0;
        const auto [end, fault] = std::from_chars(text_.data() + 1, text_.data() + text_.size(), index);
        if (fault != std::errc() || end == text_.data() + text_.size() || *end != ']') {
          return bad_pattern("expected a number and ]");
        }
        clause.path.emplace_back(index);
        text_.remove_prefix(static_cast<std::size_t>(end - text_.data()) + 1);
      } else {
        return {};
      }
    }
  }

  Result<void> read_operator(Clause& clause) {
    if (take("!=")) return clause.comparison = Comparison::Unequal, Result<void>();
    if (take("<=")) return clause.comparison = Comparison::At_most, Result<void>();
    if (take(">=")) return clause.comparison = Comparison::At_least, Result<void>();
    if (take("=")) return clause.comparison = Comparison::Equal, Result<void>();
    if (take("<")) return clause.comparison = Comparison::Less, Result<void>();
    if (take(">")) return clause.comparison = Comparison::Greater, Result<void>();
    return bad_pattern("expected = != < > <= >= IS or NOT EXISTS");
  }

  Result<void> read_value(Clause& clause) {
    skip();
    if (text_.starts_with('%')) return bad_pattern("regular expressions are not served");
    if (text_.starts_with('"')) {
      text_.remove_prefix(1);
      while (!text_.empty() && text_.front() != '"') {
        if (text_.front() == '\\' && text_.size() > 1) text_.remove_prefix(1);
        clause.text += text_.front();
        text_.remove_prefix(1);
      }
      if (text_.empty()) return bad_pattern("a quotation mark is not closed");
      text_.remove_prefix(1);
      return {};
    }
    const auto end = std::min(text_.find_first_of(" \t\r\n)&|"), text_.size());
    clause.text = text_.substr(0, end);
    text_.remove_prefix(end);
    if (clause.text.empty()) return bad_pattern("a value is missing");
    double value = 0;
    const auto [rest, fault] = std::from_chars(clause.text.data(), clause.text.data() + clause.text.size(), value);
    if (fault == std::errc() && rest == clause.text.data() + clause.text.size()) clause.number = value;
    return {};
  }

  std::string_view text_;
};

class JsonPattern final : public LogFilter::Test {
 public:
  explicit JsonPattern(std::unique_ptr<Group> group) : group_(std::move(group)) {}
  bool holds(std::string_view message) const override {
    const auto parsed = parse_json(message);
    return parsed && parsed->is_object() && group_->holds(*parsed);
  }

 private:
  const std::unique_ptr<Group> group_;
};

}  // namespace

LogFilter::LogFilter() = default;
LogFilter::~LogFilter() = default;
LogFilter::LogFilter(LogFilter&&) noexcept = default;
LogFilter& LogFilter::operator=(LogFilter&&) noexcept = default;

Result<LogFilter> LogFilter::compile(std::string_view pattern) {
  LogFilter filter;
  while (!pattern.empty() && is_blank(pattern.front())) pattern.remove_prefix(1);
  while (!pattern.empty() && is_blank(pattern.back())) pattern.remove_suffix(1);
  if (pattern.empty()) return {std::move(filter)};
  if (pattern.size() > kPatternBytesMax) return bad_pattern("longer than 1024 bytes");
  if (pattern.front() == '[') return bad_pattern("space-delimited patterns are not served");
  if (pattern.front() != '{') {
    STEPD_TRY(auto terms, Terms::read(pattern));
    filter.test_ = std::move(terms);
    return {std::move(filter)};
  }
  if (pattern.back() != '}') return bad_pattern("a brace is not closed");
  STEPD_TRY(auto group, PatternReader(pattern.substr(1, pattern.size() - 2)).read_whole());
  filter.test_ = std::make_unique<JsonPattern>(std::move(group));
  return {std::move(filter)};
}

bool LogFilter::matches(std::string_view message) const { return test_ == nullptr || test_->holds(message); }

}  // namespace stepd::api
