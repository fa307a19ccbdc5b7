// An execution's lineage in its stored bytes, and bytes that were stored before there was one.
#include "engine/core/codec.h"

#include <gtest/gtest.h>

namespace stepd::core {
namespace {

class NoNumbers final : public PayloadNumbers, public StoredPayloads {
 public:
  std::int64_t number_of(const Payload&) override { return 0; }
  Payload find(std::int64_t) override { throw CodecError("no payload has a number here"); }
};

class StoredIdentity : public testing::Test {
 protected:
  std::string bytes_of(const Lineage& lineage) {
    Event event;
    event.number = 1;
    event.body = event::ExecutionStarted{
        {"arn", "name", "machine", "m", "role", "region", "secret", ParentLink{"parent", kRootFrame, 3, true}, lineage},
        *Payload::parse("{}"),
        "A",
        std::nullopt};
    return encode(event, numbers_);
  }
  Identity read(const std::string& bytes) {
    return std::get<event::ExecutionStarted>(decode_event(bytes, numbers_).body).identity;
  }

  NoNumbers numbers_;
};

TEST_F(StoredIdentity, HasItsLineage) {
  EXPECT_EQ(read(bytes_of({})).lineage, Lineage());
  EXPECT_EQ(read(bytes_of({9'999, 0})).lineage, (Lineage{9'999, 0}));
  EXPECT_EQ(read(bytes_of({300, 16})).lineage, (Lineage{300, 16}));
}

TEST_F(StoredIdentity, IsReadFromVersion5WhichKnowsTheDepthAlone) {
  const auto zero = bytes_of({});
  const auto seven = bytes_of({0, 7});
  ASSERT_EQ(zero.size(), seven.size());
  std::size_t place = 0;
  while (zero[place] == seven[place]) ++place;
  const auto whole = bytes_of({9, 0});
  auto old = whole.substr(0, place) + whole.substr(place + 1);
  old[0] = 5;
  EXPECT_EQ(read(old).lineage, (Lineage{9, 0}));
}

TEST_F(StoredIdentity, IsReadFromVersion4WhichHasNone) {
  const auto zero = bytes_of({});
  const auto seven = bytes_of({7, 0});
  ASSERT_EQ(zero.size(), seven.size());
  std::size_t place = 0;
  while (zero[place] == seven[place]) ++place;
  auto old = zero.substr(0, place) + zero.substr(place + 2);
  old[0] = 4;
  const auto identity = read(old);
  EXPECT_EQ(identity.lineage, Lineage());
  EXPECT_EQ(identity.parent, (ParentLink{"parent", kRootFrame, 3, true}));
}

}  // namespace
}  // namespace stepd::core
