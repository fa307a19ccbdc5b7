// Tables of expressions and what they give: tests/jsonata/cases.
#include "jsonata_cases.h"

#include <gtest/gtest.h>

namespace stepd::jsonata {
namespace {

class JsonataCases : public testing::TestWithParam<std::string> {};

TEST_P(JsonataCases, GiveWhatTheTableSays) {
  for (const Case& test : read_cases(GetParam())) {
    const Outcome outcome = run_case(test);
    EXPECT_TRUE(is_as_expected(outcome, test.expected))
        << test.file << ".txt:" << test.line << ": " << test.expression << "\n  gives    "
        << show_outcome(outcome, test.expected) << "\n  expected " << test.expected << "\n  " << outcome.error.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Tables, JsonataCases, testing::ValuesIn(case_files()),
                         [](const auto& table) { return table.param; });

}  // namespace
}  // namespace stepd::jsonata
