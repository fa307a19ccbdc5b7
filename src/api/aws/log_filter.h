// Filter patterns of CloudWatch Logs (user guide: Filter pattern syntax): terms, and JSON patterns.
//
// 1. Terms: `a b` needs both, `"a b"` the phrase, `-a` none of it, and of `?a ?b` one is enough. Case counts.
// 2. JSON: `{ $.a = "x" && ($.b.c > 3 || $.d[0] IS NULL) }` with = != < > <= >=, IS NULL, IS TRUE, IS FALSE, NOT
//    EXISTS; a text may contain `*`.
// 3. Space-delimited patterns `[a, b]` and regular expressions `%a%` are refused.
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace stepd::api {

/// Immutable, any thread.
class LogFilter {
 public:
  static constexpr std::size_t kPatternBytesMax = 1'024;

  LogFilter();
  ~LogFilter();
  LogFilter(LogFilter&&) noexcept;
  LogFilter& operator=(LogFilter&&) noexcept;

  /// An empty pattern matches everything. Error: cause only, for people.
  static Result<LogFilter> compile(std::string_view pattern);

  bool matches(std::string_view message) const;

  class Test;

 private:
  std::unique_ptr<Test> test_;  ///< null: matches everything
};

}  // namespace stepd::api
