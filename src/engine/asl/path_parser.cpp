// Text -> Path. Accepts what the Jayway dialect does, the oddities of real definitions included: `$.detail-type`,
// `$.[?(...)]`, `$.[*].['a', 'b']`.
#include "engine/asl/path.h"
#include "engine/asl/path_filter.h"

#include <charconv>

namespace stepd::asl {

class PathParser {
  static constexpr std::size_t kFiltersMax = 32;

 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  Result<Path> run() {
    Path path;
    path.text_ = std::string(text_);
    if (!take("$")) return fail("must begin with '$'");
    if (filters() > kFiltersMax) return fail("it holds more than " + std::to_string(kFiltersMax) + " filters");
    STEPD_CHECK(root(path));
    while (at_ < text_.size()) STEPD_CHECK(step(path));
    if (!path.steps_.empty() && std::holds_alternative<Path::Descend>(path.steps_.back()))
      return fail("must not end with '..'");
    return path;
  }

 private:
  Result<void> root(Path& path) {
    if (take("$")) {
      path.root_ = Path::Root::Context;
    } else if (at_ < text_.size() && is_name_start(text_[at_])) {
      path.root_ = Path::Root::Variable;
      const auto begin = at_;
      while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
      path.variable_ = std::string(text_.substr(begin, at_ - begin));
    }
    return {};
  }

  Result<void> step(Path& path) {
    if (take("..")) {
      path.steps_.push_back(Path::Descend{});
      if (peek() == '[') return bracket(path);
      return dotted(path);
    }
    if (take(".")) {
      if (peek() == '[') return bracket(path);
      return dotted(path);
    }
    if (peek() == '[') return bracket(path);
    return fail("unexpected character '" + std::string(1, text_[at_]) + "'");
  }

  Result<void> dotted(Path& path) {
    if (take("*")) {
      path.steps_.push_back(Path::Wildcard{});
      return {};
    }
    const auto begin = at_;
    while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
    const auto name = text_.substr(begin, at_ - begin);
    if (name.empty()) return fail("a name is missing after '.'");
    if (take("()")) {
      auto* function = find_path_function(name);
      if (function == nullptr) return fail("function '" + std::string(name) + "()' is not supported");
      if (at_ < text_.size()) return fail("a function ends a path");
      path.steps_.push_back(Path::Function{function, std::string(name)});
      return {};
    }
    path.steps_.push_back(Path::Name{Key(name)});
    return {};
  }

  Result<void> bracket(Path& path) {
    ++at_;
    blanks();
    if (take("*")) {
      path.steps_.push_back(Path::Wildcard{});
    } else if (take("?")) {
      STEPD_CHECK(filter(path));
    } else if (peek() == '\'' || peek() == '"') {
      STEPD_CHECK(names(path));
    } else {
      STEPD_CHECK(numbers(path));
    }
    blanks();
    if (!take("]")) return fail("']' is missing");
    return {};
  }

  Result<void> names(Path& path) {
    std::vector<Key> names;
    do {
      blanks();
      STEPD_TRY(const auto name, quoted());
      names.emplace_back(name);
      blanks();
    } while (take(","));
    if (names.size() == 1) {
      path.steps_.push_back(Path::Name{std::move(names[0])});
    } else {
      path.steps_.push_back(Path::Names{std::move(names)});
    }
    return {};
  }

  Result<std::string> quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return fail("a quoted name is missing");
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      // Before anything else a backslash is a character like others: AWS finds a member named q\"r by ['q\"r'].
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (text_[at_] == '\\' && (next == quote || next == '\\')) {
        name += text_[++at_];
      } else if (text_[at_] == quote) {
        ++at_;
        return name;
      } else {
        name += text_[at_];
      }
    }
    return fail("a quoted name has no end");
  }

  Result<void> numbers(Path& path) {
    std::vector<std::optional<std::int64_t>> parts;
    int colons = 0;
    int commas = 0;
    for (;;) {
      blanks();
      STEPD_TRY(auto number, number_or_none());
      parts.push_back(number);
      blanks();
      if (take(":")) {
        ++colons;
      } else if (take(",")) {
        ++commas;
      } else {
        break;
      }
    }
    if (colons > 2 || (colons > 0 && commas > 0)) return fail("a slice has the form [from:to:step]");
    if (colons > 0) {
      Path::Slice slice{parts[0], parts[1], parts.size() > 2 ? parts[2] : std::nullopt};
      if (slice.step && *slice.step <= 0) return fail("the step of a slice must be positive");
      path.steps_.push_back(slice);
      return {};
    }
    std::vector<std::int64_t> indices;
    for (const auto& part : parts) {
      if (!part) return fail("an index or a quoted name is missing between '[' and ']'");
      indices.push_back(*part);
    }
    if (indices.size() == 1) {
      path.steps_.push_back(Path::Index{indices[0]});
    } else {
      path.steps_.push_back(Path::Indices{std::move(indices)});
    }
    return {};
  }

  Result<std::optional<std::int64_t>> number_or_none() {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) return fail("an index is out of range");
    if (error != std::errc{}) return std::optional<std::int64_t>{};
    at_ = static_cast<std::size_t>(end - text_.data());
    return std::optional(value);
  }

  Result<void> filter(Path& path) {
    blanks();
    if (peek() != '(') return fail("'(' is missing after '?'");
    const auto begin = ++at_;
    int depth = 1;
    char quote = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != 0) {
        if (c == '\\')
          ++at_;
        else if (c == quote)
          quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        break;
      }
    }
    if (at_ >= text_.size()) return fail("')' of the filter is missing");
    STEPD_TRY(auto expression, parse_filter(text_.substr(begin, at_ - begin)));
    ++at_;
    path.steps_.push_back(Path::Filter{std::move(expression)});
    return {};
  }

  /// Filters nest, and each level of them is a level of recursion.
  std::size_t filters() const {
    std::size_t count = 0;
    for (auto at = text_.find("?("); at != std::string_view::npos; at = text_.find("?(", at + 1)) ++count;
    return count;
  }

  static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
  }
  static bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }
  static bool is_bare(char c) { return std::string_view(".[]()'\",*?!=<>& \t\n").find(c) == std::string_view::npos; }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    at_ += sign.size();
    return true;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  AslError fail(const std::string& why) const {
    return {"", "'" + std::string(text_) + "' is no JSONPath: " + why + " (character " + std::to_string(at_ + 1) + ")"};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<Path> Path::parse(std::string_view text) { return PathParser(text).run(); }

Path Path::root() {
  Path path;
  path.text_ = "$";
  return path;
}

}  // namespace stepd::asl
