// What is kept of a file's bytes, and when it counts no more.
#include "storage/local/byte_facts.h"

#include "storage/local/local_objects.h"
#include "storage/store_fixture.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace stepd::storage::test {
namespace {

namespace fs = std::filesystem;

struct stat file_of(std::int64_t size, std::int64_t seconds) {
  struct stat file {};
  file.st_size = size;
  file.st_mtim.tv_sec = seconds;
  return file;
}

TEST(ByteFacts, AreReadAsTheyWerePrinted) {
  local::ByteFacts facts{"5d41402abc4b2a76b9719d911017c592-13", {}};
  facts.bytes.checksum = ObjectChecksum{"crc32", "NhCmhg==-13", true};
  facts.bytes.part_sizes.assign(12, 8'388'608);
  facts.bytes.part_sizes.push_back(5);
  facts.bytes.reason = "CompleteMultipartUpload";
  const auto file = file_of(100'663'301, 1'763'712'000);
  const auto text = local::print_facts(facts, file);
  EXPECT_NE(text.find("parts=8388608x12,5"), std::string::npos) << text;
  const auto read = local::read_facts(text, file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->etag, facts.etag);
  EXPECT_EQ(read->bytes.checksum, facts.bytes.checksum);
  EXPECT_EQ(read->bytes.part_sizes, facts.bytes.part_sizes);
  EXPECT_EQ(read->bytes.reason, facts.bytes.reason);
}

TEST(ByteFacts, CountForNothingOnceTheFileIsAnother) {
  const auto text = local::print_facts({"etag", {}}, file_of(5, 10));
  EXPECT_TRUE(local::read_facts(text, file_of(5, 10)));
  EXPECT_FALSE(local::read_facts(text, file_of(6, 10)));
  EXPECT_FALSE(local::read_facts(text, file_of(5, 11)));
  for (const char* broken : {"", "5.10000000000", "5.10000000000 e rubbish"}) {
    EXPECT_FALSE(local::read_facts(broken, file_of(5, 10))) << broken;
  }
  EXPECT_TRUE(local::read_facts("5.10000000000 e parts=1x99999999999", file_of(5, 10))->bytes.part_sizes.empty());
}

TEST(ByteFacts, HoldTheMd5OfFilesThatOthersPutAndChange) {
  const TempDir folder;
  const auto objects = open_local_objects({{"inbox", folder.path() / "inbox"}});
  const auto file = folder.path() / "inbox" / "k";
  std::ofstream(file) << "hello";
  const auto first = objects->head({"inbox", "k"}).value();
  EXPECT_EQ(first.etag, "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(objects->head({"inbox", "k"})->etag, first.etag);
  std::ofstream(file) << "hallo";
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
  const auto second = objects->head({"inbox", "k"}).value();
  EXPECT_NE(second.etag, first.etag);
  EXPECT_NE(second.version, first.version);
  std::ofstream(file) << "hello";
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(2));
  const auto third = objects->head({"inbox", "k"}).value();
  EXPECT_EQ(third.etag, first.etag) << "the same bytes";
  EXPECT_NE(third.version, first.version) << "but another write";
}

}  // namespace
}  // namespace stepd::storage::test
