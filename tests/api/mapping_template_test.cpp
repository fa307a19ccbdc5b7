// Mapping templates: what of API Gateway's language is understood, and what is refused with its place.
#include "api/mapping_template.h"

#include <gtest/gtest.h>

namespace stepd::api::test {
namespace {

Request request(std::string body) {
  Request made;
  made.id = "r-1";
  made.method = "POST";
  made.query = "q=two%20words&p=query";
  made.fields = {{"X-Key", "field"}, {"p", "field"}};
  made.captures = {{"c", "capture"}};
  made.body = std::move(body);
  return made;
}

std::string rendered(std::string_view text, const std::string& body = "{}") {
  const auto made = MappingTemplate::parse(text);
  if (!made) return "refused: " + made.error().cause;
  const auto result = made->render(request(body));
  return result ? *result : "failed";
}

TEST(MappingTemplate, TheBodyStandsAsItWasSentOrEscaped) {
  EXPECT_EQ(rendered(R"-({"input": "$util.escapeJavaScript($input.body)"})-", "{\"a\": \"b\\c/\"}\n"),
            R"-({"input": "{\"a\": \"b\\c\/\"}\n"})-");
  EXPECT_EQ(rendered("$input.body", "{ \"a\":1.0 }"), "{ \"a\":1.0 }");
}

TEST(MappingTemplate, AnApostropheIsEscapedUnlessItIsPutBack) {
  EXPECT_EQ(rendered("$util.escapeJavaScript($input.body)", "it's"), "it\\'s");
  EXPECT_EQ(rendered(R"-($util.escapeJavaScript($input.body).replaceAll("\\'", "'"))-", "it's"), "it's");
  EXPECT_EQ(rendered(R"-($util.escapeJavaScript($input.body).replaceAll("\\'","'")!)-", R"(a\'b)"), R"(a\\'b!)");
}

TEST(MappingTemplate, PathsLookIntoTheBody) {
  EXPECT_EQ(rendered("$input.json('$.a')", R"({"a":{"b":[1]}})"), R"({"b":[1]})");
  EXPECT_EQ(rendered("$input.json('$.s') $input.path('$.s')", R"({"s":"x\"y"})"), R"("x\"y" x"y)");
  EXPECT_EQ(rendered("<$input.json('$.no')> <$input.path('$.no')>"), "<null> <>");
  EXPECT_EQ(rendered("$input.json('$')", "{"), "failed");
}

TEST(MappingTemplate, ParametersComeFromPathThenQueryThenHeader) {
  EXPECT_EQ(
      rendered("$input.params('c')|$input.params('q')|$input.params('x-key')|$input.params('p')|$input.params('no')"),
      "capture|two words|field|query|");
  EXPECT_EQ(rendered("$context.requestId $context.httpMethod"), "r-1 POST");
  EXPECT_EQ(rendered("$util.urlEncode($input.params('q'))$util.urlDecode($input.body)", "a%2Bb+c"), "two+wordsa+b c");
}

TEST(MappingTemplate, WhatIsNoReferenceIsText) {
  EXPECT_EQ(rendered("$ 5$, $"), "$ 5$, $");
  EXPECT_EQ(rendered("$context.requestId."), "r-1.");
}

TEST(MappingTemplate, WhatIsNotUnderstoodIsRefusedWithItsPlace) {
  EXPECT_TRUE(
      rendered("x $inputs.body").starts_with("refused: character 3: $inputs.body is not known here; known are"));
  EXPECT_TRUE(rendered("$5").starts_with("refused: character 1: "));
  EXPECT_EQ(rendered("$input.json($)"), "refused: character 13: expected a text in quotes");
  EXPECT_TRUE(rendered("$input.json('a')").starts_with("refused: character 1: "));
  EXPECT_EQ(rendered("$util.urlEncode('a')"), "refused: character 17: expected ($...) behind $util.urlEncode");
  EXPECT_EQ(rendered("$input.params('a'"), "refused: character 18: expected )");
  EXPECT_EQ(rendered("$input.params('a"), "refused: character 15: the quotes are not closed");
  EXPECT_EQ(rendered("$input.body.replaceAll('','x')"), "refused: character 31: replaceAll looks for nothing");
}

}  // namespace
}  // namespace stepd::api::test
