// Golden cases: every tests/asl/cases/*.yaml, one test per entry. Adding a case needs no compiler.
// A file has `kind` (which checker reads it), `cases`, and any further member as default of its cases.
#pragma once

#include "base/json.h"

#include <memory>
#include <string>
#include <vector>

namespace stepd::asl::test {

struct Case {
  std::string name;  ///< file and title, fit for GoogleTest
  std::string kind;
  std::string where;  ///< file:line
  std::shared_ptr<const Json> fields;
};

/// Also those of the folder that the environment variable STEPD_ASL_CASES names, when it is set.
const std::vector<Case>& all_cases();

}  // namespace stepd::asl::test
