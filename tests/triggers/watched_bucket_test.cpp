// A real folder, watched by the real kernel, at moments that the test makes up.
#include "triggers/watched_bucket.h"
#include "triggers/trigger_fixture.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <fstream>

namespace stepd::triggers {
namespace {

using test::at;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class WatchedFolder : public testing::Test {
 protected:
  WatchedFolder() : bucket_({"uploads", folder_.path() / "in", 500ms, 5s, 10s, IgnorePatterns({"*.xmp", "/drafts/"})}) {
    std::filesystem::create_directory(folder_.path() / "in");
    step(0);
  }

  std::vector<std::string> step(std::int64_t ms) {
    last_ = bucket_.step(at(ms));
    std::vector<std::string> keys;
    for (const auto& each : last_.arrived) keys.push_back(each.key);
    return keys;
  }
  void write(const std::string& name, const std::string& text = "x") { folder_.write("in/" + name, text); }
  std::filesystem::path in(const std::string& name) const { return folder_.path() / "in" / name; }

  test::Folder folder_;
  WatchedBucket bucket_;
  Findings last_;
};

TEST_F(WatchedFolder, A_file_arrives_once_when_it_has_settled) {
  write("a.jpg");
  EXPECT_THAT(step(10), IsEmpty());
  EXPECT_THAT(step(300), IsEmpty());
  EXPECT_THAT(step(510), ElementsAre("a.jpg"));
  EXPECT_THAT(step(9000), IsEmpty());
}

TEST_F(WatchedFolder, A_file_that_is_closed_and_reopened_to_append_arrives_only_when_nobody_adds_to_it) {
  write("a.jpg", "one");
  step(10);
  std::ofstream(in("a.jpg"), std::ios::app) << "two";
  EXPECT_THAT(step(400), IsEmpty());
  EXPECT_THAT(step(510), IsEmpty());
  EXPECT_THAT(step(900), ElementsAre("a.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 6u);
}

TEST_F(WatchedFolder, A_file_that_somebody_still_holds_open_for_writing_does_not_arrive) {
  std::ofstream writer(in("slow.jpg"), std::ios::binary);
  writer << "half" << std::flush;
  for (int ms = 10; ms < 4'000; ms += 500) EXPECT_THAT(step(ms), IsEmpty()) << ms;
  writer.close();
  EXPECT_THAT(step(4'100), IsEmpty());
  EXPECT_THAT(step(4'700), ElementsAre("slow.jpg"));
}

TEST_F(WatchedFolder, A_file_that_is_renamed_in_arrives_at_once) {
  folder_.write("elsewhere.jpg", "whole");
  std::filesystem::rename(folder_.path() / "elsewhere.jpg", in("a.jpg"));
  EXPECT_THAT(step(10), ElementsAre("a.jpg"));
}

TEST_F(WatchedFolder, Files_in_new_and_moved_in_folders_arrive) {
  write("new/deep/a.jpg");
  folder_.write("other/b.jpg", "x");
  std::filesystem::rename(folder_.path() / "other", in("moved"));
  step(10);
  EXPECT_THAT(step(600), UnorderedElementsAre("new/deep/a.jpg", "moved/b.jpg"));
  write("new/deep/c.jpg");
  step(700);
  EXPECT_THAT(step(1300), ElementsAre("new/deep/c.jpg"));
}

TEST_F(WatchedFolder, What_is_no_object_never_arrives_and_a_pipe_does_not_block) {
  folder_.write("secret.txt", "outside");
  std::filesystem::create_symlink(folder_.path() / "secret.txt", in("link.jpg"));
  std::filesystem::create_directory_symlink(folder_.path(), in("linked"));
  ASSERT_EQ(::mkfifo(in("pipe.jpg").c_str(), 0600), 0);
  for (const char* name : {".hidden", ".git/config", "a.part", "b.tmp", "dir/.x"}) write(name);
  write("fine.jpg");
  step(10);
  EXPECT_THAT(step(600), ElementsAre("fine.jpg"));
  EXPECT_THAT(step(9000), IsEmpty());
}

TEST_F(WatchedFolder, An_upload_in_two_sittings_arrives_once_when_it_has_its_name) {
  write("big.jpg.filepart", "first ");
  for (int ms = 10; ms < 12'000; ms += 500) EXPECT_THAT(step(ms), IsEmpty()) << ms;
  std::ofstream(in("big.jpg.filepart"), std::ios::app) << "second";
  EXPECT_THAT(step(12'000), IsEmpty());
  std::filesystem::rename(in("big.jpg.filepart"), in("big.jpg"));
  EXPECT_THAT(step(12'010), ElementsAre("big.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 12u);
  EXPECT_THAT(step(20'000), IsEmpty());
}

TEST_F(WatchedFolder, A_name_that_says_unfinished_in_any_case_is_left_alone_by_events_and_by_scans) {
  for (const char* name : {"A.PART", "b.Tmp", "c.CRDownload", "~d.jpg", "e.jpg~", "Thumbs.DB",
                           "Safari.jpg.download/f.jpg", "g.XMP", "drafts/h.jpg", "Drafts/deep/i.jpg", "j.!uT"}) {
    write(name);
  }
  write("fine.jpg");
  write("drafts.jpg");
  step(10);
  EXPECT_THAT(step(600), UnorderedElementsAre("fine.jpg", "drafts.jpg"));
  WatchedBucket later({"uploads", folder_.path() / "in", 500ms, 5s, 10s, IgnorePatterns({"*.xmp", "/drafts/"})});
  later.step(at(0));
  EXPECT_EQ(later.step(at(600)).arrived.size(), 2u);
}

TEST_F(WatchedFolder, A_folder_that_was_unfinished_arrives_when_it_has_its_name) {
  write("album.part/a.jpg");
  step(10);
  EXPECT_THAT(step(6'000), IsEmpty());
  std::filesystem::rename(in("album.part"), in("album"));
  step(6'010);
  EXPECT_THAT(step(6'600), ElementsAre("album/a.jpg"));
}

TEST_F(WatchedFolder, A_file_that_is_made_empty_and_filled_later_arrives_once_and_filled) {
  write("scan.jpg", "");
  for (int ms = 10; ms < 9'000; ms += 500) EXPECT_THAT(step(ms), IsEmpty()) << ms;
  write("scan.jpg", "a page");
  EXPECT_THAT(step(9'000), IsEmpty());
  EXPECT_THAT(step(9'600), ElementsAre("scan.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 6u);
  write("empty.jpg", "");
  step(10'000);
  EXPECT_THAT(step(20'100), ElementsAre("empty.jpg"));
}

TEST_F(WatchedFolder, A_file_beside_which_another_says_that_it_is_unfinished_waits_for_that_to_go) {
  write("movie.jpg", "half of it");  // aria2 writes under the last name
  write("movie.jpg.aria2");
  write("web.jpg", "");  // Firefox keeps the name by an empty file
  write("web.jpg.part", "half of it");
  write("left.jpg", "whole");  // while a part of an earlier attempt was left over
  write("left.jpg.part", "half of it");
  step(10);
  EXPECT_THAT(step(600), ElementsAre("left.jpg"));
  for (int ms = 1'000; ms < 15'000; ms += 500) EXPECT_THAT(step(ms), IsEmpty()) << ms;
  std::filesystem::remove(in("movie.jpg.aria2"));
  std::filesystem::rename(in("web.jpg.part"), in("web.jpg"));
  EXPECT_THAT(step(15'000), ElementsAre("web.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 10u);
  std::vector<std::string> arrived;
  for (int ms = 15'100; ms < 17'500; ms += 100) {
    for (const auto& key : step(ms)) arrived.push_back(key);
  }
  EXPECT_THAT(arrived, ElementsAre("movie.jpg"));
}

TEST_F(WatchedFolder, A_file_that_is_renamed_while_it_is_written_arrives_when_it_is_whole) {
  std::ofstream writer(in("a.jpg.part"), std::ios::binary);
  writer << "half" << std::flush;
  step(10);
  std::filesystem::rename(in("a.jpg.part"), in("a.jpg"));
  for (int ms = 20; ms < 3'000; ms += 500) EXPECT_THAT(step(ms), IsEmpty()) << ms;
  writer << " and half";
  writer.close();
  EXPECT_THAT(step(3'000), IsEmpty());
  EXPECT_THAT(step(3'600), ElementsAre("a.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 13u);
}

TEST_F(WatchedFolder, A_file_that_is_continued_after_it_was_taken_arrives_again_as_a_whole) {
  write("a.jpg", "half");
  step(10);
  EXPECT_THAT(step(600), ElementsAre("a.jpg"));
  std::ofstream(in("a.jpg"), std::ios::app) << " and half";
  step(700);
  EXPECT_THAT(step(1'300), ElementsAre("a.jpg"));
  EXPECT_EQ(last_.arrived.at(0).identity.size_bytes, 13u);
}

TEST_F(WatchedFolder, Names_that_are_odd_but_lawful_arrive_and_others_are_left_alone) {
  const std::string longest(255, 'n');
  for (const std::string& name : {std::string("a b;$(x).jpg"), std::string("%2e%2e.jpg"), std::string("ü.jpg"), longest,
                                  std::string("bad\xff.jpg"), std::string("line\nfeed.jpg")}) {
    write(name);
  }
  step(10);
  EXPECT_THAT(step(600), UnorderedElementsAre("a b;$(x).jpg", "%2e%2e.jpg", "ü.jpg", longest));
}

TEST_F(WatchedFolder, A_file_that_goes_is_told_and_one_that_comes_back_arrives_again) {
  write("a.jpg");
  step(10);
  EXPECT_THAT(step(600), ElementsAre("a.jpg"));
  std::filesystem::remove(in("a.jpg"));
  step(700);
  EXPECT_THAT(last_.vanished, ElementsAre("a.jpg"));
  write("a.jpg");
  step(800);
  EXPECT_THAT(step(1400), ElementsAre("a.jpg"));
}

TEST_F(WatchedFolder, A_folder_that_is_deleted_and_made_again_is_watched_again) {
  std::filesystem::remove_all(folder_.path() / "in");
  step(10);
  step(1100);
  std::filesystem::create_directory(folder_.path() / "in");
  write("a.jpg");
  step(5100);  // the next rescan finds that the folder is another one
  EXPECT_THAT(step(5700), ElementsAre("a.jpg"));
}

TEST_F(WatchedFolder, A_folder_that_is_swapped_for_a_link_is_not_followed) {
  folder_.write("outside/x.jpg", "x");
  std::filesystem::remove_all(folder_.path() / "in");
  std::filesystem::create_directory_symlink(folder_.path() / "outside", folder_.path() / "in");
  for (int ms = 10; ms < 12'000; ms += 1000) EXPECT_THAT(step(ms), IsEmpty());
}

}  // namespace
}  // namespace stepd::triggers
