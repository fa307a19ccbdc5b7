// docs/jsonata.md shows the examples of cases/functions.txt. With STEPD_REWRITE set, this test writes them.
#include "jsonata_cases.h"

#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace stepd::jsonata {
namespace {

constexpr std::string_view kBegin = "<!-- functions: written by tests/jsonata/documentation_test.cpp -->\n";
constexpr std::string_view kEnd = "<!-- end of functions -->\n";

std::string function_of(const std::string& expression) {
  std::string best;
  for (const FunctionName& function : functions()) {
    const std::string call = "$" + std::string(function.name) + "(";
    const auto at = expression.find(call);
    // The first function of the text is the one that is shown, apart from what only makes it fit for a table.
    if (at == 0 || (at != std::string::npos && expression.starts_with("$count(") && function.name == "shuffle") ||
        (at != std::string::npos && expression.starts_with("$length(") && function.name == "uuid")) {
      best = std::string(function.name);
      if (at != 0) break;
    }
  }
  return best;
}

std::string signature_of(const std::string& name, bool step_functions) {
  std::string signature;
  for (const FunctionName& function : functions()) {
    if (function.name == name && (signature.empty() || function.step_functions_only == step_functions)) {
      signature = function.signature;
    }
  }
  return signature;
}

std::string cell(std::string_view text) {
  std::string out = "`";
  for (const char c : text) out.append(c == '|' ? "\\|" : std::string(1, c));
  return out + "`";
}

std::string written_table() {
  std::string out;
  std::string heading;
  for (const Case& test : read_cases("functions")) {
    if (test.heading != heading) {
      heading = test.heading;
      out += "\n### " + heading + "\n\n| function | signature | example | gives |\n|---|---|---|---|\n";
    }
    const std::string name = function_of(test.expression);
    out += "| `$" + name + "` | " + cell(signature_of(name, test.dialect == Dialect::StepFunctions)) + " | " +
           cell(test.expression) + " | " + cell(test.expected) + " |\n";
  }
  return out + "\n";
}

TEST(JsonataDocumentation, HasAnExampleOfEachFunction) {
  std::set<std::string> shown;
  for (const Case& test : read_cases("functions")) shown.insert(function_of(test.expression));
  for (const FunctionName& function : functions()) {
    EXPECT_TRUE(shown.contains(std::string(function.name))) << function.name;
  }
}

TEST(JsonataDocumentation, ShowsTheExamplesOfTheTests) {
  const std::string path = STEPD_SOURCE_DIR "/docs/jsonata.md";
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto begin = text.find(kBegin);
  const auto end = text.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << path;
  const auto from = begin + kBegin.size();
  const std::string table = written_table();
  if (std::getenv("STEPD_REWRITE") != nullptr) {
    text.replace(from, end - from, table);
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), table)
      << "write it anew: STEPD_REWRITE=1 test_jsonata --gtest_filter='*Documentation*'";
}

}  // namespace
}  // namespace stepd::jsonata
