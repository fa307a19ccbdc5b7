// What people, programs and enemies do to an inbox: floods, links, odd names, things that are no files, and swaps in
// the moment between seeing and opening.
#include "storage/local/local_objects.h"
#include "triggers/trigger_fixture.h"
#include "triggers/watched_bucket.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

namespace stepd::triggers {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::at;
using test::scaled;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::hours kNever{1};  // between rescans, where the test shall see that something else finds the file

class HostileInbox : public testing::Test {
 protected:
  HostileInbox() { fs::create_directory(folder_.path() / "in"); }

  WatchedBucket watch(std::chrono::seconds rescan = 5s) const {
    return WatchedBucket({"uploads", folder_.path() / "in", 500ms, rescan});
  }
  /// Steps through `until` and counts how often each key arrived.
  static std::map<std::string, int> arrivals(WatchedBucket& bucket, std::int64_t from, std::int64_t until) {
    std::map<std::string, int> counts;
    for (auto ms = from; ms <= until; ms += 300) {
      for (const auto& each : bucket.step(at(ms)).arrived) ++counts[each.key];
    }
    return counts;
  }
  static void expect_each_once(const std::map<std::string, int>& counts, int files) {
    EXPECT_EQ(counts.size(), static_cast<std::size_t>(files));
    for (const auto& [key, count] : counts) EXPECT_EQ(count, 1) << key;
  }
  fs::path in(const std::string& name) const { return folder_.path() / "in" / name; }
  fs::path out(const std::string& name) const { return folder_.path() / name; }

  test::Folder folder_;
};

int queued_events_max() {
  std::ifstream setting("/proc/sys/fs/inotify/max_queued_events");
  int value = 16'384;
  setting >> value;
  return std::min(value, 200'000);
}

TEST_F(HostileInbox, More_files_than_the_kernel_queues_all_arrive_without_waiting_for_a_rescan) {
  auto bucket = watch(kNever);
  bucket.step(at(0));
  const int files = std::max(queued_events_max() / 2 + 2'000, scaled(12'000));  // one event for making, one for closing
  for (int i = 0; i < files; ++i) {
    const int file = ::open(in(std::to_string(i)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    ::close(file);
  }
  expect_each_once(arrivals(bucket, 10, 2'000), files);
}

TEST_F(HostileInbox, Every_file_that_is_renamed_in_arrives_once_and_at_once) {
  auto bucket = watch(kNever);
  bucket.step(at(0));
  const int files = scaled(5'000);
  for (int i = 0; i < files; ++i) {
    folder_.write("elsewhere", "whole");
    fs::rename(out("elsewhere"), in(std::to_string(i) + ".jpg"));
  }
  expect_each_once(arrivals(bucket, 10, 10), files);
  EXPECT_THAT(arrivals(bucket, 300, 3'000), IsEmpty());
}

TEST_F(HostileInbox, A_file_that_is_closed_and_appended_to_arrives_once_and_whole) {
  auto bucket = watch(kNever);
  bucket.step(at(0));
  const int files = scaled(1'000);
  for (int i = 0; i < files; ++i) folder_.write("in/" + std::to_string(i), "half");
  EXPECT_THAT(arrivals(bucket, 10, 310), IsEmpty());
  for (int i = 0; i < files; ++i) std::ofstream(in(std::to_string(i)), std::ios::app) << "whole";
  std::map<std::string, std::uint64_t> sizes;
  for (int ms = 400; ms < 3'000; ms += 100) {
    for (const auto& each : bucket.step(at(ms)).arrived) {
      EXPECT_TRUE(sizes.emplace(each.key, each.identity.size_bytes).second) << each.key;
    }
  }
  EXPECT_EQ(sizes.size(), static_cast<std::size_t>(files));
  for (const auto& [key, size] : sizes) EXPECT_EQ(size, 9u) << key;
}

TEST_F(HostileInbox, A_hard_link_arrives_though_no_close_is_ever_told) {
  auto bucket = watch(kNever);
  bucket.step(at(0));
  const int files = scaled(500);
  folder_.write("elsewhere", "whole");
  for (int i = 0; i < files; ++i) fs::create_hard_link(out("elsewhere"), in(std::to_string(i)));
  expect_each_once(arrivals(bucket, 10, 2'000), files);
}

TEST_F(HostileInbox, A_hard_link_counts_only_if_whoever_made_it_could_have_read_the_file) {
  folder_.write("in/alone", "x");
  folder_.write("secret", "x");
  fs::create_hard_link(out("secret"), in("link"));
  const auto root = open_directory(out("in"));
  const auto found = [&](const char* key, bool kernel_protects) {
    return look_at(root.get(), key, kernel_protects).found;
  };
  EXPECT_EQ(found("link", false), Found::File) << "nobody but the owner of both can have put it there";
  ASSERT_EQ(::chmod(out("in").c_str(), 0770), 0);
  EXPECT_EQ(found("link", false), Found::Linked);
  EXPECT_EQ(found("link", true), Found::File);
  EXPECT_EQ(found("alone", false), Found::File);
  struct stat file {};
  struct stat folder {};
  ASSERT_EQ(::stat(in("link").c_str(), &file), 0);
  ASSERT_EQ(::stat(out("in").c_str(), &folder), 0);
  folder.st_mode = S_IFDIR | 0755;
  ++folder.st_uid;
  EXPECT_FALSE(storage::local::may_be_object(file, folder, false)) << "the owner of the folder does not own the file";
}

/// A socket and, where the kernel lets us, a device; a pipe; links; a folder.
void make_what_is_no_file(const fs::path& in, const fs::path& outside) {
  ASSERT_EQ(::mkfifo((in / "pipe.jpg").c_str(), 0666), 0);
  fs::create_symlink(outside, in / "link.jpg");
  fs::create_symlink("/proc/self/environ", in / "proc.jpg");
  fs::create_symlink("loop.jpg", in / "loop.jpg");
  fs::create_directory(in / "folder.jpg");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = (in / "s.jpg").string();
  ASSERT_LT(name.size(), sizeof address.sun_path);
  name.copy(address.sun_path, name.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const bool is_device = ::mknod((in / "null.jpg").c_str(), S_IFCHR | 0666, makedev(1, 3)) == 0;
  std::cout << (is_device ? "with" : "without") << " a device\n";  // which needs CAP_MKNOD
}

TEST_F(HostileInbox, What_is_no_whole_file_is_never_opened_and_holds_up_nobody) {
  folder_.write("outside.jpg", "secret");
  make_what_is_no_file(out("in"), out("outside.jpg"));
  for (const char* name : {".hidden", "a.part", "b.tmp", ".d/x.jpg"}) folder_.write(std::string("in/") + name, "x");
  folder_.write("in/fine.jpg", "x");
  folder_.write("in/empty.jpg", "");
  for (const bool there_first : {true, false}) {
    auto bucket = watch(kNever);
    if (!there_first) bucket.step(at(0));
    const auto counts = arrivals(bucket, 10, 3'000);
    // An empty file is an object, as on S3; one that is filled later arrives again as another.
    EXPECT_EQ(counts, (std::map<std::string, int>{{"fine.jpg", 1}, {"empty.jpg", 1}}));
  }
}

TEST_F(HostileInbox, A_file_that_may_not_be_read_arrives_as_soon_as_it_may) {
  // Root may read everything, but not with another user's identity on the file system, which a thread can take.
  constexpr uid_t kNobody = 65'534;
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  folder_.write("in/a.jpg", "x");
  ASSERT_EQ(::chmod(in("a.jpg").c_str(), 0), 0);
  auto bucket = watch();
  const auto own = ::geteuid() == 0 ? ::setfsuid(kNobody) : -1;
  EXPECT_THAT(arrivals(bucket, 0, 11'000), IsEmpty());
  if (own >= 0) ::setfsuid(static_cast<uid_t>(own));
  ASSERT_EQ(::chmod(in("a.jpg").c_str(), 0444), 0);
  EXPECT_THAT(arrivals(bucket, 12'000, 20'000), ElementsAre(std::pair("a.jpg", 1)));
}

TEST_F(HostileInbox, A_name_that_is_swapped_for_a_link_never_leads_out) {
  folder_.write("outside/secret", "the secret of somebody else");
  folder_.write("in/victim", "harmless");
  folder_.write("in/dir/victim", "harmless");
  fs::create_symlink(out("outside/secret"), in("trap"));
  fs::create_directory_symlink(out("outside"), in("dirtrap"));
  folder_.write("in/dir/secret", "harmless");
  struct stat secret {};
  ASSERT_EQ(::stat(out("outside/secret").c_str(), &secret), 0);
  const auto root = open_directory(out("in"));
  const auto objects = storage::open_local_objects({{"uploads", out("in")}});
  std::atomic<bool> over{false};
  std::thread enemy([&] {
    while (!over) {
      ::renameat2(root.get(), "victim", root.get(), "trap", RENAME_EXCHANGE);
      ::renameat2(root.get(), "dir", root.get(), "dirtrap", RENAME_EXCHANGE);
    }
  });
  int files = 0;
  int others = 0;
  int escapes = 0;
  const int rounds = scaled(400'000);
  for (int i = 0; i < rounds; ++i) {
    for (const char* key : {"victim", "dir/secret"}) {
      const auto look = look_at(root.get(), key);
      look.found == Found::File ? ++files : ++others;
      if (look.found == Found::File && look.identity.inode == secret.st_ino) ++escapes;
      char bytes[32];
      const auto reader = objects->open({"uploads", key});
      if (!reader) continue;
      const auto count = (*reader)->read(bytes, sizeof bytes);
      if (count && std::string_view(bytes, *count) != "harmless") ++escapes;
    }
  }
  over = true;
  enemy.join();
  EXPECT_EQ(escapes, 0);
  std::cout << rounds << " rounds: " << files << " times the file, " << others << " times not\n";
  EXPECT_GT(files, 0);
  EXPECT_GT(others, 0) << "the enemy never came in between";
}

TEST_F(HostileInbox, Odd_names_are_keys_or_left_alone_and_all_that_arrive_can_be_opened) {
  const std::string longest(255, 'n');
  const std::set<std::string> lawful{
      "a b;$(touch x).jpg", "%2e%2e", "..jpg.x", "-rf", "*?[x]", "ü", "'\"`", longest, "a\\b"};
  const std::set<std::string> unlawful{"bad\xff.jpg", "over\xc0\xaf.jpg", "line\nfeed", "bell\a", "csi\xc2\x9b"};
  for (const auto& names : {lawful, unlawful}) {
    for (const auto& name : names) std::ofstream(in(name)) << name;
  }
  auto bucket = watch();
  const auto counts = arrivals(bucket, 0, 6'000);
  const auto objects = storage::open_local_objects({{"uploads", out("in")}});
  std::set<std::string> arrived;
  for (const auto& [key, count] : counts) {
    arrived.insert(key);
    const auto reader = objects->open({"uploads", key});
    ASSERT_TRUE(reader.has_value()) << reader.error().cause;
    EXPECT_EQ((*reader)->stat().size_bytes, key.size()) << key;
  }
  // "..jpg.x" begins with a dot, as hidden files do.
  auto expected = lawful;
  expected.erase("..jpg.x");
  EXPECT_EQ(arrived, expected);
  EXPECT_FALSE(fs::exists("x"));
}

TEST_F(HostileInbox, A_large_inbox_is_scanned_whole) {
  const int files = scaled(100'000);
  for (int i = 0; i < files; ++i) {
    const int file = ::open(in(std::to_string(i)).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ASSERT_GE(file, 0);
    ::close(file);
  }
  auto bucket = watch(kNever);
  const auto began = std::chrono::steady_clock::now();
  bucket.step(at(0));
  const std::chrono::duration<double> scan = std::chrono::steady_clock::now() - began;
  expect_each_once(arrivals(bucket, 600, 900), files);
  std::cout << files << " files scanned in " << scan.count() << " s: " << files / scan.count() << "/s\n";
}

TEST_F(HostileInbox, A_folder_that_is_put_in_the_place_of_the_inbox_becomes_the_inbox) {
  auto bucket = watch();
  bucket.step(at(0));
  folder_.write("other/new.jpg", "x");
  fs::rename(out("in"), out("away"));
  fs::rename(out("other"), out("in"));
  std::ofstream(out("away") / "stray.jpg") << "x";
  const auto counts = arrivals(bucket, 10, 4'900);  // in less than five seconds
  EXPECT_EQ(counts, (std::map<std::string, int>{{"new.jpg", 1}}));
  std::ofstream(in("later.jpg")) << "x";
  bucket.step(at(5'000));
  EXPECT_EQ(arrivals(bucket, 5'200, 6'000), (std::map<std::string, int>{{"later.jpg", 1}})) << "it is watched, too";
}

}  // namespace
}  // namespace stepd::triggers
