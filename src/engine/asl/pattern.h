// Regular expressions of JSONPath filters, `/a.*b/i`, run by PCRE2. It knows no paths.
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
  /// Takes a pattern between slashes and its flags (of Java: d i m s u x) off the front of `text`.
  /// Error: name empty, cause says what is wrong.
  static Result<Pattern> take(std::string_view& text);

  /// Whether all of `subject` matches. A match that takes too many steps is none and uses `budget` up.
  bool matches(std::string_view subject, PathBudget& budget) const;

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  explicit Pattern(pcre2_real_code_8* code) : code_(code) {}
  std::unique_ptr<pcre2_real_code_8, Free> code_;
};

}  // namespace stepd::asl
