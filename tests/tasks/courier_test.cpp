// What delivering rests on: filters, the pauses between attempts, and the text of a mail; and the courier over an
// outbox, with posts and a clock that the test drives. Who is really told is tested end to end.
#include "tasks/notify/courier.h"
#include "base/payload.h"
#include "handler_fixture.h"
#include "storage/faulty/faulty_store.h"
#include "storage/memory/memory_store.h"
#include "storage/stored_outbox.h"
#include "support/manual_clock.h"
#include "tasks/notify/post.h"
#include "tasks/notify/spool_intake.h"
#include "tasks/notify/topic.h"

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;
using tasks::FilterPolicy;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
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

/// Notes what is sent; the test answers, unless `always` does.
struct Wire {
  std::vector<std::pair<std::string, std::string>> sent;  ///< id and body
  std::map<std::string, std::function<void(Verdict)>> open;
  std::optional<Verdict> always;

  void answer(const std::string& id, Verdict verdict) {
    auto done = std::move(open.extract(id).mapped());
    done(std::move(verdict));
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const auto& [id, body] : sent) all.push_back(id);
    return all;
  }
};

class WirePost final : public Post {
 public:
  explicit WirePost(Wire& wire) : wire_(wire) {}
  void send(const std::string& id, const std::string& body, std::function<void(Verdict)> done) override {
    wire_.sent.emplace_back(id, body);
    if (wire_.always) return done(*wire_.always);
    wire_.open[id] = std::move(done);
  }

 private:
  Wire& wire_;
};

const Verdict kAgain{Verdict::Kind::Again, "it is away"};
const Verdict kRefused{Verdict::Kind::Refused, "it answered with status 404"};

class CourierTest : public testing::Test {
 protected:
  CourierTest() { spdlog::set_level(spdlog::level::off); }
  ~CourierTest() override { courier_.reset(); }

  /// A new process over the same store, with two destinations.
  void begin() {
    courier_.reset();
    hook.open.clear();
    std::vector<tasks::Destination> destinations;
    destinations.push_back({kHook, std::make_unique<WirePost>(hook), kPersistence, dead_letters()});
    destinations.push_back({kRule, std::make_unique<WirePost>(rule), kPersistence});
    courier_ = std::make_unique<tasks::Courier>(*outbox, clock, std::move(destinations));
    step();
  }
  void step() {
    for (int i = 0; i < 50; ++i) courier_->step();
  }
  void put(const std::string& id, const std::string& destination = kHook) {
    ASSERT_TRUE(
        outbox->put({{id, destination, R"({"text":")" + id + R"("})", 0, clock.now(), clock.now()}}).has_value());
    courier_->wake();
    step();
  }
  std::size_t waiting() const { return store->reader().tally_outbox().messages; }
  std::filesystem::path dead_letters() const { return bench.folder / "news.hook.dead.jsonl"; }
  std::vector<Json> buried() const {
    std::ifstream file(dead_letters());
    std::vector<Json> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(Json::parse(line));
    return lines;
  }

  static constexpr const char* kHook = "topic/news/hook";
  static constexpr const char* kRule = "rule/ended";
  const tasks::Persistence kPersistence{.attempts = 3, .first_pause = 1s, .longest_pause = 60s};

  Workbench bench;  // its folder
  ManualClock clock;
  std::unique_ptr<storage::FaultyStore> store = storage::make_faulty(storage::open_memory(), {});
  std::unique_ptr<Outbox> outbox = storage::make_outbox(*store);
  Wire hook;
  Wire rule;
  std::unique_ptr<tasks::Courier> courier_;
};

TEST_F(CourierTest, DeliversOnceAndForgets) {
  begin();
  put("m1");
  EXPECT_THAT(hook.sent, ElementsAre(std::pair<std::string, std::string>("m1", R"({"text":"m1"})")));
  EXPECT_EQ(waiting(), 1u) << "nobody has it yet";
  step();
  EXPECT_THAT(hook.sent, SizeIs(1)) << "it is in hand";
  hook.answer("m1", {});
  step();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(courier_->under_way(), 0u);
  clock.advance(1h);
  step();
  EXPECT_THAT(hook.sent, SizeIs(1));
}

TEST_F(CourierTest, TriesAgainAfterAPauseThatGrowsAcrossLives) {
  begin();
  put("m1");
  hook.answer("m1", kAgain);
  step();
  EXPECT_THAT(hook.sent, SizeIs(1));
  const auto next = courier_->step();
  EXPECT_GT(next, clock.now());
  EXPECT_LE(next, clock.now() + 1s);
  clock.advance(1s);
  step();
  EXPECT_THAT(hook.ids(), ElementsAre("m1", "m1"));
  hook.answer("m1", kAgain);
  step();
  begin();
  EXPECT_THAT(hook.sent, SizeIs(2)) << "its pause is not over";
  clock.advance(2s);
  step();
  EXPECT_THAT(hook.ids(), ElementsAre("m1", "m1", "m1"));
  hook.answer("m1", kAgain);
  step();
  EXPECT_EQ(waiting(), 0u) << "three attempts, also over a restart";
  const auto letters = buried();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].at("messageId"), "m1");
  EXPECT_EQ(letters[0].at("topic"), "news");
  EXPECT_EQ(letters[0].at("subscriber"), "hook");
  EXPECT_EQ(letters[0].at("attempts"), 3);
  EXPECT_EQ(letters[0].at("why"), "it is away");
  EXPECT_EQ(letters[0].at("message").at("text"), "m1");
}

TEST_F(CourierTest, ARefusalIsADeadLetterAtOnceAndARuleHasNone) {
  begin();
  put("m1");
  put("m2", kRule);
  hook.answer("m1", kRefused);
  rule.answer("m2", kRefused);
  step();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_THAT(buried(), SizeIs(1));
}

TEST_F(CourierTest, AMessageStaysUntilItsDeadLetterIsWritten) {
  std::filesystem::create_directories(dead_letters());
  begin();
  put("m1");
  hook.answer("m1", kRefused);
  step();
  EXPECT_EQ(waiting(), 1u);
  std::filesystem::remove(dead_letters());
  clock.advance(kPersistence.longest_pause);
  step();
  hook.answer("m1", kRefused);
  step();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_THAT(buried(), SizeIs(1));
}

TEST_F(CourierTest, WhatWasInHandWhenTheProcessDiedIsSentAgainUnderItsId) {
  begin();
  put("m1");
  begin();
  EXPECT_THAT(hook.ids(), ElementsAre("m1", "m1"));
  EXPECT_EQ(store->reader().outbox(kHook, 1).front().attempts, 0u) << "that attempt counts for nothing";
}

TEST_F(CourierTest, ASlowDestinationHasItsFewAttemptsAndHoldsUpNoOther) {
  begin();
  for (int i = 0; i < 20; ++i) put("slow-" + std::to_string(i));
  rule.always = Verdict{};
  for (int i = 0; i < 20; ++i) put("quick-" + std::to_string(i), kRule);
  EXPECT_THAT(hook.sent, SizeIs(tasks::kAttemptsAtOnce));
  EXPECT_THAT(rule.sent, SizeIs(20));
  hook.answer("slow-3", {});
  step();
  EXPECT_THAT(hook.sent, SizeIs(tasks::kAttemptsAtOnce + 1));
  hook.always = Verdict{};
  while (!hook.open.empty()) hook.answer(hook.open.begin()->first, {});
  step();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_THAT(hook.sent, SizeIs(20));
}

TEST_F(CourierTest, ThoseThatWaitForAnotherAttemptKeepNoPlaceFromTheRest) {
  begin();
  hook.always = kAgain;
  for (int i = 0; i < 12; ++i) put("m-" + std::to_string(i));
  EXPECT_THAT(hook.sent, SizeIs(12));
  EXPECT_EQ(courier_->under_way(), 0u);
  EXPECT_EQ(waiting(), 12u);
}

TEST_F(CourierTest, WhatTheStoreDoesNotTakeIsNotedLaterAndSentOnce) {
  store = storage::make_faulty(storage::open_memory(), {.exactly = {{2, storage::Fault::Unavailable}}});
  outbox = storage::make_outbox(*store);
  begin();
  put("m1");  // the first write; its removal is the second
  hook.answer("m1", {});
  step();
  EXPECT_EQ(waiting(), 1u);
  EXPECT_EQ(courier_->under_way(), 1u) << "it stays in hand: it must not be sent again";
  clock.advance(1s);
  step();
  EXPECT_EQ(waiting(), 0u);
  EXPECT_EQ(courier_->under_way(), 0u);
  EXPECT_THAT(hook.sent, SizeIs(1));
}

TEST_F(CourierTest, GivesUpWhatIsForNobody) {
  ASSERT_TRUE(outbox->put({{"m1", "topic/gone/hook", "{}", 0, clock.now(), clock.now()}}).has_value());
  begin();
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(CourierTest, MakesDeadLettersOfAllThatIsLeftWhereTheOutboxEnds) {
  begin();
  put("m1");
  put("m2", kRule);
  put("m3");
  hook.answer("m3", kAgain);
  step();
  courier_->stop();
  courier_->give_up();
  EXPECT_EQ(waiting(), 0u);
  std::vector<std::string> ids;
  for (const auto& letter : buried()) ids.push_back(letter.at("messageId").get<std::string>());
  EXPECT_THAT(ids, UnorderedElementsAre("m1", "m3"));
}

TEST_F(CourierTest, HasAThreadOfItsOwn) {
  begin();
  std::promise<std::string> sent;
  class Promised final : public Post {
   public:
    explicit Promised(std::promise<std::string>& sent) : sent_(sent) {}
    void send(const std::string& id, const std::string&, std::function<void(Verdict)> done) override {
      sent_.set_value(id);
      done({});
    }

   private:
    std::promise<std::string>& sent_;
  };
  std::vector<tasks::Destination> destinations;
  destinations.push_back({"topic/x/y", std::make_unique<Promised>(sent)});
  tasks::Courier courier(*outbox, clock, std::move(destinations));
  courier.start();
  ASSERT_TRUE(outbox->put({{"m1", "topic/x/y", "{}", 0, clock.now(), clock.now()}}).has_value());
  courier.wake();
  EXPECT_EQ(sent.get_future().get(), "m1");
  courier.stop();
  EXPECT_EQ(waiting(), 0u);
}

class SpoolIntake : public CourierTest {
 protected:
  SpoolIntake() {
    topic.name = "news";
    topic.spool = bench.folder / "news.spool";
    for (const char* name : {"a", "b", "c"}) topic.subscribers.emplace_back().name = name;
    std::filesystem::create_directories(topic.spool);
    std::ofstream(topic.spool / ".lock");
  }
  void spool(const std::string& id, const std::string& lines) { std::ofstream(topic.spool / (id + ".jsonl")) << lines; }
  void take_in() { tasks::take_in_spool(topic, *outbox, clock); }
  std::map<std::string, std::string> kept() const {
    std::map<std::string, std::string> found;
    for (const auto& destination : store->reader().outbox_destinations()) {
      for (const auto& head : store->reader().outbox(destination, 100)) {
        found[destination] += head.id + "*" + std::to_string(head.attempts) + " ";
      }
    }
    return found;
  }
  tasks::Topic topic;
};

TEST_F(SpoolIntake, TakesInWhoHasNotGotAMessageAndRemovesTheFolder) {
  spool("id-1",
        R"({"to":["a","b","c","gone"]})"
        "\n{\"text\":\"one\"}\n\n{\"subscriber\":\"b\",\"done\":true}\n\n{\"subscriber\":\"c\",\"attempts\":3}\n"
        "\n{\"subscriber\":\"a\",\"do");
  spool("id-2", "{\"to\":[\"gone\"]}\n{\"text\":\"two\"}\n");
  std::ofstream(topic.spool / ".id-3") << "half a mess";
  take_in();
  const std::map<std::string, std::string> expected{{"topic/news/a", "id-1*0 "}, {"topic/news/c", "id-1*3 "}};
  EXPECT_EQ(kept(), expected);
  EXPECT_EQ(store->reader().outbox_body("topic/news/a", "id-1"), R"({"text":"one"})");
  EXPECT_FALSE(std::filesystem::exists(topic.spool));
  take_in();
  EXPECT_EQ(kept(), expected);
}

TEST_F(SpoolIntake, LeavesWhatItCannotReadOrKeep) {
  const std::string whole = "{\"to\":[\"a\"]}\n{\"text\":\"one\"}\n";
  spool("bad-1", "");
  spool("bad-2", "{\"to\":[\"a\"]}\n");
  spool("bad-3", "[]\n{}\n");
  spool("good", whole);
  take_in();
  EXPECT_EQ(kept(), (std::map<std::string, std::string>{{"topic/news/a", "good*0 "}}));
  for (const char* left : {"bad-1.jsonl", "bad-2.jsonl", "bad-3.jsonl"}) {
    EXPECT_TRUE(std::filesystem::exists(topic.spool / left)) << left;
  }
  EXPECT_FALSE(std::filesystem::exists(topic.spool / "good.jsonl"));
  outbox = storage::make_outbox(*store, {1, 1'000});
  spool("more", whole);
  take_in();
  EXPECT_TRUE(std::filesystem::exists(topic.spool / "more.jsonl")) << "there is no room";
}

class PublisherTest : public CourierTest {};

TEST_F(PublisherTest, KeepsAMessageForEveryoneWhoWantsItBeforeItsLine) {
  tasks::Topic topic{"news", bench.folder / "news.jsonl"};
  topic.subscribers.resize(2);
  topic.subscribers[0].name = "all";
  topic.subscribers[1].name = "failed";
  topic.subscribers[1].filter = FilterPolicy::compile(parse_json(R"({"status":["FAILED"]})").value()).value();
  int published = 0;
  tasks::Publisher publisher({topic}, *outbox, clock, [&] { ++published; });
  const auto record = [](const char* id) { return Json{{"messageId", id}, {"text", "hello"}}; };
  ASSERT_TRUE(publisher.publish("news", "m1", record("m1"), {}).has_value());
  ASSERT_TRUE(publisher.publish("news", "m1", record("m1"), {}).has_value());
  EXPECT_EQ(published, 1);
  EXPECT_THAT(store->reader().outbox_destinations(), ElementsAre("topic/news/all"));
  EXPECT_EQ(store->reader().outbox_body("topic/news/all", "m1"), print_json(record("m1")));
  outbox->remove("topic/news/all", "m1", [](bool) {});
  ASSERT_TRUE(publisher.publish("news", "m1", record("m1"), {}).has_value());
  EXPECT_EQ(waiting(), 0u) << "its line says that it was published";
}

TEST_F(PublisherTest, WhatCannotBeKeptIsNotPublished) {
  outbox = storage::make_outbox(*store, {0, 0});
  tasks::Topic topic{"news", bench.folder / "news.jsonl"};
  topic.subscribers.emplace_back().name = "all";
  tasks::Publisher publisher({topic}, *outbox, clock, [] {});
  const auto refused = publisher.publish("news", "m1", Json{{"messageId", "m1"}}, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().name, "Notify.Failed");
  std::ifstream file(topic.file);
  EXPECT_EQ(file.peek(), std::ifstream::traits_type::eof()) << "no line";
}

}  // namespace
}  // namespace stepd::test
