// Reading log groups: both directions, over rotated files, within bounds.
#include "storage/logs/log_file_reader.h"
#include "storage/logs/log_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace stepd::storage {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kAll = std::uint64_t{1} << 30;

class LogFileReader : public ::testing::Test {
 protected:
  LogFileReader() : folder_(std::filesystem::temp_directory_path() / ("stepd-log-reader-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    reader_ = open_log_reader(folder_);
  }
  ~LogFileReader() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / name, std::ios::app) << text;
  }
  std::vector<std::string> read(LogDirection direction, std::optional<LogPosition> from = {},
                                std::size_t count = 1'000'000, std::uint64_t bytes = kAll) {
    std::vector<std::string> lines;
    end_ = reader_->read("g", from, direction, bytes, [&](const LogLine& line) {
      lines.push_back(line.text);
      return lines.size() < count;
    });
    return lines;
  }

  std::filesystem::path folder_;
  std::unique_ptr<LogReader> reader_;
  std::optional<LogPosition> end_;
};

TEST_F(LogFileReader, LinesAreReadInBothDirectionsOverRotatedFiles) {
  write("g.2.log", "a\nb\n");
  write("g.1.log", "c\n");
  write("g.log", "\nd\n");
  EXPECT_THAT(read(LogDirection::Forward), ElementsAre("a", "b", "c", "", "d"));
  EXPECT_THAT(read(LogDirection::Backward), ElementsAre("d", "", "c", "b", "a"));
}

TEST_F(LogFileReader, APlaceMeansTheSameLineAfterARotation) {
  write("g.log", "a\nb\n");
  EXPECT_THAT(read(LogDirection::Forward, {}, 1), ElementsAre("a"));
  const auto after_a = end_;
  std::filesystem::rename(folder_ / "g.log", folder_ / "g.1.log");
  write("g.log", "c\n");
  EXPECT_THAT(read(LogDirection::Forward, after_a), ElementsAre("b", "c"));
  EXPECT_THAT(read(LogDirection::Backward, after_a), ElementsAre("a"));
  std::filesystem::remove(folder_ / "g.1.log");
  EXPECT_THAT(read(LogDirection::Forward, after_a), ElementsAre());
  EXPECT_EQ(end_, std::nullopt);
}

TEST_F(LogFileReader, TheEndGoesOnWhenThereIsMore) {
  write("g.log", "a\n");
  read(LogDirection::Forward);
  const auto end = end_;
  EXPECT_THAT(read(LogDirection::Forward, end), ElementsAre());
  EXPECT_EQ(end_, end);
  write("g.log", "b\nc");
  EXPECT_THAT(read(LogDirection::Forward, end), ElementsAre("b")) << "a line that is being written is not there yet";
  EXPECT_THAT(read(LogDirection::Backward), ElementsAre("b", "a"));
  write("g.log", "\n");
  EXPECT_THAT(read(LogDirection::Forward, end_), ElementsAre("a", "b", "c"))
      << "backward, it ends where the first begins";
}

TEST_F(LogFileReader, ManyLinesArePagedWithoutLossOrRepetition) {
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += std::string(static_cast<std::size_t>(i % 90), 'x') + std::to_string(i) + "\n";
  write("g.log", text);
  for (const auto direction : {LogDirection::Forward, LogDirection::Backward}) {
    std::vector<std::string> all;
    std::optional<LogPosition> from;
    for (int pages = 0; pages < 1'000; ++pages) {
      const auto page = read(direction, from, 777, 64 * 1024);
      if (page.empty()) break;
      all.insert(all.end(), page.begin(), page.end());
      from = end_;
    }
    ASSERT_EQ(all.size(), 20'000U);
    if (direction == LogDirection::Backward) std::reverse(all.begin(), all.end());
    std::string joined;
    for (const auto& line : all) joined += line + "\n";
    EXPECT_EQ(joined, text);
  }
}

TEST_F(LogFileReader, ALineThatIsTooLongIsLeftOut) {
  write("g.log", "a\n" + std::string(LogReader::kLineBytesMax + 1, 'x') + "\nb\n");
  EXPECT_THAT(read(LogDirection::Forward), ElementsAre("a", "b"));
  EXPECT_THAT(read(LogDirection::Backward), ElementsAre("b", "a"));
}

TEST_F(LogFileReader, GroupsAreListedByTheirNames) {
  EXPECT_TRUE(reader_->groups().empty());
  write("+aws+lambda+f.log", "a\n");
  write("+aws+lambda+f.1.log", "a\n");
  write("x.7.log", "b\n");
  write("a%20b.log", "c\n");
  write("notes.txt", "d\n");
  std::vector<std::string> names;
  for (const auto& group : reader_->groups()) names.push_back(group.name + " " + std::to_string(group.bytes));
  EXPECT_THAT(names, ElementsAre("/aws/lambda/f 4", "a b 2", "x.7 2"));
  EXPECT_TRUE(reader_->has("/aws/lambda/f"));
  EXPECT_FALSE(reader_->has("/aws/lambda/g"));
}

TEST_F(LogFileReader, AGroupIsMadeOnce) {
  EXPECT_TRUE(reader_->create("/a/b").value());
  EXPECT_FALSE(reader_->create("/a/b").value());
  EXPECT_TRUE(reader_->has("/a/b"));
  EXPECT_THAT(read(LogDirection::Backward), ElementsAre());
}

TEST_F(LogFileReader, WhatIsSettledCanBeRead) {
  const auto groups = open_log_files(folder_, {});
  for (int i = 0; i < 100; ++i) groups->append("g", std::to_string(i));
  groups->settle();
  EXPECT_EQ(read(LogDirection::Forward).size(), 100U);
}

}  // namespace
}  // namespace stepd::storage
