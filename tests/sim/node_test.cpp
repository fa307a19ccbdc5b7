// The whole node, simulated: the real engine with all its shards over a faulty store, on a clock that jumps, with tasks
// that are answered late, twice and in any order, and crashes at any moment. STEPD_TEST_NODE_SEEDS=n runs so many seeds
// instead of 8,000, STEPD_TEST_SEED=n begins with another one.
#include "sim/node_workload.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <string>

namespace stepd::test {
namespace {

constexpr std::uint64_t kNodeSeeds = 8'000;
/// Programs of tests run in shards: so many tests share the seeds.
constexpr std::uint64_t kParts = 4;

std::uint64_t node_setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}

class Node : public testing::TestWithParam<std::uint64_t> {
 protected:
  // What the node logs of its faults is what the test wants of it. Of a single seed people want to read it.
  Node() : level_(spdlog::get_level()) {
    if (node_setting("STEPD_TEST_NODE_SEEDS", kNodeSeeds) > 1) spdlog::set_level(spdlog::level::off);
  }
  ~Node() override { spdlog::set_level(level_); }

 private:
  spdlog::level::level_enum level_;
};

TEST_P(Node, KeepsItsPromisesWhateverHappens) {
  const auto first = node_setting("STEPD_TEST_SEED", 1);
  const auto seeds = node_setting("STEPD_TEST_NODE_SEEDS", kNodeSeeds);
  NodeTally tally;
  std::uint64_t count = 0;
  for (auto seed = first + GetParam(); seed < first + seeds; seed += kParts, ++count) {
    NodeWorkload workload(seed);
    const auto broken = workload.run();
    ASSERT_TRUE(broken.empty()) << broken.front() << "\nSTEPD_TEST_SEED=" << seed
                                << " STEPD_TEST_NODE_SEEDS=1 runs it again.";
    tally.add(workload.tally());
  }
  for (const auto& [name, value] : tally.counts()) {
    RecordProperty(name, std::to_string(*value));
    if (count >= kNodeSeeds / kParts) {
      EXPECT_GT(*value, 0u) << "none of this: " << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Node, testing::Range(std::uint64_t{0}, kParts));

}  // namespace
}  // namespace stepd::test
