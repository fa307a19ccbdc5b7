// Objects in directories: nothing leads out of a bucket, nothing is ever half there.
#include "storage/local/local_objects.h"

#include "storage/store_fixture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <latch>
#include <thread>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace fs = std::filesystem;

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class LocalObjects : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    objects_.reset();
    objects_ = open_local_objects({{"inbox", inbox()}, {"results", dir_.path() / "results"}});
  }
  fs::path inbox() const { return dir_.path() / "inbox"; }

  Result<ObjectStat> put(const std::string& key, std::string_view bytes, const std::string& type = "",
                         const std::string& bucket = "inbox") {
    STEPD_TRY(const auto writer, objects_->create({bucket, key}, type));
    STEPD_CHECK(writer->write(bytes));
    return writer->commit();
  }
  std::string get(const std::string& key, const std::string& bucket = "inbox") const {
    const auto reader = objects_->open({bucket, key});
    if (!reader) return "<" + reader.error().name + ">";
    std::string text;
    std::array<char, 7> buffer;
    for (;;) {
      const auto count = (*reader)->read(buffer.data(), buffer.size()).value();
      if (count == 0) return text;
      text.append(buffer.data(), count);
    }
  }
  std::vector<std::string> keys(const std::string& prefix = "", const std::string& after = "",
                                std::size_t limit = 1000) const {
    const auto listing = objects_->list("inbox", prefix, after, limit);
    std::vector<std::string> found;
    for (const auto& entry : listing.value().entries) found.push_back(entry.key);
    return found;
  }
  std::string error_of(const std::string& key) const { return get(key); }

  TempDir dir_;
  std::unique_ptr<ObjectStore> objects_;
};

// ---- put and get --------------------------------------------------------------------------------------------------

TEST_F(LocalObjects, KeepsBytesSizeAndContentType) {
  const std::string bytes("a\0b\xff", 4);
  const auto put_stat = put("photos/2026/cat.jpg", bytes, "image/x-cat");
  ASSERT_TRUE(put_stat) << put_stat.error().cause;
  EXPECT_EQ(get("photos/2026/cat.jpg"), bytes);
  const auto stat = objects_->head({"inbox", "photos/2026/cat.jpg"}).value();
  EXPECT_EQ(stat.size_bytes, 4u);
  EXPECT_EQ(stat.content_type, "image/x-cat");
  EXPECT_EQ(stat.etag, put_stat->etag) << "what commit() answered stays true";
  EXPECT_EQ(read_file(inbox() / "photos/2026/cat.jpg"), bytes) << "an ordinary file, for everybody";
}

TEST_F(LocalObjects, GuessesTheContentTypeOfWhatWasGivenNone) {
  put("a.JPG", "x");
  write_file(inbox() / "b.png", "x");
  put("c", "x");
  EXPECT_EQ(objects_->head({"inbox", "a.JPG"})->content_type, "image/jpeg");
  EXPECT_EQ(objects_->head({"inbox", "b.png"})->content_type, "image/png");
  EXPECT_EQ(objects_->head({"inbox", "c"})->content_type, "application/octet-stream");
}

TEST_F(LocalObjects, ChangesTheEtagWithTheBytes) {
  const auto first = put("k", "one").value().etag;
  EXPECT_EQ(objects_->head({"inbox", "k"})->etag, first);
  const auto second = put("k", "two").value().etag;
  EXPECT_NE(first, second);
  EXPECT_EQ(get("k"), "two");
  EXPECT_THAT(first, Not(HasSubstr("\"")));
}

/// A client fetches an object in parts on the condition that it is the same one: a backup or a chmod must not break
/// that.
TEST_F(LocalObjects, KeepsTheEtagWhateverHappensToNameModeAndAttributes) {
  const auto etag = put("k", "one").value().etag;
  const auto file = inbox() / "k";
  const auto now = [&] { return objects_->head({"inbox", "k"}).value().etag; };
  fs::permissions(file, fs::perms::owner_all);
  EXPECT_EQ(now(), etag);
  fs::create_hard_link(file, dir_.path() / "backup");
  fs::remove(dir_.path() / "backup");
  EXPECT_EQ(now(), etag);
  fs::rename(file, dir_.path() / "away");
  fs::rename(dir_.path() / "away", file);
  EXPECT_EQ(now(), etag);
  fs::create_directories(inbox() / ".stepd-tmp" / "parts");
  write_file(inbox() / ".stepd-tmp" / "parts" / "1", "a part of an upload");
  open();
  EXPECT_EQ(now(), etag) << "across a restart";
  write_file(file, "longer");
  EXPECT_NE(now(), etag);
  EXPECT_EQ(read_file(inbox() / ".stepd-tmp" / "parts" / "1"), "a part of an upload");
}

TEST_F(LocalObjects, AsksTheConditionOfAWriteAboutWhatIsThere) {
  const auto etag = put("k", "old").value().etag;
  const ObjectCondition refuse = [](const ObjectStat*) -> Result<void> { return AslError{"Test.No", "no"}; };
  std::optional<std::string> seen;
  const ObjectCondition look = [&](const ObjectStat* present) -> Result<void> {
    seen = present == nullptr ? "none" : present->etag;
    return {};
  };
  const auto write = [&](const std::string& key, const ObjectCondition& condition) {
    NewObject object;
    object.condition = condition;
    return objects_->create({"inbox", key}, object).value()->commit();
  };
  EXPECT_EQ(write("k", refuse).error().name, "Test.No");
  EXPECT_EQ(objects_->remove({"inbox", "k"}, refuse).error().name, "Test.No");
  EXPECT_EQ(get("k"), "old");
  EXPECT_TRUE(write("new", look));
  EXPECT_EQ(seen, "none");
  EXPECT_TRUE(objects_->remove({"inbox", "k"}, look));
  EXPECT_EQ(seen, etag);
  EXPECT_EQ(error_of("k"), "<Object.NotFound>");
}

/// Eight threads count in one object, each by a write on the condition that the object is what was read.
TEST_F(LocalObjects, LosesNoConditionalWriteToAnother) {
  put("count", "0");
  std::atomic<int> taken{0};
  const auto count_up = [&] {
    for (int i = 0; i < 50; ++i) {
      const auto etag = objects_->head({"inbox", "count"}).value().etag;
      const int next = std::stoi(get("count")) + 1;
      NewObject object;
      object.condition = [&](const ObjectStat* present) -> Result<void> {
        if (present != nullptr && present->etag == etag) return {};
        return AslError{"Test.Changed", ""};
      };
      const auto writer = objects_->create({"inbox", "count"}, object).value();
      ASSERT_TRUE(writer->write(std::to_string(next)));
      if (writer->commit()) ++taken;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(count_up);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::stoi(get("count")), taken);
  EXPECT_GT(taken, 0);
}

TEST_F(LocalObjects, KeepsAnOpenReaderOnTheOldBytes) {
  put("k", "old bytes");
  const auto reader = std::move(objects_->open({"inbox", "k"})).value();
  put("k", "new");
  std::array<char, 32> buffer;
  EXPECT_EQ(reader->read(buffer.data(), buffer.size()).value(), 9u);
  EXPECT_EQ(std::string(buffer.data(), 9), "old bytes");
  EXPECT_EQ(reader->stat().size_bytes, 9u);
  EXPECT_GE(reader->local_fd(), 0);
}

TEST_F(LocalObjects, ShowsNothingOfAnObjectBeforeItIsCommitted) {
  auto writer = std::move(objects_->create({"inbox", "new/k"}, "")).value();
  ASSERT_TRUE(writer->write("half"));
  EXPECT_EQ(error_of("new/k"), "<Object.NotFound>");
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_FALSE(fs::exists(inbox() / "new"));
  writer.reset();
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_TRUE(fs::is_empty(inbox() / ".stepd-tmp")) << "an abandoned object leaves nothing";
}

TEST_F(LocalObjects, IsNotOpenForWritingWhenItAppears) {
  const auto writer = std::move(objects_->create({"inbox", "k"}, "")).value();
  ASSERT_TRUE(writer->write("x"));
  ASSERT_TRUE(writer->commit());
  const int fd = ::open((inbox() / "k").c_str(), O_RDONLY);
  EXPECT_EQ(::fcntl(fd, F_SETLEASE, F_RDLCK), 0) << "the kernel refuses this while anybody writes";
  ::close(fd);
}

// ---- keys and what lies under them --------------------------------------------------------------------------------

TEST_F(LocalObjects, RefusesEveryKeyThatIsNotAName) {
  const std::string long_part(256, 'x');
  std::string long_key;
  while (long_key.size() <= 1024) long_key += "part/";
  const std::vector<std::string> hostile{"",
                                         "/",
                                         "/etc/passwd",
                                         "..",
                                         "../x",
                                         "a/../b",
                                         "a/..",
                                         "a//b",
                                         "a/",
                                         "./a",
                                         "a/./b",
                                         ".",
                                         std::string("a\0b", 3),
                                         "a\nb",
                                         "a\rb",
                                         "a\x7f",
                                         "\x1b[2J",
                                         "\xc0\xae\xc0\xae/x",
                                         "\xff",
                                         "\xed\xa0\x80",
                                         "\xf5\x80\x80\x80",
                                         "\xc2\x85",
                                         "caf\xc3",
                                         long_part,
                                         long_key + "x",
                                         ".stepd-tmp",
                                         ".stepd-tmp/x"};
  for (const auto& key : hostile) {
    EXPECT_EQ(error_of(key), "<Object.InvalidKey>") << key;
    EXPECT_EQ(put(key, "x").error().name, "Object.InvalidKey") << key;
    EXPECT_EQ(objects_->remove({"inbox", key}).error().name, "Object.InvalidKey") << key;
    EXPECT_EQ(objects_->head({"inbox", key}).error().name, "Object.InvalidKey") << key;
    put("source", "x");
    EXPECT_EQ(objects_->copy({"inbox", "source"}, {"inbox", key}).error().name, "Object.InvalidKey") << key;
    EXPECT_EQ(objects_->copy({"inbox", key}, {"inbox", "target"}).error().name, "Object.InvalidKey") << key;
  }
  EXPECT_THAT(keys(), ElementsAre("source"));
}

TEST_F(LocalObjects, TakesEveryKeyThatIsAName) {
  const std::vector<std::string> odd{"~",
                                     "$HOME",
                                     "a..b",
                                     "..a",
                                     "a b",
                                     " ",
                                     "a\\..\\b",
                                     "%2e%2e%2f",
                                     "x.jpg[page=0]",
                                     "-rf",
                                     "caf\xc3\xa9",
                                     "cafe\xcc\x81",
                                     "\xf0\x9f\x90\x88",
                                     std::string(255, 'x'),
                                     ".hidden",
                                     "a/.stepd-tmp/b"};
  for (const auto& key : odd) {
    const auto stored = put(key, key);
    ASSERT_TRUE(stored) << key << ": " << stored.error().cause;
    EXPECT_EQ(get(key), key);
  }
  EXPECT_EQ(keys().size(), odd.size());
  for (const auto& key : odd) EXPECT_TRUE(objects_->remove({"inbox", key})) << key;
  EXPECT_THAT(keys(), IsEmpty());
}

TEST_F(LocalObjects, FollowsNoSymbolicLink) {
  const fs::path outside = dir_.path() / "outside";
  write_file(outside / "secret", "secret");
  fs::create_symlink(outside / "secret", inbox() / "absolute");
  fs::create_symlink("../outside/secret", inbox() / "relative");
  fs::create_symlink(outside, inbox() / "folder");
  fs::create_symlink("/proc/self/root", inbox() / "magic");
  write_file(inbox() / "inside", "inside");
  fs::create_symlink("inside", inbox() / "neighbour");

  for (const std::string key : {"absolute", "relative", "folder/secret", "magic/etc/passwd", "neighbour"}) {
    EXPECT_EQ(error_of(key), "<Object.AccessDenied>") << key;
    EXPECT_EQ(objects_->copy({"inbox", key}, {"results", "stolen"}).error().name, "Object.AccessDenied") << key;
    EXPECT_EQ(objects_->remove({"inbox", key}).error().name, "Object.AccessDenied") << key;
  }
  EXPECT_EQ(put("folder/planted", "x").error().name, "Object.AccessDenied");
  EXPECT_EQ(put("folder/deep/planted", "x").error().name, "Object.AccessDenied");
  EXPECT_THAT(keys(), ElementsAre("inside"));
  EXPECT_THAT(keys("folder/"), IsEmpty());
  EXPECT_EQ(read_file(outside / "secret"), "secret");
  EXPECT_EQ(std::distance(fs::directory_iterator(outside), {}), 1);

  ASSERT_TRUE(put("absolute", "mine")) << "a put replaces the link itself, not what it points at";
  EXPECT_EQ(get("absolute"), "mine");
  EXPECT_EQ(read_file(outside / "secret"), "secret");
}

TEST_F(LocalObjects, SurvivesAFolderThatTurnsIntoALink) {
  const fs::path outside = dir_.path() / "outside";
  write_file(outside / "k", "secret");
  fs::create_directories(inbox() / "real");
  write_file(inbox() / "real/k", "honest");
  fs::create_symlink(outside, inbox() / "link");
  std::atomic<bool> done{false};
  std::thread attacker([&] {
    while (!done) {
      ::renameat2(AT_FDCWD, (inbox() / "real").c_str(), AT_FDCWD, (inbox() / "link").c_str(), RENAME_EXCHANGE);
    }
  });
  int honest = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto seen = get("real/k");
    if (seen == "honest") ++honest;
    EXPECT_NE(seen, "secret");
    if (i % 100 == 0) put("real/planted", "x");
  }
  done = true;
  attacker.join();
  EXPECT_GT(honest, 0) << "the test saw no honest moment and proves nothing";
  EXPECT_FALSE(fs::exists(outside / "planted"));
}

TEST_F(LocalObjects, ReadsNothingButRegularFiles) {
  fs::create_directories(inbox() / "folder");
  ASSERT_EQ(::mkfifo((inbox() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(error_of("folder"), "<Object.NotFound>");
  EXPECT_EQ(error_of("fifo"), "<Object.AccessDenied>") << "and does not wait for a writer";
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_TRUE(objects_->remove({"inbox", "folder"}));
  EXPECT_TRUE(fs::exists(inbox() / "folder"));
}

TEST_F(LocalObjects, RefusesAKeyThatWouldBeFileAndFolder) {
  ASSERT_TRUE(put("a/b", "x"));
  EXPECT_EQ(put("a", "y").error().name, "Object.Conflict");
  EXPECT_EQ(put("a/b/c", "y").error().name, "Object.Conflict");
  EXPECT_EQ(error_of("a/b/c"), "<Object.NotFound>");
  EXPECT_TRUE(objects_->remove({"inbox", "a/b/c"})) << "it does not exist";
  EXPECT_EQ(get("a/b"), "x");
}

TEST_F(LocalObjects, NamesAMissingBucketAndNoPathOfTheHost) {
  const auto error = put("k", "x", "", "nowhere").error();
  EXPECT_EQ(error.name, "Object.NoSuchBucket");
  EXPECT_THAT(error.cause, HasSubstr("nowhere"));
  EXPECT_EQ(objects_->list("nowhere", "", "", 1).error().name, "Object.NoSuchBucket");
  EXPECT_THAT(objects_->open({"inbox", "k"}).error().cause, Not(HasSubstr(dir_.path().string())));
}

TEST_F(LocalObjects, NoticesThatTheBucketsFolderIsGoneOrAnother) {
  put("k", "x");
  fs::remove_all(inbox());
  EXPECT_EQ(error_of("k"), "<Object.NoSuchBucket>");
  EXPECT_EQ(put("k", "x").error().name, "Object.NoSuchBucket");
  fs::create_directory(inbox());
  EXPECT_EQ(error_of("k"), "<Object.NotFound>");
  EXPECT_TRUE(put("k", "again"));
  EXPECT_EQ(read_file(inbox() / "k"), "again");
}

TEST(BucketNames, FollowTheRulesOfS3) {
  for (const char* good : {"abc", "uploads", "my-bucket.2026", "0a0", "1.2.3"})
    EXPECT_TRUE(check_bucket_name(good)) << good;
  for (const char* bad : {"", "ab", "..", "Uploads", "a_b", "a/b", "-ab", "ab-", "ab.", "a..b", "a.-b", "a-.b",
                          "192.168.5.4", "xn--abc", "abc-s3alias", "a b", "caf\xc3\xa9"}) {
    EXPECT_FALSE(check_bucket_name(bad)) << bad;
  }
  EXPECT_TRUE(check_bucket_name(std::string(63, 'a')));
  EXPECT_FALSE(check_bucket_name(std::string(64, 'a')));
  TempDir dir;
  EXPECT_THROW(open_local_objects({{"../x", dir.path() / "x"}}), std::invalid_argument);
}

TEST(BucketFolders, ThatCannotBeMadeAreSaid) {
  TempDir dir;
  write_file(dir.path() / "file", "x");
  EXPECT_THROW(open_local_objects({{"bucket", dir.path() / "file" / "below"}}), std::system_error);
}

// ---- remove and copy ----------------------------------------------------------------------------------------------

TEST_F(LocalObjects, RemovesAnObjectAndTheFoldersItEmpties) {
  put("a/b/c/d", "x");
  put("a/e", "x");
  EXPECT_TRUE(objects_->remove({"inbox", "a/b/c/d"}));
  EXPECT_FALSE(fs::exists(inbox() / "a/b"));
  EXPECT_THAT(keys(), ElementsAre("a/e"));
  EXPECT_TRUE(objects_->remove({"inbox", "a/b/c/d"})) << "again";
  EXPECT_TRUE(objects_->remove({"inbox", "never/was"}));
  EXPECT_TRUE(objects_->remove({"inbox", "a/e"}));
  EXPECT_TRUE(fs::exists(inbox())) << "the bucket itself stays";
}

TEST_F(LocalObjects, CopiesBetweenBucketsWithTheContentType) {
  const std::string bytes(3'000'000, 'z');
  put("big", bytes, "text/x-big");
  const auto stat = objects_->copy({"inbox", "big"}, {"results", "deep/down/big"});
  ASSERT_TRUE(stat) << stat.error().cause;
  EXPECT_EQ(stat->size_bytes, bytes.size());
  EXPECT_EQ(stat->content_type, "text/x-big");
  EXPECT_EQ(get("deep/down/big", "results"), bytes);
  EXPECT_EQ(get("big"), bytes);
}

TEST_F(LocalObjects, CopiesTheEmptyObject) {
  put("empty", "");
  ASSERT_TRUE(objects_->copy({"inbox", "empty"}, {"results", "empty"}));
  EXPECT_EQ(get("empty", "results"), "");
}

TEST_F(LocalObjects, RefusesToCopyOntoItselfOrFromNothing) {
  put("k", "x");
  EXPECT_EQ(objects_->copy({"inbox", "k"}, {"inbox", "k"}).error().name, "Object.Conflict");
  EXPECT_EQ(objects_->copy({"inbox", "none"}, {"inbox", "k"}).error().name, "Object.NotFound");
  EXPECT_EQ(objects_->copy({"inbox", "k"}, {"nowhere", "k"}).error().name, "Object.NoSuchBucket");
  EXPECT_EQ(get("k"), "x");
}

// ---- listing ------------------------------------------------------------------------------------------------------

TEST_F(LocalObjects, ListsInBytewiseOrderOfWholeKeys) {
  // '-' < '.' < '/' < '0': a walk that sorts names instead of keys gets this wrong.
  for (const char* key : {"a/b", "a-c", "a.d", "a0", "a/b.c/d", "Z", "\xc3\xa9", "a/a"}) put(key, "x");
  EXPECT_THAT(keys(), ElementsAre("Z", "a-c", "a.d", "a/a", "a/b", "a/b.c/d", "a0", "\xc3\xa9"));
}

TEST_F(LocalObjects, ListsByPrefixAndInPagesOfAnySize) {
  std::vector<std::string> all;
  for (const char* folder : {"", "a/", "a/b/", "ab/", "b/"}) {
    for (const char* name : {"1", "1.x", "2"}) all.push_back(std::string(folder) + name);
  }
  for (const auto& key : all) put(key, key);
  std::sort(all.begin(), all.end());
  for (const std::string prefix : {"", "a", "a/", "a/b", "a/b/1", "a/b/1.", "b/", "zz", "../", "a//", "/"}) {
    std::vector<std::string> wanted;
    for (const auto& key : all) {
      if (key.starts_with(prefix)) wanted.push_back(key);
    }
    for (std::size_t limit = 1; limit <= all.size() + 1; ++limit) {
      std::vector<std::string> got;
      std::string after;
      for (bool more = true; more;) {
        const auto page = objects_->list("inbox", prefix, after, limit).value();
        ASSERT_LE(page.entries.size(), limit);
        for (const auto& entry : page.entries) got.push_back(entry.key);
        more = page.more;
        if (more) {
          ASSERT_FALSE(page.entries.empty());
          after = got.back();
        }
      }
      EXPECT_EQ(got, wanted) << "prefix '" << prefix << "', limit " << limit;
    }
  }
}

TEST_F(LocalObjects, DescribesWhatItLists) {
  put("k.png", "12345", "image/x-odd");
  const auto listing = objects_->list("inbox", "", "", 10).value();
  ASSERT_EQ(listing.entries.size(), 1u);
  EXPECT_EQ(listing.entries[0].stat.size_bytes, 5u);
  EXPECT_EQ(listing.entries[0].stat.content_type, "image/x-odd");
  EXPECT_EQ(listing.entries[0].stat.etag, objects_->head({"inbox", "k.png"})->etag);
  EXPECT_FALSE(listing.more);
}

TEST_F(LocalObjects, LeavesOutFilesWhoseNameIsNoKey) {
  write_file(inbox() / "bad\nname", "x");
  write_file(inbox() / "\xff", "x");
  write_file(inbox() / "good", "x");
  EXPECT_THAT(keys(), ElementsAre("good"));
}

// ---- crashes and races --------------------------------------------------------------------------------------------

TEST_F(LocalObjects, RemovesWhatACrashLeftWhenItOpens) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto writer = objects_->create({"inbox", "lost"}, "");
    if (!writer || !(*writer)->write("half an object")) ::_exit(1);
    ::_exit(0);  // no destructor runs, as in a crash
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_FALSE(fs::is_empty(inbox() / ".stepd-tmp")) << "the crash left nothing, the test proves nothing";
  EXPECT_THAT(keys(), IsEmpty());
  open();
  EXPECT_TRUE(fs::is_empty(inbox() / ".stepd-tmp"));
}

TEST_F(LocalObjects, LeavesAlonePartsThatAnotherOpenStoreIsWriting) {
  const auto writer = std::move(objects_->create({"inbox", "k"}, "")).value();
  ASSERT_TRUE(writer->write("first half, "));
  const auto second = open_local_objects({{"inbox", inbox()}});
  ASSERT_TRUE(writer->write("second half"));
  ASSERT_TRUE(writer->commit());
  EXPECT_EQ(get("k"), "first half, second half");
}

TEST_F(LocalObjects, LeavesOneWholeVersionOfManyWrittenAtOnce) {
  constexpr int kThreads = 6;
  constexpr int kRounds = 15;
  constexpr std::size_t kSize = 200'000;
  std::latch start(kThreads + 1);
  std::vector<std::thread> threads;
  std::atomic<int> running{kThreads};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const std::string bytes(kSize, static_cast<char>('a' + t));
      start.arrive_and_wait();
      for (int round = 0; round < kRounds; ++round) EXPECT_TRUE(put("shared/key", bytes));
      --running;
    });
  }
  start.arrive_and_wait();
  int seen = 0;
  while (running > 0) {
    const auto bytes = get("shared/key");
    if (bytes == "<Object.NotFound>") continue;
    ++seen;
    ASSERT_EQ(bytes.size(), kSize);
    ASSERT_EQ(bytes.find_first_not_of(bytes.front()), std::string::npos) << "two versions mixed";
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(seen, 0);
  EXPECT_THAT(keys(), ElementsAre("shared/key"));
  EXPECT_TRUE(fs::is_empty(inbox() / ".stepd-tmp"));
}

TEST_F(LocalObjects, PutsIntoFoldersThatOthersEmptyMeanwhile) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string key = "a/b/c/" + std::to_string(t);
      for (int round = 0; round < 100; ++round) {
        const auto stored = put(key, key);
        ASSERT_TRUE(stored) << stored.error().cause;
        ASSERT_EQ(get(key), key);
        ASSERT_TRUE(objects_->remove({"inbox", key}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(keys(), IsEmpty());
  EXPECT_FALSE(fs::exists(inbox() / "a"));
}

}  // namespace
}  // namespace stepd::storage::test
