// Pattern: a regular expression of a JSONPath filter, such as `/a.*b/i`, run by PCRE2.
#pragma once

#include "base/result.h"
#include "engine/asl/path_budget.h"

#include <memory>
#include <string_view>

struct pcre2_real_code_8;

namespace stepd::asl {

/// Immutable, any thread.
class Pattern {
 public:
  /// Reads a pattern between slashes and its flags (those of Java: d i m s u x) and removes them from the front of
  /// `text`. The error has no name; its cause says what is wrong.
  static Result<Pattern> take(std::string_view& text);

  /// Whether the whole `subject` matches. If a match takes too many steps, the answer is false and `budget` is used up.
  bool matches(std::string_view subject, PathBudget& budget) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  explicit Pattern(pcre2_real_code_8* code) : code_(code) {}
  std::unique_ptr<pcre2_real_code_8, Free> code_;
};

}  // namespace stepd::asl
