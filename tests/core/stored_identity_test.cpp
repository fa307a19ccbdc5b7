// The depth of an execution's lineage in its stored bytes, and bytes that were stored before there was one.
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
  std::string bytes_of(std::uint32_t depth) {
    Event event;
    event.number = 1;
    event.body = event::ExecutionStarted{
        {"arn", "name", "machine", "m", "role", "region", "secret", ParentLink{"parent", kRootFrame, 3, true}, depth},
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

TEST_F(StoredIdentity, HasItsDepth) {
  EXPECT_EQ(read(bytes_of(0)).depth, 0u);
  EXPECT_EQ(read(bytes_of(9'999)).depth, 9'999u);
}

TEST_F(StoredIdentity, IsReadFromVersion4WhichHasNone) {
  const auto zero = bytes_of(0);
  const auto seven = bytes_of(7);
  ASSERT_EQ(zero.size(), seven.size());
  std::size_t place = 0;
  while (zero[place] == seven[place]) ++place;
  auto old = zero.substr(0, place) + zero.substr(place + 1);
  old[0] = 4;
  const auto identity = read(old);
  EXPECT_EQ(identity.depth, 0u);
  EXPECT_EQ(identity.parent, (ParentLink{"parent", kRootFrame, 3, true}));
}

}  // namespace
}  // namespace stepd::core
