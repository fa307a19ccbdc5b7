#include "base/open_beneath.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace stepd::test {
namespace {

namespace fs = std::filesystem;

class OpenBeneath : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "stepd-open-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    base_ = name;
    fs::create_directories(base_ / "root" / "folder");
    std::ofstream(base_ / "root" / "folder" / "file") << "in";
    std::ofstream(base_ / "outside") << "out";
    root_ = Descriptor(::open((base_ / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(root_);
  }
  void TearDown() override { fs::remove_all(base_); }

  /// 0, or the errno of the failure.
  int error_of(const std::string& name) const {
    errno = 0;
    return open_beneath(root_.get(), name, O_RDONLY) ? 0 : errno;
  }

  fs::path base_;
  Descriptor root_;
};

TEST_F(OpenBeneath, FindsWhatLiesThere) {
  EXPECT_EQ(error_of("folder/file"), 0);
  EXPECT_EQ(error_of("."), 0);
  EXPECT_EQ(error_of("folder/../folder/file"), 0);
  EXPECT_EQ(error_of("folder/none"), ENOENT);
}

TEST_F(OpenBeneath, LeadsNowhereElse) {
  EXPECT_EQ(error_of("../outside"), EXDEV);
  EXPECT_EQ(error_of((base_ / "outside").string()), EXDEV);
}

TEST_F(OpenBeneath, FollowsNoLink) {
  fs::create_symlink("folder", base_ / "root" / "inner");
  fs::create_symlink(base_ / "outside", base_ / "root" / "outer");
  EXPECT_EQ(error_of("inner/file"), ELOOP);
  EXPECT_EQ(error_of("outer"), ELOOP);
}

TEST_F(OpenBeneath, IsClosedOnExec) {
  const auto file = open_beneath(root_.get(), "folder/file", O_RDONLY);
  EXPECT_EQ(::fcntl(file.get(), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(Descriptor, ClosesWhatItHeldWhenItIsGivenAnother) {
  Descriptor held(::dup(STDIN_FILENO));
  Descriptor other(::dup(STDIN_FILENO));
  const int before = held.get();
  const int after = other.get();
  held = std::move(other);
  EXPECT_FALSE(is_open(before));
  EXPECT_EQ(held.get(), after);
  EXPECT_TRUE(is_open(after));
  held.reset();
  EXPECT_FALSE(is_open(after));
  EXPECT_FALSE(held);
}

}  // namespace
}  // namespace stepd::test
