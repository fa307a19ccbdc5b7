// The object handlers over every store there is: what one of them makes of an object, the other one must make as well.
#include "handler_fixture.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/memory/memory_store.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::HasSubstr;

class ObjectHandlers : public testing::TestWithParam<bool> {
 protected:
  ObjectHandlers() {
    if (GetParam()) {
      objects_ =
          storage::open_local_objects({{"inbox", bench_.folder / "inbox"}, {"outbox", bench_.folder / "outbox"}});
    } else {
      objects_ = std::make_unique<MemoryObjects>(std::set<std::string>{"inbox", "outbox"});
    }
    catalog_ = tasks::make_catalog({*objects_, *bench_.items, bench_.clock, {}, {}});
  }

  Result<Json> run(const std::string& handler, const Json& event, std::string attempt = "") {
    if (attempt.empty()) attempt = "1-" + std::to_string(++attempts_);
    return catalog_.at(handler)->invoke({event, attempt, {}});
  }
  Result<Json> run(const std::string& handler, const char* event, const std::string& attempt = "") {
    return run(handler, Json::parse(event), attempt);
  }
  std::string error(const std::string& handler, const char* event) { return error_name(run(handler, event)); }
  void put(const std::string& key, const std::string& text, const std::string& bucket = "inbox") {
    const auto done = run("object.put", Json{{"bucket", bucket}, {"key", key}, {"text", text}}, "");
    ASSERT_EQ(error_name(done), "none") << cause(done);
  }
  std::string text(const std::string& key, const std::string& bucket = "inbox") {
    const auto got = run("object.get", Json{{"bucket", bucket}, {"key", key}});
    return got ? got->at("text").get<std::string>() : got.error().name;
  }

  Workbench bench_;  // for its folder, items and clock
  std::unique_ptr<ObjectStore> objects_;
  tasks::Catalog catalog_;
  int attempts_ = 0;
};

TEST_P(ObjectHandlers, PutGetAndHeadAgree) {
  const auto put =
      run("object.put", R"({"bucket": "inbox", "key": "a.txt", "text": "päge", "contentType": "text/x-page",
                                         "metadata": {"by": "me"}})");
  ASSERT_EQ(error_name(put), "none") << cause(put);
  const auto head = run("object.head", R"({"bucket": "inbox", "key": "a.txt"})");
  EXPECT_EQ(*put, *head);
  EXPECT_EQ(head->at("bytes"), 5);
  EXPECT_EQ(head->at("contentType"), "text/x-page");
  EXPECT_EQ(head->at("metadata"), (Json{{"by", "me"}}));
  EXPECT_EQ(text("a.txt"), "päge");
  ASSERT_TRUE(run("object.put", R"({"bucket": "inbox", "key": "b.json", "json": {"n": [1, "x"]}})"));
  EXPECT_EQ(run("object.get", R"({"bucket": "inbox", "key": "b.json", "as": "json"})")->at("json"),
            Json::parse(R"({"n": [1, "x"]})"));
  ASSERT_TRUE(run("object.put", R"({"bucket": "inbox", "key": "c", "base64": "AP/+"})"));
  EXPECT_EQ(run("object.get", R"({"bucket": "inbox", "key": "c", "as": "base64"})")->at("base64"), "AP/+");
  ASSERT_TRUE(run("object.put", R"({"bucket": "inbox", "key": "empty", "text": ""})"));
  EXPECT_EQ(text("empty"), "");
}

TEST_P(ObjectHandlers, GetNamesWhatCannotBeRead) {
  ASSERT_TRUE(run("object.put", R"({"bucket": "inbox", "key": "bytes", "base64": "/w=="})"));
  EXPECT_EQ(error("object.get", R"({"bucket": "inbox", "key": "bytes"})"), "Object.NotText");
  EXPECT_EQ(error("object.get", R"({"bucket": "inbox", "key": "bytes", "as": "json"})"), "Object.NotJson");
  EXPECT_EQ(error("object.get", R"({"bucket": "inbox", "key": "none"})"), "Object.NotFound");
  EXPECT_EQ(error("object.head", R"({"bucket": "off", "key": "none"})"), "Object.NoSuchBucket");
  put("long", std::string(1000, 'x'));
  const auto refused = run("object.get", R"({"bucket": "inbox", "key": "long", "maxBytes": 999})");
  EXPECT_EQ(error_name(refused), "Object.TooLarge");
  EXPECT_THAT(cause(refused), HasSubstr("1000 bytes, 999"));
}

TEST_P(ObjectHandlers, PutNamesWrongArguments) {
  const auto refused = [&](const char* event) { return cause(run("object.put", event)); };
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k"})"), HasSubstr("/json: missing"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k", "text": "a", "base64": "AA=="})"), HasSubstr("only one of"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k", "base64": "A"})"), HasSubstr("/base64: is no base64"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k", "base64": "A A="})"), HasSubstr("/base64: is no base64"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k", "text": 7})"), HasSubstr("/text: expected a string"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "k", "text": "", "metadata": {"n": 1}})"),
              HasSubstr("/metadata: "));
}

TEST_P(ObjectHandlers, CopyKeepsOrReplacesTypeAndMetadata) {
  ASSERT_TRUE(run("object.put",
                  R"({"bucket": "inbox", "key": "a", "text": "x", "contentType": "text/x", "metadata": {"m": "1"}})"));
  ASSERT_TRUE(run("object.copy", R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox"}})"));
  EXPECT_EQ(run("object.head", R"({"bucket": "outbox", "key": "a"})")->at("metadata"), (Json{{"m", "1"}}));
  ASSERT_TRUE(run("object.copy", R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox", "key": "b"},
                                     "contentType": "text/y", "metadata": {}})"));
  const auto head = run("object.head", R"({"bucket": "outbox", "key": "b"})");
  EXPECT_EQ(head->at("metadata"), Json::object());
  EXPECT_EQ(head->at("contentType"), "text/y");
}

TEST_P(ObjectHandlers, CopyComparesChecksums) {
  put("abc", "abc");
  const std::map<std::string, std::string> known{
      {"md5", "900150983cd24fb0d6963f7d28e17f72"},
      {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}};
  for (const auto& [kind, digest] : known) {
    Json event{{"bucket", "inbox"}, {"key", "abc"}, {"checksum", kind}, {"destination", {{"bucket", "outbox"}}}};
    EXPECT_EQ(run("object.copy", event)->at("checksum"), digest);
    event["expectedChecksum"] = digest;
    EXPECT_EQ(error_name(run("object.copy", event)), "none");
    event["expectedChecksum"] = std::string(digest.size(), '0');
    event["destination"]["key"] = "never";
    EXPECT_EQ(error_name(run("object.copy", event)), "Object.ChecksumMismatch");
    EXPECT_EQ(text("never", "outbox"), "Object.NotFound");
  }
  EXPECT_THAT(
      cause(run("object.copy",
                R"({"bucket": "inbox", "key": "abc", "destination": {"bucket": "outbox"}, "checksum": "crc"})")),
      HasSubstr("/checksum: expected one of md5, sha1, sha256"));
}

TEST_P(ObjectHandlers, CopyRefusesOrSkipsWhatIsThere) {
  put("a", "new");
  put("a", "old", "outbox");
  const char* refuse = R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox"}, "overwrite": "refuse"})";
  EXPECT_EQ(error("object.copy", refuse), "Object.Exists");
  EXPECT_EQ(text("a", "outbox"), "old");
  const char* skip =
      R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox"}, "overwrite": "skip-if-same"})";
  EXPECT_EQ(run("object.copy", skip)->at("skipped"), false);
  EXPECT_EQ(text("a", "outbox"), "new");
  const auto etag = run("object.head", R"({"bucket": "outbox", "key": "a"})")->at("etag");
  const auto skipped = run("object.copy", skip);
  EXPECT_EQ(skipped->at("skipped"), true);
  EXPECT_EQ(skipped->at("etag"), etag) << "it was not written again";
}

TEST_P(ObjectHandlers, AnAttemptThatRunsTwiceShowsNowhere) {
  put("a", "bytes");
  const char* refuse = R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox"}, "overwrite": "refuse"})";
  ASSERT_EQ(error_name(run("object.copy", refuse, "7-3")), "none");
  EXPECT_EQ(error_name(run("object.copy", refuse, "7-3")), "none") << "it was itself that put it there";
  EXPECT_EQ(error_name(run("object.copy", refuse, "7-4")), "Object.Exists");
  const char* once = R"({"bucket": "inbox", "key": "once", "text": "x", "overwrite": "refuse"})";
  const auto first = run("object.put", once, "7-5");
  EXPECT_EQ(*run("object.put", once, "7-5"), *first);
  EXPECT_EQ(error_name(run("object.put", once, "7-6")), "Object.Exists");
  const char* move = R"({"bucket": "inbox", "key": "a", "destination": {"bucket": "outbox", "key": "moved"}})";
  const auto moved = run("object.move", move, "7-7");
  ASSERT_EQ(error_name(moved), "none") << cause(moved);
  EXPECT_EQ(*run("object.move", move, "7-7"), *moved);
  EXPECT_EQ(error_name(run("object.move", move, "7-8")), "Object.NotFound");
}

TEST_P(ObjectHandlers, MoveLeavesNothingBehind) {
  put("dir/a", "bytes");
  const auto moved =
      run("object.move", R"({"bucket": "inbox", "key": "dir/a", "destination": {"bucket": "outbox", "key": "b"}})");
  ASSERT_EQ(error_name(moved), "none") << cause(moved);
  EXPECT_EQ(text("b", "outbox"), "bytes");
  EXPECT_EQ(text("dir/a"), "Object.NotFound");
  put("b", "other");
  EXPECT_EQ(error("object.move",
                  R"({"bucket": "inbox", "key": "b", "destination": {"bucket": "outbox"}, "overwrite": "refuse"})"),
            "Object.Exists");
  EXPECT_EQ(text("b"), "other") << "what was not copied is not removed";
}

TEST_P(ObjectHandlers, DeleteTakesAListOrAPrefix) {
  for (const char* key : {"a/1", "a/2", "a/b/3", "c"}) put(key, "xy");
  const auto dry = run("object.delete", R"({"bucket": "inbox", "prefix": "a/", "dryRun": true})");
  EXPECT_EQ(*dry, Json::parse(R"({"bucket": "inbox", "prefix": "a/", "dryRun": true, "count": 3, "bytes": 6,
                                  "keys": ["a/1", "a/2", "a/b/3"]})"));
  EXPECT_EQ(text("a/1"), "xy");
  EXPECT_EQ(run("object.delete", R"({"bucket": "inbox", "keys": ["a/1", "none"]})")->at("count"), 2);
  EXPECT_EQ(run("object.delete", R"({"bucket": "inbox", "prefix": "a/"})")->at("count"), 2);
  EXPECT_EQ(run("object.delete", R"({"bucket": "inbox", "prefix": "a/"})")->at("count"), 0);
  EXPECT_EQ(text("c"), "xy");
  EXPECT_EQ(error("object.delete", R"({"bucket": "inbox", "keys": ["c", "/bad"]})"), "Object.InvalidKey");
  const auto partly = run("object.delete", R"({"bucket": "inbox", "keys": ["/bad", "d"], "keepGoing": true})");
  EXPECT_EQ(partly->at("keys"), Json{"d"});
  EXPECT_EQ(partly->at("errors")[0]["error"], "Object.InvalidKey");
}

TEST_P(ObjectHandlers, DeleteByEtagLeavesWhatCameSince) {
  put("a", "first");
  Json event{{"bucket", "inbox"},
             {"key", "a"},
             {"etag", run("object.head", R"({"bucket": "inbox", "key": "a"})")->at("etag")}};
  put("a", "second");
  EXPECT_EQ(run("object.delete", event)->at("deleted"), false);
  EXPECT_EQ(text("a"), "second");
  event["etag"] = run("object.head", R"({"bucket": "inbox", "key": "a"})")->at("etag");
  EXPECT_EQ(run("object.delete", event)->at("deleted"), true);
  EXPECT_EQ(text("a"), "Object.NotFound");
  EXPECT_EQ(run("object.delete", event)->at("deleted"), true) << "what is not there is deleted";
}

TEST_P(ObjectHandlers, DeleteNamesWrongArguments) {
  const auto refused = [&](const char* event) { return cause(run("object.delete", event)); };
  EXPECT_THAT(refused(R"({"bucket": "inbox"})"), HasSubstr("/key: missing"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "prefix": ""})"),
              HasSubstr("/prefix: expected a string that is not empty"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "a", "prefix": "b"})"),
              HasSubstr("only one of key, keys and prefix"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "key": "a", "dryRun": true})"),
              HasSubstr("/dryRun: is for a prefix only"));
  EXPECT_THAT(refused(R"({"bucket": "inbox", "keys": [1]})"), HasSubstr("/keys: expected an array of texts"));
}

TEST_P(ObjectHandlers, ListFoldsByDelimiterAndPages) {
  for (const char* key : {"a/1", "a/2", "a/b/3", "a/b/4", "c", "d/5"}) put(key, "x");
  const auto all = run("object.list", R"({"bucket": "inbox"})");
  ASSERT_EQ(error_name(all), "none") << cause(all);
  EXPECT_EQ(all->at("objects").size(), 6u);
  EXPECT_EQ(all->at("more"), false);
  EXPECT_EQ(all->at("objects")[0]["key"], "a/1");
  EXPECT_EQ(all->at("objects")[0]["bytes"], 1);

  // Every size of page tells the same.
  for (int limit = 1; limit <= 4; ++limit) {
    std::vector<std::string> seen;
    Json event{{"bucket", "inbox"}, {"delimiter", "/"}, {"limit", limit}};
    for (int page = 0; page < 10; ++page) {
      const auto listed = run("object.list", event);
      for (const auto& object : listed->at("objects")) seen.push_back(object["key"].get<std::string>());
      for (const auto& prefix : listed->at("prefixes")) seen.push_back(prefix.get<std::string>());
      if (!listed->at("more").get<bool>()) break;
      event["after"] = listed->at("next");
    }
    std::sort(seen.begin(), seen.end());
    EXPECT_EQ(seen, (std::vector<std::string>{"a/", "c", "d/"})) << limit;
  }
  const auto inner = run("object.list", R"({"bucket": "inbox", "prefix": "a/", "delimiter": "/"})");
  EXPECT_EQ(inner->at("prefixes"), Json{"a/b/"});
  EXPECT_EQ(inner->at("objects").size(), 2u);
  EXPECT_EQ(error("object.list", R"({"bucket": "off"})"), "Object.NoSuchBucket");
  EXPECT_THAT(cause(run("object.list", R"({"bucket": "inbox", "limit": 1001})")), HasSubstr("/limit: expected"));
}

INSTANTIATE_TEST_SUITE_P(Stores, ObjectHandlers, testing::Bool(),
                         [](const auto& is_local) { return is_local.param ? "Local" : "Memory"; });

}  // namespace
}  // namespace stepd::test
