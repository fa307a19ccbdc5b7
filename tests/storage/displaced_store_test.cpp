// A database that is taken away, replaced or cut while it is open: nothing is stored where nobody will find it, and
// work goes on when it comes back.
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"
#include "storage/store_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace stepd::storage::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class DisplacedStore : public ::testing::Test {
 protected:
  DisplacedStore() : data_(dir_.path() / "data"), store_(open_sqlite(data_)) {
    EXPECT_EQ(write(PutStateMachine{machine_record(), ""}), Outcome::Committed);
    EXPECT_EQ(write(start_of(1, "kept")), Outcome::Committed);
  }
  Outcome write(Write write) { return write_now(*store_, std::move(write)); }
  Outcome put(const std::string& key) { return write(put_item("t", key, "{}")); }
  /// Of a daemon that starts later.
  void reopen() {
    store_.reset();
    store_ = open_sqlite(data_);
  }

  TempDir dir_{On::Memory};
  const fs::path data_;
  std::unique_ptr<Store> store_;
};

TEST_F(DisplacedStore, AFolderThatIsMovedAwayTakesNoWritesUntilItIsBack) {
  fs::rename(data_, dir_.path() / "away");
  EXPECT_EQ(put("lost"), Outcome::Unavailable);
  EXPECT_EQ(write(start_of(2, "lost")), Outcome::Unavailable);
  EXPECT_EQ(write(step_of(1, 1, 4)), Outcome::Unavailable);
  EXPECT_TRUE(store_->reader().execution(execution_arn("kept"))) << "what was read before can be read";
  fs::rename(dir_.path() / "away", data_);
  EXPECT_EQ(put("later"), Outcome::Committed);
  EXPECT_EQ(write(step_of(1, 1, 4)), Outcome::Committed) << "as if nothing had been tried";
  reopen();
  EXPECT_FALSE(store_->reader().item({"t", "lost"}));
  EXPECT_TRUE(store_->reader().item({"t", "later"}));
  EXPECT_EQ(store_->load(ExecutionId{1})->version, 2u);
}

TEST_F(DisplacedStore, AFolderThatIsDeletedTakesNoWritesEvenIfANewOneIsMade) {
  fs::remove_all(data_);
  EXPECT_EQ(put("lost"), Outcome::Unavailable);
  fs::create_directory(data_);
  EXPECT_EQ(put("lost"), Outcome::Unavailable);
  reopen();
  EXPECT_EQ(put("new"), Outcome::Committed) << "a daemon that starts anew begins with nothing";
}

TEST_F(DisplacedStore, AnotherDatabaseInItsPlaceIsNeitherWrittenToNorRead) {
  const auto other = dir_.path() / "other";
  open_sqlite(other).reset();
  fs::copy_file(data_ / "stepd.db", dir_.path() / "good");
  fs::rename(other / "stepd.db", data_ / "stepd.db");
  EXPECT_EQ(put("lost"), Outcome::Unavailable);
  // All at once need connections that are not open yet.
  const auto& reader = store_->reader();
  EXPECT_TRUE(reader.state_machine(kMachine));
}

TEST_F(DisplacedStore, AWalThatIsDeletedIsNoticed) {
  fs::remove(data_ / "stepd.db-wal");
  EXPECT_EQ(put("lost"), Outcome::Unavailable) << "it would be gone after a restart";
}

TEST_F(DisplacedStore, AFileThatIsCutIsNoticed) {
  store_.reset();
  store_ = open_sqlite(data_);  // so that there is something to cut
  fs::resize_file(data_ / "stepd.db", 8'192);
  EXPECT_EQ(put("lost"), Outcome::Unavailable);
}

TEST_F(DisplacedStore, AProbeTellsOfIt) {
  SystemClock clock;
  EXPECT_EQ(StoreProbe(*store_, clock).trouble(), std::nullopt);
  fs::rename(data_, dir_.path() / "away");
  EXPECT_THAT(StoreProbe(*store_, clock).trouble().value_or(""), HasSubstr("takes no writes"));
  fs::rename(dir_.path() / "away", data_);
  EXPECT_EQ(StoreProbe(*store_, clock).trouble(), std::nullopt);
}

}  // namespace
}  // namespace stepd::storage::test
