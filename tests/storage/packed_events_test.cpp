// Rows that hold the events of a turn: what was packed is unpacked, and a damaged row is no other one.
#include "storage/sqlite/packed_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace stepd::storage::sqlite {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::vector<std::pair<std::uint32_t, std::string>> unpacked(const std::vector<PackedEvents>& rows) {
  std::vector<std::pair<std::uint32_t, std::string>> all;
  for (const auto& row : rows) {
    for (auto& event : unpack_events(row)) all.emplace_back(event.number, std::move(event.data));
  }
  return all;
}

TEST(PackedEvents, HoldTheEventsOfATurnUnderTheNumberOfTheLast) {
  const auto rows = pack_events({{4, "four"}, {5, ""}, {6, std::string(300, '6')}});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].number, 6u);
  EXPECT_THAT(unpacked(rows),
              ElementsAre(std::pair(4u, "four"), std::pair(5u, ""), std::pair(6u, std::string(300, '6'))));
}

TEST(PackedEvents, OfOneEventAreItsBytes) {
  const auto rows = pack_events({{7, "seven"}});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].data, "seven");
  EXPECT_THAT(unpacked(rows), ElementsAre(std::pair(7u, "seven")));
}

TEST(PackedEvents, EndWhereTheyAreLongEnoughOrANumberIsMissing) {
  const std::string large(kEventRowBytes, 'x');
  EXPECT_THAT(pack_events({{1, large}, {2, large}, {3, "a"}, {4, large}, {5, "b"}}), SizeIs(4));
  EXPECT_THAT(pack_events({{1, "a"}, {3, "c"}, {4, "d"}}), SizeIs(2));
  EXPECT_THAT(pack_events({}), SizeIs(0));
}

TEST(PackedEvents, ComeBackWhateverTheyHold) {
  std::mt19937 random(49);
  for (int turn = 0; turn < 200; ++turn) {
    std::vector<EventRecord> events;
    std::vector<std::pair<std::uint32_t, std::string>> wanted;
    std::uint32_t number = random() % 1'000;
    for (std::uint32_t i = random() % 40; i > 0; --i) {
      std::string data(random() % (random() % 8 == 0 ? 5'000 : 120), '\0');
      for (auto& byte : data) byte = static_cast<char>(random());
      // As no event begins.
      if (!data.empty() && data[0] == '\xf4') data[0] = 1;
      number += random() % 9 == 0 ? 2 : 1;
      events.push_back({number, data});
      wanted.emplace_back(number, data);
    }
    EXPECT_EQ(unpacked(pack_events(events)), wanted);
  }
}

TEST(PackedEvents, ThatAreDamagedAreRefused) {
  const auto whole = pack_events({{1, "one"}, {2, "two"}})[0];
  for (std::size_t size = 1; size < whole.data.size(); ++size) {
    // What is left may be the row of fewer events, whose first would have another number.
    if (size == 2 + 4) continue;
    EXPECT_THROW(unpack_events({whole.number, whole.data.substr(0, size)}), StoreError) << size;
  }
  EXPECT_THROW(unpack_events({1, whole.data}), StoreError) << "no event has the number 0";
  EXPECT_THROW(unpack_events({2, std::string("\xf4\0\xff\xff\xff\xff\xff\xff", 8)}), StoreError);
  EXPECT_THROW(unpack_events({2, "\xf4\x07"}), StoreError);
}

TEST(PackedEvents, AreShorterThanWhatTheirEventsRepeat) {
  std::vector<EventRecord> events;
  for (std::uint32_t number = 1; number <= 12; ++number) {
    events.push_back({number, "StateEntered S" + std::to_string(number) + R"({"key":"photo.jpg","bucket":"in"})"});
  }
  const auto rows = pack_events(events);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_LT(rows[0].data.size(), 12 * events[0].data.size() / 3);
  EXPECT_THAT(unpacked(rows), SizeIs(12));
}

}  // namespace
}  // namespace stepd::storage::sqlite
