// Bits that change on the disk: what is read is what was written, or is known not to be. A seed gives the same flips
// always; STEPD_TEST_SCALE multiplies their number.
#include "storage/sqlite/row_seal.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_store.h"
#include "storage/store_fixture.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace stepd::storage::test {
namespace {

constexpr std::int64_t kStored = 90;

/// By what was asked for: the answer, or that there was none.
using View = std::map<std::string, std::string>;
constexpr const char* kNoAnswer = "!";

enum class Effect {
  Noticed,  ///< some question had no answer
  Harmless,
  Missing,  ///< a list or a history has rows less, and nobody is told
  Wrong,    ///< an answer is another one
};

class FlippedBits : public ::testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_level(spdlog::level::off);
    const auto store = open_sqlite(dir_.path() / "good");
    ASSERT_EQ(write_now(*store, PutStateMachine{machine_record(), ""}), Outcome::Committed);
    for (std::int64_t id = 1; id <= kStored; ++id) {
      auto delta = start_of(id, "e" + std::to_string(id));
      delta.payloads = {{store->next_payload_id(), std::string(1, '\0') + "{\"number\":" + std::to_string(id) + "}"}};
      delta.created->input_id = delta.payloads[0].id;
      ASSERT_EQ(write_now(*store, delta), Outcome::Committed);
      if (id % 3 == 0) ASSERT_EQ(write_now(*store, end_of(id, 1, 4, ExecutionStatus::Failed)), Outcome::Committed);
    }
  }
  void TearDown() override { spdlog::set_level(spdlog::level::info); }

  /// Without what a later write would have freed.
  std::string bytes_of(const std::filesystem::path& folder) const {
    sqlite::Connection(folder / "stepd.db", sqlite::Access::ReadWrite).script("VACUUM");
    std::ifstream in(folder / "stepd.db", std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// As a release before there were checksums wrote it.
  void drop_sums(const std::filesystem::path& folder) const {
    sqlite::Connection(folder / "stepd.db", sqlite::Access::ReadWrite)
        .script(
            "UPDATE running SET head = substr(head, 6); UPDATE frame SET data = substr(data, 6);"
            "UPDATE event SET data = substr(data, 6); UPDATE payload SET data = substr(data, 6);"
            "UPDATE execution SET sum = NULL, text_sum = NULL; UPDATE revision SET sum = NULL;"
            "UPDATE unsealed SET executions = 1000, payloads = 1000, revisions = 1000");
  }

  template <class Ask>
  static void ask(View& view, const std::string& what, const Ask& question) {
    try {
      view[what] = question();
    } catch (const StoreError&) {
      view[what] = kNoAnswer;
    }
  }

  static std::string text_of(const ExecutionRecord& record) {
    const auto number = [](auto value) { return std::to_string(static_cast<std::int64_t>(value)) + ","; };
    return number(record.id) + record.arn + record.name + record.state_machine_arn + record.revision_id +
           number(record.status) + number(record.started_at.time_since_epoch().count()) +
           number(record.stopped_at.value_or(Instant{}).time_since_epoch().count()) + record.input +
           record.output.value_or("-") + record.error.value_or("-") + record.cause.value_or("-") + record.trace_header;
  }

  static View view_of(const Store& store) {
    View view;
    const auto& reader = store.reader();
    ask(view, "machine", [&] {
      const auto machine = reader.state_machine(kMachine);
      return machine ? machine->definition + machine->name + machine->role_arn : "";
    });
    ask(view, "list", [&] {
      std::string all;
      for (const auto& each : reader.executions({.state_machine_arn = kMachine, .status = {}, .before = {}}))
        all += each.name + std::to_string(static_cast<int>(each.status)) + " ";
      return all;
    });
    for (std::int64_t id = 1; id <= kStored; ++id) {
      const auto name = "e" + std::to_string(id);
      ask(view, name, [&] {
        const auto record = reader.execution(execution_arn(name));
        return record ? text_of(*record) : "";
      });
      ask(view, name + " events", [&] {
        std::string all;
        for (const auto& event : reader.events(ExecutionId{id}, 1, 100, false))
          all += std::to_string(event.number) + event.data + ";";
        return all;
      });
      ask(view, name + " standing", [&] {
        const auto open = store.load(ExecutionId{id});
        if (!open) return std::string();
        auto all = std::to_string(open->version) + open->head;
        for (const auto& frame : open->frames) all += std::to_string(frame.id) + frame.data;
        return all;
      });
    }
    return view;
  }

  static Effect compare(const View& good, const View& found) {
    auto effect = Effect::Harmless;
    for (const auto& [what, answer] : good) {
      const auto& now = found.at(what);
      if (now == answer) continue;
      if (what == "list") continue;  // it leaves out what the other questions find
      if (now != kNoAnswer && answer.starts_with(now)) {
        effect = std::max(effect, Effect::Missing);
      } else if (now != kNoAnswer) {
        return Effect::Wrong;
      } else if (effect == Effect::Harmless) {
        effect = Effect::Noticed;
      }
    }
    if (effect == Effect::Harmless && good.at("list") != found.at("list")) {
      return found.at("list") == kNoAnswer ? Effect::Noticed : Effect::Missing;
    }
    return effect;
  }

  Effect effect_of(std::string bytes, const View& good, std::mt19937_64& random) {
    const auto at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
    const auto folder = dir_.path() / "flipped";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    std::ofstream(folder / "stepd.db", std::ios::binary) << bytes;
    try {
      const auto effect = compare(good, view_of(*open_sqlite(folder)));
      if (effect == Effect::Missing && !check_pages(folder).empty()) ++found_by_check_;
      return effect;
    } catch (const StoreError&) {
      return Effect::Noticed;
    }
  }

  std::map<Effect, int> flip(const std::filesystem::path& folder, int count) {
    const auto bytes = bytes_of(folder);
    const auto good = view_of(*open_sqlite(folder));
    std::mt19937_64 random(16);
    std::map<Effect, int> effects;
    for (int i = 0; i < count; ++i) ++effects[effect_of(bytes, good, random)];
    std::cout << count << " flips in " << bytes.size() << " bytes: " << effects[Effect::Noticed] << " noticed, "
              << effects[Effect::Harmless] << " harmless, " << effects[Effect::Missing] << " with rows less, of which "
              << found_by_check_ << " are found by a check of pages, " << effects[Effect::Wrong]
              << " wrong in silence\n";
    return effects;
  }

  static int scaled(int full) {
    const char* scale = std::getenv("STEPD_TEST_SCALE");
    return static_cast<int>(full * (scale != nullptr ? std::atof(scale) : 0.1));
  }

  TempDir dir_{On::Memory};
  int found_by_check_ = 0;
};

TEST_F(FlippedBits, AreNoticedOrHarmless) {
  auto effects = flip(dir_.path() / "good", scaled(3'000));
  EXPECT_EQ(effects[Effect::Wrong], 0);
  EXPECT_EQ(effects[Effect::Missing], found_by_check_) << "what an index leads astray is for the doctor to find";
}

TEST_F(FlippedBits, WereNotNoticedBeforeThereWereChecksums) {
  drop_sums(dir_.path() / "good");
  auto effects = flip(dir_.path() / "good", scaled(3'000));
  EXPECT_GT(effects[Effect::Wrong], scaled(3'000) / 50);
}

TEST(RowSeal, GivesBackWhatWasSealedForTheRowAndNothingElse) {
  using sqlite::Seal;
  using sqlite::SealedColumn;
  const sqlite::RowPlace place{SealedColumn::Event, 7, 3};
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string("\xf5\0\1", 3), std::string(100'000, 'y')}) {
    const auto sealed = sqlite::seal_row(place, bytes);
    EXPECT_EQ(sqlite::unseal_row(place, sealed, Seal::Optional), bytes);
    for (const sqlite::RowPlace& other :
         {sqlite::RowPlace{SealedColumn::Frame, 7, 3}, sqlite::RowPlace{SealedColumn::Event, 8, 3},
          sqlite::RowPlace{SealedColumn::Event, 7, 4}}) {
      EXPECT_THROW(sqlite::unseal_row(other, sealed, Seal::Optional), StoreError);
    }
    EXPECT_THROW(sqlite::unseal_row(place, sealed + "z", Seal::Optional), StoreError);
    if (sealed.size() < 100) {
      for (std::size_t at = 0; at < sealed.size(); ++at) {
        auto flipped = sealed;
        flipped[at] = static_cast<char>(flipped[at] ^ 4);
        EXPECT_THROW(sqlite::unseal_row(place, flipped, Seal::Demanded), StoreError) << at;
      }
    }
  }
  EXPECT_THROW(sqlite::unseal_row(place, "\xf5\1", Seal::Optional), StoreError);
  EXPECT_THROW(sqlite::unseal_row(place, "\5old", Seal::Demanded), StoreError);
  EXPECT_THROW(sqlite::unseal_row(place, "", Seal::Demanded), StoreError);
  EXPECT_EQ(sqlite::unseal_row(place, "\5old", Seal::Optional), "\5old") << "what was written before there were seals";
}

}  // namespace
}  // namespace stepd::storage::test
