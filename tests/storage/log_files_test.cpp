// Log groups as files: order, rotation, names, and what a disk that fails costs.
#include "storage/logs/log_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace stepd::storage {
namespace {

class LogFiles : public ::testing::Test {
 protected:
  LogFiles() : folder_(std::filesystem::temp_directory_path() / ("stepd-logs-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
  }
  ~LogFiles() override { std::filesystem::remove_all(folder_); }

  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

TEST_F(LogFiles, LinesOfAGroupStandInItsFileInTheirOrder) {
  std::string expected;
  {
    const auto groups = open_log_files(folder_, {});
    EXPECT_FALSE(std::filesystem::exists(folder_)) << "nothing is made before there is a line";
    for (int i = 0; i < 1000; ++i) {
      groups->append("/aws/vendedlogs/states/a", std::to_string(i));
      expected += std::to_string(i) + "\n";
    }
    groups->append("b", "{%v}");
  }
  EXPECT_EQ(read("+aws+vendedlogs+states+a.log"), expected);
  EXPECT_EQ(read("b.log"), "{%v}\n");
  open_log_files(folder_, {})->append("b", "again");
  EXPECT_EQ(read("b.log"), "{%v}\nagain\n");
}

TEST_F(LogFiles, AFileThatIsFullIsMovedAsideAndTheOldestGoes) {
  const std::string line(99, 'x');
  {
    const auto groups = open_log_files(folder_, {.file_bytes = 1000, .files = 2});
    for (int i = 0; i < 100; ++i) groups->append("g", line);
  }
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    ++files;
    EXPECT_LE(file.file_size(), 1000u) << file.path();
  }
  EXPECT_EQ(files, 3u);
  EXPECT_EQ(read("g.1.log").size(), 1000u);
  EXPECT_EQ(read("g.2.log").size(), 1000u);
}

TEST_F(LogFiles, NoNameLeadsOutOfTheFolder) {
  const auto name = [&](std::string_view group) {
    return log_file_of(folder_, group).lexically_relative(folder_).string();
  };
  EXPECT_EQ(name("../../etc/passwd"), "%2e.+..+etc+passwd.log");
  EXPECT_EQ(name(".."), "%2e..log");
  EXPECT_EQ(name("/"), "+.log");
  EXPECT_EQ(name(std::string_view("a\0b\n+%", 6)), "a%00b%0a%2b%25.log");
  EXPECT_EQ(name("Grüße"), "Gr%c3%bc%c3%9fe.log");
  const std::string longest(512, 'n');
  EXPECT_LE(name(longest).size(), 240u);
  EXPECT_NE(name(longest), name(longest + "m"));
}

TEST_F(LogFiles, ADiskThatTakesNothingCostsLinesAndNothingElse) {
  std::filesystem::create_directories(folder_);
  std::filesystem::create_symlink("/dev/full", folder_ / "full.log");
  std::filesystem::create_directories(folder_ / "folder.log");
  {
    const auto groups = open_log_files(folder_, {});
    for (int i = 0; i < 100; ++i) {
      groups->append("full", "lost");
      groups->append("folder", "lost");
      groups->append("good", "kept");
    }
  }
  EXPECT_EQ(read("good.log").size(), 500u);
}

TEST_F(LogFiles, LinesBeyondTheQueueAreDropped) {
  const std::string line(1'000, 'x');
  {
    const auto groups = open_log_files(folder_, {.queue_bytes = 100});
    for (int i = 0; i < 10; ++i) groups->append("g", line);
    groups->append("g", "short");
  }
  EXPECT_EQ(read("g.log"), "short\n");
}

TEST_F(LogFiles, ManyThreadsAndManyGroupsAtOnce) {
  constexpr int kGroups = 100;  // more than are open at once
  {
    const auto groups = open_log_files(folder_, {});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) groups->append("g" + std::to_string(i % kGroups), "line");
      });
    }
  }
  for (int i = 0; i < kGroups; ++i) EXPECT_EQ(read("g" + std::to_string(i) + ".log").size(), 40u * 5u);
}

}  // namespace
}  // namespace stepd::storage
