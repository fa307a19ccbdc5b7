// The tables of cases: what functions give, and what is refused and with which words.
#include "template_case.h"
#include "templates/template_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stepd::templates::test {
namespace {

Node read_table(const char* name) {
  Problems problems;
  auto root = read_tree(read_case_file(case_folder() / name), problems);
  EXPECT_TRUE(root.has_value()) << (problems.list().empty() ? "" : to_text(problems.list().front()));
  return root ? *std::move(root) : Node();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(TemplateTables, Functions_give_what_the_table_says) {
  const Node table = read_table("template_functions.yaml");
  ASSERT_TRUE(table.has("cases"));
  for (const auto& each : table.find("cases")->items) {
    SCOPED_TRACE(each.text_of("name").value_or("?"));
    Node root = *table.find("template");
    Node output = Node::map();
    output.set("Value", *each.find("value"));
    Node outputs = Node::map();
    outputs.set("Out", output);
    root.set("Outputs", outputs);
    TemplateCase parsed;
    parsed.files = {{"template.yaml", to_json(root)}, {"part.yaml", "a: {Ref: Stage}\n"}};
    parsed.request.templates = {"/project/template.yaml"};
    if (const Node* outside = table.find("outside")) parsed.request.outside = *outside;
    const auto converted = parsed.convert();
    if (const auto why = each.text_of("error")) {
      ASSERT_FALSE(converted.is_valid());
      EXPECT_THAT(converted.problems.front().message, testing::HasSubstr(*why));
      continue;
    }
    ASSERT_TRUE(converted.is_valid()) << to_text(converted.problems.front());
    ASSERT_EQ(converted.project.outputs.size(), each.has("absent") ? 0u : 1u);
    if (each.has("absent")) continue;
    const Node* wanted = each.find("gives");
    EXPECT_EQ(converted.project.outputs.front().value, wanted->is_scalar() ? wanted->text : to_json(*wanted));
  }
}

TEST(TemplateTables, What_is_wrong_is_told_with_its_line_and_its_logical_id) {
  const Node table = read_table("refused.yaml");
  ASSERT_FALSE(table.items.empty());
  for (const auto& each : table.items) {
    SCOPED_TRACE(each.text_of("name").value_or("?"));
    const auto converted = TemplateCase::parse(to_json(each)).convert();
    EXPECT_FALSE(converted.is_valid());
    EXPECT_EQ(lines_of(shown(converted)), lines_of(each.text_of("says").value_or("")));
  }
}

}  // namespace
}  // namespace stepd::templates::test
