// Every file of cases/golden: a template and the configuration that it becomes. With STEPD_REWRITE=1 the results are
// written anew, to be reviewed as a diff.
#include "template_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

namespace stepd::templates::test {
namespace {

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(case_folder() / "golden")) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void rewrite(const std::filesystem::path& file, const std::string& text, const std::string& result) {
  constexpr std::string_view kMark = "\nresult: |\n";
  const auto end = std::min(text.find(kMark), text.size());
  std::ofstream out(file, std::ios::binary);
  out << text.substr(0, end) << (end == text.size() && text.ends_with('\n') ? "result: |\n" : kMark);
  std::istringstream lines(result);
  for (std::string line; std::getline(lines, line);) out << (line.empty() ? "" : "  " + line) << "\n";
}

class GoldenTemplates : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTemplates, Become_the_configuration_that_stands_there) {
  const auto file = case_folder() / "golden" / (GetParam() + ".yaml");
  const auto text = read_case_file(file);
  const auto parsed = TemplateCase::parse(text);
  const auto result = shown(parsed.convert());
  if (std::getenv("STEPD_REWRITE") != nullptr) return rewrite(file, text, result);
  EXPECT_EQ(result, parsed.expected);
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTemplates, testing::ValuesIn(golden_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace stepd::templates::test
