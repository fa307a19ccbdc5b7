// Regular expressions in JavaScript's flavour, without its u flag, run by PCRE2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;
struct pcre2_real_match_context_8;

namespace stepd::jsonata {

class Meter;

/// Immutable. Thread: any.
class Regex {
 public:
  /// Throws a Failure S0303 without position if PCRE2 does not take it.
  Regex(std::string_view pattern, bool ignore_case, bool multiline);

  struct Range {
    std::size_t begin;
    std::size_t end;
  };
  struct Match {
    Range whole;
    std::vector<std::optional<Range>> groups;  // none: the group took no part
  };
  /// The first match from the byte `from` on. Backtracking is bounded: each match takes steps of the meter, and one
  /// that needs too many is an error.
  std::optional<Match> find(std::string_view text, std::size_t from, Meter& meter) const;

  /// What PCRE2 writes to, for several matches of one expression.
  class Workspace {
   public:
    explicit Workspace(const Regex& regex);
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    ~Workspace();

   private:
    friend class Regex;
    pcre2_real_match_data_8* data_;
    pcre2_real_match_context_8* context_;
  };
  std::optional<Match> find(std::string_view text, std::size_t from, Meter& meter, Workspace& workspace) const;

  const std::string& pattern() const { return pattern_; }

 private:
  struct Free {
    void operator()(pcre2_real_code_8* code) const;
  };
  std::string pattern_;
  std::unique_ptr<pcre2_real_code_8, Free> code_;
};

/// JavaScript's pattern as PCRE2 reads it. Throws as Regex().
std::string translate_pattern(std::string_view pattern);

}  // namespace stepd::jsonata
