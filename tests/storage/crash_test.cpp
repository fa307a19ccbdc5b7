// What was acknowledged outlives the process and the disk's bad moments: kill -9, a full disk, a failed sync.
#include "storage/faulty_disk.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <functional>
#include <map>
#include <random>

namespace stepd::storage::test {
namespace {

// ---- kill -9 ------------------------------------------------------------------------------------------------------

constexpr int kExecutions = 8;

/// A turn whose head, frames and event all say the same, so that half of one would show.
ExecutionDelta telling_step(std::int64_t id, std::uint64_t version) {
  auto delta = step_of(id, version, static_cast<std::uint32_t>(version + 3));
  delta.frames = {{0, delta.head}, {7, delta.head + std::string(3000, '.')}};
  return delta;
}

/// Runs in the child until it is killed: each execution makes its next turn as soon as the last is acknowledged.
[[noreturn]] void write_for_ever(const std::filesystem::path& dir, int acknowledgements) {
  const auto store = open_sqlite(dir, {.checkpoint_bytes = 256 * 1024});
  std::function<void(std::int64_t, std::uint64_t)> advance = [&](std::int64_t id, std::uint64_t version) {
    store->write(telling_step(id, version), [&, id, version](Outcome outcome) {
      if (outcome != Outcome::Committed) ::_exit(3);
      const std::array<std::uint64_t, 2> acknowledged{static_cast<std::uint64_t>(id), version + 1};
      if (::write(acknowledgements, acknowledged.data(), sizeof acknowledged) != sizeof acknowledged) ::_exit(4);
      advance(id, version + 1);
    });
  };
  for (const auto& open : all_open(*store)) advance(static_cast<std::int64_t>(open.record.id), open.version);
  for (;;) ::pause();
}

void expect_whole(const Store& store, const std::map<std::uint64_t, std::uint64_t>& acknowledged) {
  const auto open = all_open(store);
  ASSERT_EQ(open.size(), static_cast<std::size_t>(kExecutions));
  for (const auto& one : open) {
    const auto id = static_cast<std::uint64_t>(one.record.id);
    const auto promised = acknowledged.contains(id) ? acknowledged.at(id) : 1;
    EXPECT_GE(one.version, promised) << "an acknowledged turn of execution " << id << " is lost";
    EXPECT_EQ(one.head, "head " + std::to_string(one.version));
    if (one.version > 1) {
      EXPECT_EQ(one.frames.at(0).data, one.head);
      EXPECT_EQ(one.frames.at(1).data, one.head + std::string(3000, '.'));
    }
    const auto events = numbers(store.reader().events(one.record.id, 0, 1'000'000, false));
    ASSERT_EQ(events.size(), one.version + 2) << "three at the start, one with each turn";
    for (std::size_t i = 0; i < events.size(); ++i) ASSERT_EQ(events[i], i + 1) << "a gap";
  }
}

TEST(Crash, KillNineLosesNothingAcknowledgedAndLeavesNothingHalfDone) {
  TempDir dir;
  {
    const auto store = open_sqlite(dir.path());
    write_now(*store, PutStateMachine{machine_record(), ""});
    for (int id = 1; id <= kExecutions; ++id) write_now(*store, start_of(id, "e" + std::to_string(id)));
  }
  std::map<std::uint64_t, std::uint64_t> acknowledged;
  std::mt19937 random(20261121);
  std::size_t total = 0;
  for (int round = 0; round < 12; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      write_for_ever(dir.path(), pipe[1]);
    }
    ::close(pipe[1]);
    // Killed after some acknowledgements, at whatever the writer is doing then; what it sends until it dies counts too.
    const std::size_t kill_after = random() % 400;
    bool is_killed = false;
    std::size_t count = 0;
    std::array<std::uint64_t, 2> one{};
    if (kill_after == 0) is_killed = ::kill(child, SIGKILL) == 0;
    while (::read(pipe[0], one.data(), sizeof one) == sizeof one) {
      acknowledged[one[0]] = one[1];
      if (++count >= kill_after && !is_killed) is_killed = ::kill(child, SIGKILL) == 0;
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
    total += count;
    expect_whole(*open_sqlite(dir.path()), acknowledged);
  }
  EXPECT_GT(total, 1000u) << "too little was acknowledged to prove anything";
}

// ---- the disk -----------------------------------------------------------------------------------------------------

struct DiskTrouble {
  std::string name;
  DiskCall call;
  int code;
  int error;
  bool is_fatal;
};

void PrintTo(const DiskTrouble& trouble, std::ostream* out) { *out << trouble.name; }

class Disk : public ::testing::TestWithParam<DiskTrouble> {};

/// Lets the n-th call fail, for n = 1, 2, 3, ... until a whole run meets no failure.
TEST_P(Disk, FailingAtAnyCallLosesNothingAcknowledged) {
  const auto& trouble = GetParam();
  constexpr int kWrites = 8;
  FaultyDisk disk;
  int failures = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 2000u) << "the sweep does not end";
    SCOPED_TRACE("call " + std::to_string(nth));
    TempDir dir(On::Memory);
    std::vector<int> committed;
    bool has_failed = false;
    bool is_fatal = false;
    std::atomic<int> reported = 0;
    {
      const auto store = open_sqlite(dir.path(), {.checkpoint_bytes = 96 * 1024, .on_fatal = [&] { ++reported; }});
      disk.fail(trouble.call, nth, trouble.code, trouble.error);
      for (int n = 0; n < kWrites; ++n) {
        const auto write = put_item("t", std::to_string(n), std::string(20'000, static_cast<char>('a' + n)));
        auto outcome = write_now(*store, write);
        if (outcome == Outcome::Unavailable) {
          EXPECT_FALSE(trouble.is_fatal);
          EXPECT_FALSE(store->reader().item({"t", std::to_string(n)})) << "nothing of it is stored";
          outcome = write_now(*store, write);
          EXPECT_EQ(outcome, Outcome::Committed) << "there is room again";
        }
        if (is_fatal) {
          EXPECT_EQ(outcome, Outcome::Fatal) << "after Fatal nothing is ever acknowledged again";
        }
        is_fatal = outcome == Outcome::Fatal;
        if (outcome == Outcome::Committed) committed.push_back(n);
      }
      store->flush();  // a checkpoint that follows the last answer
      write_now(*store, put_item("t", "last", "x"));
      has_failed = disk.has_failed();
      if (has_failed) {
        EXPECT_EQ(is_fatal || write_now(*store, put_item("t", "more", "x")) == Outcome::Fatal, trouble.is_fatal);
        EXPECT_EQ(reported, trouble.is_fatal ? 1 : 0);
      }
      if (is_fatal) {
        const auto syncs = disk.calls(DiskCall::Sync);
        write_now(*store, put_item("t", "after", "x"));
        EXPECT_EQ(disk.calls(DiskCall::Sync), syncs) << "a failed sync is not tried again";
      }
    }
    disk.fail(DiskCall::Write, 0, SQLITE_OK, 0);
    const auto store = open_sqlite(dir.path());
    for (const int n : committed) {
      EXPECT_EQ(store->reader().item({"t", std::to_string(n)}), std::string(20'000, static_cast<char>('a' + n)));
    }
    if (!has_failed) break;
    ++failures;
  }
  EXPECT_GT(failures, 10) << "the sweep met too few calls to prove anything";
}

INSTANTIATE_TEST_SUITE_P(Troubles, Disk,
                         ::testing::Values(DiskTrouble{"Full", DiskCall::Write, SQLITE_FULL, ENOSPC, false},
                                           DiskTrouble{"OverQuota", DiskCall::Write, SQLITE_IOERR_WRITE, EDQUOT, false},
                                           DiskTrouble{"ReadOnly", DiskCall::Write, SQLITE_IOERR_WRITE, EROFS, false},
                                           DiskTrouble{"Forbidden", DiskCall::Write, SQLITE_IOERR_WRITE, EACCES, false},
                                           DiskTrouble{"WriteError", DiskCall::Write, SQLITE_IOERR_WRITE, EIO, true},
                                           DiskTrouble{"FailedSync", DiskCall::Sync, SQLITE_IOERR_FSYNC, EIO, true},
                                           DiskTrouble{"FullAtSync", DiskCall::Sync, SQLITE_IOERR_FSYNC, ENOSPC, true}),
                         [](const auto& trouble) { return trouble.param.name; });

TEST(UnreadableDisk, MakesTheReaderThrowAndNotLie) {
  FaultyDisk disk;
  TempDir dir(On::Memory);
  {
    const auto store = open_sqlite(dir.path());
    write_now(*store, put_item("t", "k", std::string(100'000, 'x')));
  }
  int thrown = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    ASSERT_LT(nth, 500u);
    const auto store = open_sqlite(dir.path());
    disk.fail(DiskCall::Read, nth, SQLITE_IOERR_READ, EIO);
    try {
      EXPECT_EQ(store->reader().item({"t", "k"}), std::string(100'000, 'x'));
    } catch (const StoreError&) {
      ++thrown;
    }
    if (!disk.has_failed()) break;
  }
  EXPECT_GT(thrown, 3);
}

}  // namespace
}  // namespace stepd::storage::test
