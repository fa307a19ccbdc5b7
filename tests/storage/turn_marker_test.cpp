// Which executions were in a turn when a process died, over real deaths of real processes.
#include "storage/turn_marker.h"

#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

namespace stepd::storage::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

namespace fs = std::filesystem;

class TurnMarkers : public ::testing::Test {
 protected:
  /// Runs `life` in a child that is killed at its end, whatever it is doing.
  void die_after(const std::function<void(TurnMarker&)>& life) const {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      TurnMarker marker(file_);
      life(marker);
      ::kill(::getpid(), SIGKILL);
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  static std::vector<std::pair<int, int>> listed(const TurnMarker& marker) {
    std::vector<std::pair<int, int>> found;
    for (const auto& one : marker.suspects())
      found.emplace_back(static_cast<int>(one.id), static_cast<int>(one.deaths));
    return found;
  }
  /// What a start finds.
  std::vector<std::pair<int, int>> found() const { return listed(TurnMarker(file_)); }

  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const { std::ofstream(file_, std::ios::binary) << bytes; }

  TempDir dir_{On::Memory};
  fs::path file_ = dir_.path() / "turns";
};

TEST_F(TurnMarkers, NameTheExecutionsThatWereInATurnWhenTheProcessDied) {
  EXPECT_THAT(found(), IsEmpty());
  die_after([](TurnMarker& marker) {
    marker.enter(0, ExecutionId{5});
    marker.leave(0);
    marker.enter(1, ExecutionId{6});
    marker.enter(3, ExecutionId{7});
    marker.leave(3);
    marker.enter(3, ExecutionId{8});
  });
  EXPECT_THAT(found(), ElementsAre(Pair(6, 1), Pair(8, 1)));
  EXPECT_THAT(found(), IsEmpty()) << "the process before this one ended outside of turns";
}

TEST_F(TurnMarkers, CountHowOftenOneAndTheSameWasThere) {
  die_after([](TurnMarker& marker) { marker.enter(2, ExecutionId{7}); });
  die_after([](TurnMarker& marker) {
    if (listed(marker) != std::vector<std::pair<int, int>>{{7, 1}}) ::_exit(3);
    marker.enter(0, ExecutionId{9});
    marker.leave(0);
    marker.enter(1, ExecutionId{7});
  });
  EXPECT_THAT(found(), ElementsAre(Pair(7, 2)));
  die_after([](TurnMarker& marker) { marker.enter(1, ExecutionId{7}); });
  EXPECT_THAT(found(), ElementsAre(Pair(7, 3))) << "a start in between, in which it had no turn, is no evidence";
}

TEST_F(TurnMarkers, ForgetAnExecutionThatIsAbsolved) {
  die_after([](TurnMarker& marker) { marker.enter(0, ExecutionId{7}); });
  die_after([](TurnMarker& marker) {
    marker.enter(0, ExecutionId{7});
    marker.leave(0);
    marker.absolve(ExecutionId{7});
    if (!listed(marker).empty()) ::_exit(3);
    marker.absolve(ExecutionId{999});
    marker.enter(0, ExecutionId{7});
  });
  EXPECT_THAT(found(), ElementsAre(Pair(7, 1))) << "the count began anew";
}

TEST_F(TurnMarkers, DropTheOldestOfTooMany) {
  for (int round = 0; round < 17; ++round) {
    die_after([round](TurnMarker& marker) {
      for (int shard = 0; shard < 4; ++shard) marker.enter(shard, ExecutionId{1 + round * 4 + shard});
    });
  }
  EXPECT_THAT(found(), ElementsAre(Pair(65, 1), Pair(66, 1), Pair(67, 1), Pair(68, 1)));
  die_after([](TurnMarker& marker) {
    marker.enter(0, ExecutionId{4});
    marker.enter(1, ExecutionId{6});
  });
  EXPECT_THAT(found(), ElementsAre(Pair(4, 1), Pair(6, 2))) << "64 are kept: 1 to 4 were dropped";
}

TEST_F(TurnMarkers, BeginAnewWhereTheFileIsNotTheirs) {
  die_after([](TurnMarker& marker) { marker.enter(0, ExecutionId{7}); });
  const auto good = bytes();
  auto other_version = good;
  other_version[8] = 99;
  auto many = good;
  many[12] = '\xff';
  for (const auto& bad : {std::string("x"), std::string(good.size(), '\xee'), good.substr(0, good.size() - 1),
                          good + "x", other_version, many}) {
    write(bad);
    EXPECT_THAT(found(), IsEmpty());
    die_after([](TurnMarker& marker) { marker.enter(0, ExecutionId{3}); });
    EXPECT_THAT(found(), ElementsAre(Pair(3, 1)));
  }
  write(good);
  EXPECT_THAT(found(), ElementsAre(Pair(7, 1)));
}

TEST_F(TurnMarkers, RememberNothingWhereNoFileCanBeMade) {
  TurnMarker marker(dir_.path() / "no" / "such" / "folder");
  marker.enter(3, ExecutionId{7});
  marker.leave(3);
  marker.absolve(ExecutionId{7});
  marker.enter(TurnMarker::kShardsMax, ExecutionId{7});
  marker.leave(TurnMarker::kShardsMax);
  EXPECT_THAT(marker.suspects(), IsEmpty());
  fs::create_directory(dir_.path() / "folder");
  EXPECT_THAT(TurnMarker(dir_.path() / "folder").suspects(), IsEmpty());
  fs::create_symlink(file_, dir_.path() / "link");
  EXPECT_THAT(TurnMarker(dir_.path() / "link").suspects(), IsEmpty());
  EXPECT_FALSE(fs::exists(file_)) << "a link is not followed";
}

TEST_F(TurnMarkers, ThatCannotWriteTheWholeFileRememberNothing) {
  const pid_t child = ::fork();
  if (child == 0) {
    // As on a full disk: no byte beyond the first 4,096 can be written.
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4'096, 4'096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    TurnMarker marker(file_);
    for (std::size_t shard = 0; shard < 4; ++shard) marker.enter(shard, ExecutionId{7});
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(TurnMarkers, CostNoSystemCall) {
  TurnMarker marker(file_);
  const pid_t child = ::fork();
  if (child == 0) {
    // From here on the kernel kills the process for any call but read, write, exit and the return from a signal.
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
    for (int n = 1; n <= 1'000; ++n) {
      marker.enter(1, ExecutionId{n});
      marker.leave(1);
    }
    ::syscall(SYS_exit, 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace stepd::storage::test
