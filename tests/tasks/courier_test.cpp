// What delivering rests on: filters, the spool, the pauses between attempts, and the text of a mail. Who is really told
// is tested end to end.
#include "base/payload.h"
#include "handler_fixture.h"
#include "tasks/notify/post.h"
#include "tasks/notify/spool.h"
#include "tasks/notify/topic.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using tasks::FilterPolicy;
using tasks::Spool;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

bool wants(const char* policy, const char* attributes) {
  return FilterPolicy::compile(parse_json(policy).value()).value().wants(parse_json(attributes).value());
}

constexpr const char* kAttributes = R"({
    "status": {"DataType": "String", "StringValue": "SUCCESS"},
    "size":   {"DataType": "Number", "StringValue": "1500"},
    "tags":   {"DataType": "String.Array", "StringValue": "[\"cat\", \"dog\", 7]"},
    "bare":   "text"})";

TEST(FilterPolicy, WantsAMessageWhoseAttributesAllMeetOneOfTheirList) {
  for (const char* policy :
       {R"({})", R"({"status": ["SUCCESS"]})", R"({"status": ["FAILED", "SUCCESS"]})",
        R"({"status": [{"prefix": "SUCC"}]})",
        R"({"status": [{"anything-but": ["FAILED"]}], "size": [{"numeric": [">", 1000, "<=", 1500]}]})",
        R"({"size": [1500]})", R"({"size": [{"exists": true}]})", R"({"absent": [{"exists": false}]})",
        R"({"tags": ["dog"]})", R"({"tags": [{"numeric": ["=", 7]}]})", R"({"bare": [{"suffix": "xt"}]})"}) {
    EXPECT_TRUE(wants(policy, kAttributes)) << policy;
  }
  for (const char* policy :
       {R"({"status": ["FAILED"]})", R"({"status": ["SUCCESS"], "size": [{"numeric": ["<", 1000]}]})",
        R"({"size": ["1500"]})", R"({"absent": ["x"]})", R"({"absent": [{"anything-but": ["x"]}]})",
        R"({"status": [{"exists": false}]})", R"({"tags": ["bird"]})", R"({"status": [{"numeric": [">", 0]}]})"}) {
    EXPECT_FALSE(wants(policy, kAttributes)) << policy;
  }
  EXPECT_TRUE(wants(R"({"a": [{"exists": false}]})", "null"));
  EXPECT_FALSE(wants(R"({"a": ["x"]})", "null"));
}

TEST(FilterPolicy, SaysWhatIsWrongWithIt) {
  for (const char* policy :
       {"[]", R"({"a": "x"})", R"({"a": []})", R"({"a": [{"prefx": "x"}]})", R"({"a": [{"numeric": [">"]}]})"}) {
    const auto compiled = FilterPolicy::compile(parse_json(policy).value());
    ASSERT_FALSE(compiled.has_value()) << policy;
    EXPECT_THAT(compiled.error().cause, HasSubstr("filter")) << policy;
  }
}

TEST(Persistence, DoublesItsPausesUpToTheLongestAndSpreadsThem) {
  const tasks::Persistence persistence{.attempts = 10, .first_pause = 1s, .longest_pause = 60s};
  for (const auto& [attempts, longest] :
       std::map<unsigned, std::chrono::milliseconds>{{1, 1s}, {2, 2s}, {4, 8s}, {7, 60s}, {900, 60s}}) {
    const auto pause = pause_after(persistence, attempts, "some-id");
    EXPECT_LE(pause, longest) << attempts;
    EXPECT_GE(pause, longest * 4 / 5) << attempts;
  }
  std::set<std::chrono::milliseconds> pauses;
  for (int i = 0; i < 50; ++i) pauses.insert(pause_after(persistence, 3, "id-" + std::to_string(i)));
  EXPECT_GT(pauses.size(), 5u);
}

TEST(Spool, KeepsWhoHasNotGotAMessageAcrossALifeAndATornLine) {
  Workbench bench;
  const auto folder = bench.folder / "spool";
  {
    Spool spool(folder);
    ASSERT_TRUE(spool.claim());
    ASSERT_TRUE(spool.put("id-1", R"({"text":"one"})", {"a", "b", "c"}).has_value());
    ASSERT_TRUE(spool.put("id-1", R"({"text":"another"})", {"z"}).has_value());
    ASSERT_TRUE(spool.note_done("id-1", "b").has_value());
    ASSERT_TRUE(spool.note_attempts("id-1", "c", 3).has_value());
    EXPECT_FALSE(Spool(folder).claim()) << "one at a time";
  }
  std::ofstream(folder / "id-1.jsonl", std::ios::app) << R"({"subscriber":"a","do)";
  Spool spool(folder);
  ASSERT_TRUE(spool.claim());
  EXPECT_THAT(spool.ids(), UnorderedElementsAre("id-1"));
  const auto letter = spool.read("id-1");
  ASSERT_TRUE(letter.has_value());
  EXPECT_EQ(letter->record, R"({"text":"one"})");
  EXPECT_THAT(letter->open, UnorderedElementsAre(Pair("a", 0u), Pair("c", 3u)));
  ASSERT_TRUE(spool.note_done("id-1", "a").has_value());
  EXPECT_THAT(spool.read("id-1")->open, UnorderedElementsAre(Pair("c", 3u)));
  ASSERT_TRUE(spool.remove("id-1").has_value());
  EXPECT_THAT(spool.ids(), IsEmpty());
  EXPECT_EQ(spool.read("id-1").error().name, "Notify.Failed");
}

TEST(Mail, EncodesItsSubjectAndTextAndHasWhatAMailNeeds) {
  const tasks::Topic topic{"news", {}};
  const tasks::Mailbox mailbox{.server = "", .from = "stepd@example.org", .to = {"a@example.org", "b@example.org"}};
  const Json record{{"messageId", "id-1"},
                    {"time", "2026-11-21T06:44:00.123Z"},
                    {"subject", "Grüße " + std::string(40, 'x')},
                    {"text", "line\n.\n" + std::string(200, 'y')}};
  const auto mail = tasks::mail_of(topic, mailbox, print_json(record));
  EXPECT_THAT(mail, HasSubstr("Date: Sat, 21 Nov 2026 06:44:00 +0000\r\n"));
  EXPECT_THAT(mail, HasSubstr("To: a@example.org,\r\n b@example.org\r\n"));
  EXPECT_THAT(mail, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(mail, HasSubstr("Message-ID: <id-1@example.org>\r\n"));
  EXPECT_THAT(mail, HasSubstr("\r\n\r\nbGluZQouCn"));
  std::size_t longest = 0;
  for (std::size_t at = 0; at < mail.size();) {
    const auto end = mail.find("\r\n", at);
    ASSERT_NE(end, std::string::npos);
    longest = std::max(longest, end - at);
    at = end + 2;
  }
  EXPECT_LE(longest, 78u);  // RFC 5322 §2.1.1
  EXPECT_EQ(std::count(mail.begin(), mail.end(), '\n'), std::count(mail.begin(), mail.end(), '\r'));
  EXPECT_THAT(tasks::mail_of(topic, mailbox, R"({"messageId":"i","text":""})"),
              HasSubstr("Subject: Notification of news\r\n"));
}

TEST(Secret, IsTheFirstLineOfItsFile) {
  Workbench bench;
  std::ofstream(bench.folder / "password") << "s3cret\r\nnot this";
  EXPECT_EQ((tasks::Secret{"", bench.folder / "password"}.read().value()), "s3cret");
  EXPECT_THAT((tasks::Secret{"", bench.folder / "absent"}.read().error().cause), HasSubstr("absent"));
  EXPECT_THAT((tasks::Secret{"STEPD_NO_SUCH_VARIABLE", {}}.read().error().cause), HasSubstr("STEPD_NO_SUCH_VARIABLE"));
}

}  // namespace
}  // namespace stepd::test
