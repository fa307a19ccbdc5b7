#include "tasks/image/resize/geometry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <random>

namespace stepd::tasks::image {

void PrintTo(const Size& size, std::ostream* out) { *out << size.width << "x" << size.height; }

namespace {

constexpr auto kNone = std::nullopt;

struct Case {
  Size source;
  Box box;
  Size scaled;
  Size canvas;
};

TEST(Geometry, FollowsTheTable) {
  const Case cases[] = {
      // inside: the tighter side decides, the other is rounded
      {{1'024, 1'024}, {150, kNone}, {150, 150}, {150, 150}},
      {{4'000, 3'000}, {500, 500}, {500, 375}, {500, 375}},
      {{3'000, 4'000}, {500, 500}, {375, 500}, {375, 500}},
      {{4'000, 3'000}, {500, kNone}, {500, 375}, {500, 375}},
      {{4'000, 3'000}, {kNone, 300}, {400, 300}, {400, 300}},
      {{1'000, 333}, {100, kNone}, {100, 33}, {100, 33}},
      {{1'000, 335}, {100, kNone}, {100, 34}, {100, 34}},
      {{3, 2}, {2, 2}, {2, 1}, {2, 1}},
      // no side ever becomes 0
      {{10'000, 10}, {100, kNone}, {100, 1}, {100, 1}},
      {{1, 16'000}, {kNone, 10}, {1, 10}, {1, 10}},
      {{1, 1}, {1, 1}, {1, 1}, {1, 1}},
      // never enlarges unless asked
      {{100, 50}, {200, kNone}, {100, 50}, {100, 50}},
      {{100, 50}, {200, 200}, {100, 50}, {100, 50}},
      {{100, 50}, {100, 50}, {100, 50}, {100, 50}},
      {{100, 50}, {.width = 200, .height = kNone, .enlarge = true}, {200, 100}, {200, 100}},
      {{100, 50}, {.width = 200, .height = 200, .enlarge = true}, {200, 100}, {200, 100}},
      {{1, 16'000}, {.width = 2, .height = kNone, .enlarge = true}, {2, 32'000}, {2, 32'000}},
      // outside: covers the box, cuts nothing
      {{4'000, 3'000}, {500, 500, Fit::Outside}, {667, 500}, {667, 500}},
      {{100, 50}, {80, 80, Fit::Outside}, {100, 50}, {100, 50}},
      {{100, 50}, {80, 80, Fit::Outside, true}, {160, 80}, {160, 80}},
      // cover: the box exactly, if the source is large enough
      {{4'000, 3'000}, {500, 500, Fit::Cover}, {667, 500}, {500, 500}},
      {{3'000, 4'000}, {500, 500, Fit::Cover}, {500, 667}, {500, 500}},
      {{100, 50}, {80, 80, Fit::Cover}, {100, 50}, {80, 50}},
      {{100, 50}, {80, 80, Fit::Cover, true}, {160, 80}, {80, 80}},
      // contain: the box exactly, the rest is background
      {{4'000, 3'000}, {500, 500, Fit::Contain}, {500, 375}, {500, 500}},
      {{100, 50}, {200, 200, Fit::Contain}, {100, 50}, {200, 200}},
      {{100, 50}, {200, 200, Fit::Contain, true}, {200, 100}, {200, 200}},
      // fill: distorted
      {{4'000, 3'000}, {500, 500, Fit::Fill}, {500, 500}, {500, 500}},
      {{100, 50}, {200, 20, Fit::Fill}, {100, 20}, {100, 20}},
      {{100, 50}, {200, 20, Fit::Fill, true}, {200, 20}, {200, 20}},
  };
  for (const auto& each : cases) {
    const auto found = lay_out(each.source, each.box);
    SCOPED_TRACE(testing::PrintToString(each.source) + " into " + std::to_string(each.box.width.value_or(0)) + "x" +
                 std::to_string(each.box.height.value_or(0)) + " " +
                 std::string(kFits[static_cast<std::size_t>(each.box.fit)]));
    EXPECT_EQ(found.scaled, each.scaled);
    EXPECT_EQ(found.canvas, each.canvas);
  }
}

TEST(Geometry, KeepsItsPromisesForAnySizes) {
  std::mt19937 random(11);
  const auto side = [&] { return 1 + static_cast<std::uint32_t>(random() % (random() % 2 == 0 ? 20u : 16'383u)); };
  for (int i = 0; i < 200'000; ++i) {
    const Size source{side(), side()};
    const Box box{side(), side(), static_cast<Fit>(random() % kFits.size()), random() % 2 == 0};
    const auto [scaled, canvas] = lay_out(source, box);
    SCOPED_TRACE(testing::PrintToString(source) + " " + std::to_string(*box.width) + "x" + std::to_string(*box.height));
    ASSERT_GE(std::min({scaled.width, scaled.height, canvas.width, canvas.height}), 1u);
    if (!box.enlarge) {
      ASSERT_LE(scaled.width, source.width);
      ASSERT_LE(scaled.height, source.height);
    }
    if (box.fit == Fit::Inside || box.fit == Fit::Contain) {
      ASSERT_LE(scaled.width, *box.width);
      ASSERT_LE(scaled.height, *box.height);
    }
    if (box.fit == Fit::Contain) {
      ASSERT_EQ(canvas, (Size{*box.width, *box.height}));
    }
    if (box.fit == Fit::Cover) {
      ASSERT_LE(canvas.width, std::min(scaled.width, *box.width));
      ASSERT_LE(canvas.height, std::min(scaled.height, *box.height));
      if (box.enlarge) {
        ASSERT_EQ(canvas, (Size{*box.width, *box.height}));
      }
    }
    if (box.fit == Fit::Outside && box.enlarge) {
      ASSERT_GE(scaled.width, *box.width);
      ASSERT_GE(scaled.height, *box.height);
    }
  }
}

}  // namespace
}  // namespace stepd::tasks::image
