// Which lane each built-in handler belongs to.
#include "handler_fixture.h"

#include <gtest/gtest.h>

#include <set>

namespace stepd::test {
namespace {

TEST(Catalog, HandlersThatMayDecodeAPictureAndNoOthersAreOfTheImageLane) {
  Workbench bench;
  std::set<std::string> found;
  for (const auto& [name, handler] : bench.catalog()) {
    if (handler->lane() == tasks::TaskLane::Images) found.insert(name);
  }
  EXPECT_EQ(found, (std::set<std::string>{"image.labels", "image.metadata", "image.resize", "image.type"}));
}

}  // namespace
}  // namespace stepd::test
