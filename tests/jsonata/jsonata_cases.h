// Cases of the language in text files: an expression and, on the next line, what it gives.
//
//   input {"a": 1}          for the cases that follow; `input none` ends it
//   now 1521801216617       the time of the cases that follow, in milliseconds since 1970
//   dialect StepFunctions   of the cases that follow
//   a + 1
//   => 2                    or `=> nothing`, `=> function`, or `=> error T2001 @3 +`: code, position, token
#pragma once

#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/jsonata/jsonata.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::jsonata {

struct Case {
  std::string file;
  int line = 0;
  std::string heading;  // the last `## ` line
  std::optional<Value> input;
  std::int64_t now_ms = 1'521'801'216'617;
  Dialect dialect = Dialect::Standard;
  std::string expression;
  std::string expected;
};

/// Of tests/jsonata/cases/NAME.txt.
std::vector<Case> read_cases(const std::string& name);
std::vector<std::string> case_files();

Outcome run_case(const Case& test);
/// As `expected` is written. The token of an error is told only if the expectation has one.
std::string show_outcome(const Outcome& outcome, std::string_view expected);
/// Whether the outcome is what is expected: values by their worth, members in any order.
bool is_as_expected(const Outcome& outcome, std::string_view expected);

}  // namespace stepd::jsonata
